#include "comparer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "difference.hpp"
#include "feed_impl.hpp"
#include "listing.hpp"

namespace confcast::feed {
namespace {

/// Keys compared before others get their turn: a few milliseconds at most.
constexpr std::size_t slice = 1'000;

// What changed after `at`, the list's revision, is not the list's business. A token that was listed and is not here may
// have been erased since, unless this node has not got beyond the list.
bool same_tokens(const TokenRecords& ours, const TokenRecords& listed, Revision at, Revision position) {
    const auto known = [&](const auto& one) {
        const auto mine = ours.find(one.first);
        return mine == ours.end() ? position > at : mine->second.revision >= one.second.revision;
    };
    const auto listed_or_later = [&](const auto& one) {
        return one.second.revision > at || listed.contains(one.first);
    };
    return std::ranges::all_of(listed, known) && std::ranges::all_of(ours, listed_or_later);
}

}  // namespace

Comparer::Comparer(Feed::Impl& feed, Hooks hooks)
    : feed_(feed), hooks_(std::move(hooks)), random_(std::random_device{}()) {}

Awaitable<> Comparer::run() {
    const FeedOptions& options = feed_.options;
    SteadyTimer timer(feed_.executor);
    std::uniform_real_distribution<double> around(0.75, 1.25);
    while (!feed_.ready || options.anti_entropy.count() > 0) {
        const auto pause = feed_.ready ? options.anti_entropy * around(random_) : options.confirm * 1.0;
        timer.expires_after(std::chrono::duration_cast<SteadyTimer::duration>(pause));
        [[maybe_unused]] const auto [ec] = co_await timer.async_wait(as_result);
        if (hooks_.watch() != 0) co_await compare();
    }
}

// A store that went back may refuse to list below what was seen of it, while the watch waits in silence for a revision
// that will not come: only its status says so.
Awaitable<> Comparer::look_for_another_history() {
    const std::uint64_t watch = hooks_.watch();
    const auto status = co_await feed_.source.status();
    if (!status || hooks_.watch() != watch) co_return;
    if (status->epoch == feed_.position.epoch && status->revision >= feed_.position.revision) co_return;
    feed_.log.warning("feed", "the store holds another history than the one that is watched",
                      {{"store", status->revision}, {"revision", feed_.position.revision}});
    hooks_.leave();
}

// The watch need not have reached the list's revision, and on a quiet store it does not for long: where nothing
// differs nothing is missing. What does differ may be under way, so it gets time to arrive.
Awaitable<> Comparer::compare() {
    const Revision before = feed_.position.revision;
    const std::uint64_t watch = hooks_.watch();
    const auto left = [&] { return hooks_.watch() != watch; };
    Listing listing(feed_.layout, 0, feed_.options.list_page, Listing::Content::keys_only);
    Audit audit;
    for (bool more = true; more;) {
        auto page = co_await feed_.source.range(listing.next_page());
        if (!page) {  // compacted meanwhile, or away: the next round
            if (page.error() != Errc::compacted) co_await look_for_another_history();
            co_return;
        }
        more = listing.take(std::move(*page), [&](Listing::Item item) { audit.take(item); });
    }
    if (left()) co_return;
    const Revision at = listing.revision();
    if (at < before) {
        feed_.log.warning("feed", "the store is behind what was seen of it", {{"store", at}, {"revision", before}});
        hooks_.leave();
        co_return;
    }
    feed_.know_head(at);
    const SteadyTime deadline = feed_.clock.now() + feed_.options.patience;
    for (auto pause = feed_.options.confirm;; pause = std::min(2 * pause, 10 * feed_.options.confirm)) {
        const bool passed = feed_.position.revision >= at;
        const bool tokens_agree = same_tokens(feed_.tokens, listing.tokens(), at, feed_.position.revision);
        audit.rewind();
        for (bool more = true; more;) {
            more = audit.compare(feed_.state, at, slice);
            co_await asio::post(feed_.executor, use_awaitable);
            if (left()) co_return;
        }
        if (audit.wrong() == 0 && tokens_agree) {
            feed_.confirm(at);
            co_return;
        }
        feed_.expect(at);
        if (passed || feed_.clock.now() >= deadline) break;
        SteadyTimer timer(feed_.executor, pause);
        [[maybe_unused]] const auto [ec] = co_await timer.async_wait(as_result);
        if (left()) co_return;
    }
    feed_.log.warning("feed", "the store holds what its watch did not say: listing again",
                      {{"keys", audit.wrong()}, {"revision", at}});
    hooks_.repair();
}

}  // namespace confcast::feed
