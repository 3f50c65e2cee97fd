#include "replicator.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>

#include "assemble.hpp"
#include "difference.hpp"
#include "feed_impl.hpp"
#include "listing.hpp"

namespace confcast::feed {
namespace {

/// Events applied before others get their turn: a few milliseconds at most.
constexpr std::size_t slice = 1'000;

ReplicationOptions options_of(const FeedOptions& options) {
    ReplicationOptions mine;
    mine.history = static_cast<Revision>(options.journal.max_changes);
    mine.backoff_min = options.backoff_min;
    mine.backoff_max = options.backoff_max;
    return mine;
}

/// Cancellation is how a coroutine that lives until cancelled ends: no error.
Awaitable<> until_cancelled(Awaitable<> coroutine) {
    try {
        co_await std::move(coroutine);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
    }
}

}  // namespace

Replicator::Replicator(Feed::Impl& feed)
    : feed_(feed),
      random_(std::random_device{}()),
      plan_(options_of(feed.options), [this] { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }),
      comparer_(feed, {.watch = [this] { return stream_ && !plan_.wants_repair() ? watches_ : 0; },
                       .leave = [this] { leave_watch(&FeedStats::restarts_history); },
                       .repair =
                           [this] {
                               auditing_ = true;
                               plan_.want_repair();
                               leave_watch(&FeedStats::restarts_repair);
                           }}) {}

Awaitable<> Replicator::run() {
    using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    co_await (until_cancelled(follow()) && until_cancelled(comparer_.run()));
    leave_watch(&FeedStats::restarts_lost);
}

Awaitable<> Replicator::follow() {
    Action action = plan_.start();
    while (true) action = co_await perform(action);
}

Awaitable<Action> Replicator::perform(Action action) {
    switch (action.kind) {
        case Action::Kind::ask_status:
            return ask_status();
        case Action::Kind::ask_head:
            return ask_head();
        case Action::Kind::list_all:
            return list_all(action.revision);
        case Action::Kind::list_difference:
            return list_difference();
        case Action::Kind::open_watch:
            return open_watch(action.revision);
        case Action::Kind::read:
            return read();
        case Action::Kind::pause:
            break;
    }
    return pause(action.delay);
}

void Replicator::note(std::string_view what, const Error& error) {
    if (error == Errc::shutting_down)
        feed_.log.debug("feed", what, {{"error", error.to_string()}});
    else
        feed_.log.warning("feed", what, {{"error", error.to_string()}, {"revision", feed_.position.revision}});
}

void Replicator::leave_watch(std::uint64_t FeedStats::* why) {
    why_left_ = why;
    stream_.reset();
    if (!feed_.stale_since) feed_.stale_since = feed_.clock.now();
}

Awaitable<Action> Replicator::ask_status() {
    const auto status = co_await feed_.source.status();
    if (!status) note("the store does not answer", status.error());
    if (status && (!feed_.listed || status->epoch == feed_.position.epoch)) feed_.know_head(status->revision);
    const Action next = plan_.on_status(status, feed_.position.revision);
    co_return next;
}

Awaitable<Action> Replicator::ask_head() {
    store::RangeRequest one;
    one.range = feed_.layout.watched();
    one.limit = 1;
    one.keys_only = true;
    const auto answer = co_await feed_.source.range(std::move(one));
    if (!answer) note("the store does not answer", answer.error());
    co_return plan_.on_head(answer ? Result<Revision>(answer->revision) : answer.error(), feed_.position.revision);
}

Awaitable<Action> Replicator::list_all(Revision at) {
    const SteadyTime began = feed_.clock.now();
    // Before its awaits: the next status may name another history.
    const Epoch epoch = plan_.epoch();
    const auto start = co_await feed_.source.soon_replayed(feed_.layout.watched(), at);
    if (!start) {
        note("the store does not answer", start.error());
        co_return plan_.on_list(start.error());
    }
    at = *start;
    Listing listing(feed_.layout, at, feed_.options.list_page);
    State fresh(feed_.options.max_tombstones);
    fresh.reset(at, {});
    std::vector<NotificationPtr> notified;
    for (bool more = true; more;) {
        auto page = co_await feed_.source.range(listing.next_page());
        if (!page) {
            note("listing the store failed", page.error());
            co_return plan_.on_list(page.error());
        }
        more = listing.take(
            std::move(*page), [&](Listing::Item item) { fresh.load(make_entry(item.key, item.kv, item.record)); },
            [&](std::string_view id, const store::KeyValue& kv) {
                if (auto one = make_notification(id, kv)) notified.push_back(std::move(one));
            });
    }
    feed_.stats.foreign += listing.foreign();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(feed_.clock.now() - began);
    feed_.log.info("feed", "listed the store",
                   {{"revision", at}, {"head", listing.head()}, {"keys", fresh.size()}, {"ms", took.count()}});
    if (!feed_.ready) feed_.goal = plan_.goal();
    feed_.adopt(std::move(fresh), std::move(notified), listing.take_tokens(), epoch, at);
    feed_.know_head(listing.head());
    co_return plan_.on_list(at);
}

Awaitable<Action> Replicator::list_difference() {
    ++feed_.stats.relists;
    Listing listing(feed_.layout, 0, feed_.options.list_page);
    Difference difference(feed_.state, feed_.notifications);
    for (bool more = true; more;) {
        auto page = co_await feed_.source.range(listing.next_page());
        if (!page) {
            note("listing the store failed", page.error());
            co_return plan_.on_difference(page.error(), feed_.position.revision);
        }
        more = listing.take(
            std::move(*page), [&](Listing::Item item) { difference.take(item); },
            [&](std::string_view id, const store::KeyValue& kv) { difference.take_notification(id, kv); });
    }
    difference.finish();
    feed_.stats.foreign += listing.foreign();
    const std::size_t differs = difference.events.size() + difference.amended.size();
    const Action next = plan_.on_difference(Replication::Compared{listing.revision(), !difference.events.empty()},
                                            feed_.position.revision);
    if (next.kind == Action::Kind::pause) co_return next;
    feed_.repair_wanted = false;
    if (std::exchange(auditing_, false)) feed_.stats.repairs += differs;
    feed_.adopt_tokens(listing.take_tokens());
    feed_.log.info("feed", "listed the store again", {{"revision", listing.revision()}, {"differences", differs}});
    if (next.kind == Action::Kind::open_watch) feed_.adopt_difference(listing.revision(), std::move(difference));
    co_return next;
}

Awaitable<Action> Replicator::open_watch(Revision start) {
    auto opened = co_await feed_.source.watch({feed_.layout.watched(), start});
    if (!opened) {
        note("the watch could not be opened", opened.error());
        if (opened.error() == Errc::compacted) why_left_ = &FeedStats::restarts_compacted;
        co_return plan_.on_watch(opened.error(), feed_.clock.now());
    }
    if (++watches_ > 1) {
        ++feed_.stats.watch_restarts;
        ++(feed_.stats.*why_left_);
    }
    stream_ = std::move(*opened);
    feed_.stale_since.reset();
    feed_.log.info("feed", "watching the store", {{"from", start}});
    co_return plan_.on_watch({}, feed_.clock.now());
}

Awaitable<Action> Replicator::read() {
    // Gone when a comparison left it while this one gave way to the loop.
    if (!stream_) co_return plan_.on_batch(Error(Errc::store_unavailable), feed_.clock.now());
    auto batch = co_await stream_->next();
    if (!batch) {
        note("the watch ended", batch.error());
        leave_watch(batch.error() == Errc::compacted ? &FeedStats::restarts_compacted : &FeedStats::restarts_lost);
        co_return plan_.on_batch(batch.error(), feed_.clock.now());
    }
    const std::size_t events = batch->events.size() + 1;
    feed_.apply(std::move(*batch));
    if (feed_.repair_wanted) {
        plan_.want_repair();
        leave_watch(&FeedStats::restarts_repair);
    }
    // A backlog may be there at once, batch after batch: others on the loop have their turn in between.
    since_yield_ += events;
    if (since_yield_ >= slice) {
        since_yield_ = 0;
        co_await asio::post(feed_.executor, use_awaitable);
    }
    co_return plan_.on_batch({}, feed_.clock.now());
}

Awaitable<Action> Replicator::pause(std::chrono::milliseconds delay) {
    SteadyTimer timer(feed_.executor, delay);
    [[maybe_unused]] const auto [ec] = co_await timer.async_wait(as_result);
    co_return plan_.on_pause();
}

}  // namespace confcast::feed
