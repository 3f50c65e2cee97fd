#include "confcast/feed/feed.hpp"

#include <algorithm>
#include <bit>
#include <span>

#include "assemble.hpp"
#include "feed_impl.hpp"
#include "intake.hpp"
#include "replicator.hpp"

namespace confcast::feed {
namespace {

/// More lists than this in one process: the oldest stretches are forgotten, and with them everything before.
constexpr std::size_t max_unseen = 64;

/// What may come by the thousand is logged the 1st, 2nd, 4th, 8th … time.
bool worth_a_line(std::uint64_t before, std::uint64_t now) { return std::bit_width(before) != std::bit_width(now); }

}  // namespace

Feed::Impl::Impl(Executor loop, store::Store& store, store::Layout where, FeedOptions with, const Clock& time, Log& to)
    : executor(loop),
      source(store),
      layout(std::move(where)),
      options(with),
      clock(time),
      log(to),
      state(with.max_tombstones),
      journal(with.journal),
      notifications(with.notifications),
      waiters(loop, time),
      got_ready(loop),
      stale_since(time.now()) {}

template <class Tell>
void Feed::Impl::tell(const Tell& tell) {
    ++telling;
    // By index: a listener may add or remove listeners while it is told.
    for (std::size_t i = 0; i < listeners.size(); ++i)
        if (listeners[i] != nullptr) tell(*listeners[i]);
    --telling;
}

void Feed::Impl::apply(store::WatchBatch batch) {
    Intake intake = sort_out(std::move(batch.events), position.revision, layout, state);
    const auto discarded_before = std::exchange(stats.discarded, stats.discarded + intake.discarded);
    if (worth_a_line(discarded_before, stats.discarded))
        log.warning("feed", "discarded events without a key or a revision", {{"total", stats.discarded}});
    stats.duplicates += intake.duplicates;
    if (intake.late > 0) {
        stats.late += intake.late;
        repair_wanted = true;
        log.warning("feed", "an event came after its revision had been passed: listing again",
                    {{"events", intake.late}, {"revision", position.revision}});
    }
    std::span<store::Event> rest(intake.events);
    Revision newest = batch.revision;
    while (!rest.empty()) {
        const Revision revision = rest.front().kv.mod_revision;
        std::size_t count = 1;
        while (count < rest.size() && rest[count].kv.mod_revision == revision) ++count;
        Assembled assembled = assemble(rest.first(count), layout, state);
        for (EntryPtr& entry : assembled.amended) state.amend(std::move(entry));
        const auto foreign_before = std::exchange(stats.foreign, stats.foreign + assembled.foreign);
        if (worth_a_line(foreign_before, stats.foreign))
            log.warning("feed", "ignored keys or notifications that break their rules", {{"total", stats.foreign}});
        for (const std::string& id : assembled.expired) notifications.forget(id);
        apply_tokens(std::move(assembled.tokens));
        commit({revision, std::move(assembled.events), false, std::move(assembled.notifications),
                std::move(assembled.traceparent)});
        newest = std::max(newest, revision);
        rest = rest.subspan(count);
    }
    advance(newest);
}

void Feed::Impl::apply_tokens(std::vector<TokenChange> changes) {
    if (changes.empty()) return;
    for (TokenChange& change : changes) {
        if (change.record)
            tokens.insert_or_assign(std::move(change.id), std::move(*change.record));
        else
            tokens.erase(change.id);
    }
    tell([](FeedListener& listener) { listener.on_tokens(); });
}

void Feed::Impl::adopt_tokens(TokenRecords listed_tokens) {
    if (tokens == listed_tokens) return;
    tokens = std::move(listed_tokens);
    tell([](FeedListener& listener) { listener.on_tokens(); });
}

void Feed::Impl::commit(Change what) {
    std::erase_if(what.notifications, [this](const NotificationPtr& one) { return !notifications.add(one); });
    if (what.events.empty() && what.notifications.empty()) return;
    ++stats.revisions;
    for (const KeyChange& event : what.events) ++(event.is_delete() ? stats.events_delete : stats.events_put);
    stats.notifications += what.notifications.size();
    const ChangePtr change = std::make_shared<const Change>(std::move(what));
    state.apply(*change);
    journal.append(change);
    position.revision = change->revision;
    know_head(change->revision);
    tell([&](FeedListener& listener) { listener.on_change(change); });
    reached();
}

void Feed::Impl::advance(Revision revision) {
    if (revision <= position.revision) return;
    state.advance(revision);
    journal.advance(revision);
    position.revision = revision;
    know_head(revision);
    tell([&](FeedListener& listener) { listener.on_advance(revision); });
    reached();
}

void Feed::Impl::expect(Revision revision) {
    expected = std::max(expected, revision);
    know_head(revision);
    look_behind();
}

void Feed::Impl::look_behind() {
    if (behind() == 0)
        behind_since.reset();
    else if (!behind_since)
        behind_since = clock.now();
}

void Feed::Impl::confirm(Revision revision) {
    confirmed = std::max(confirmed, revision);
    look_behind();
    if (revision >= goal) get_ready();
}

void Feed::Impl::get_ready() {
    if (ready || !listed) return;
    ready = true;
    got_ready.notify_all();
}

void Feed::Impl::reached() {
    if (position.revision >= goal) get_ready();
    look_behind();
    waiters.reached(position.revision);
}

void Feed::Impl::adopt(State fresh, std::vector<NotificationPtr> notified, TokenRecords listed_tokens, Epoch epoch,
                       Revision at) {
    adopt_tokens(std::move(listed_tokens));
    const bool same_history = listed && position.epoch == epoch;
    if (listed && !same_history) ++stats.epoch_changes;
    // Positions of the same epoch that were told before may be of what is void now.
    void_through = same_history ? std::max(position.revision, at) : 0;
    unseen.clear();
    state = std::move(fresh);
    journal.reset(at);
    notifications.clear();
    std::ranges::sort(notified, is_before);  // or the limits would drop others than the oldest
    for (NotificationPtr& one : notified) notifications.add(std::move(one));
    position = {epoch, at};
    known_head = at;
    confirmed = 0;
    expected = 0;
    listed = true;
    tell([&](FeedListener& listener) { listener.on_epoch(epoch); });
    reached();
}

// Why one change at `at` is enough. A session whose cursor C this node moved has C <= the old position P: the journal
// still holds every change in (C, P], and the difference carries the effect of all in (P, at]: gap-free in effect, and
// intermediate values are skipped as a slow subscriber skips them. Only a cursor strictly inside (P, at) (a client of
// another node) may know a key that was made and removed in there, which no difference can tell: `unseen` keeps such
// stretches for resumable(). The journal needs no reset.
void Feed::Impl::adopt_difference(Revision at, Difference difference) {
    if (at > position.revision + 1) {
        if (unseen.size() == max_unseen) {
            void_through = std::max(void_through, unseen.front().second - 1);
            unseen.erase(unseen.begin());
        }
        unseen.emplace_back(position.revision, at);
    }
    for (EntryPtr& entry : difference.amended) state.amend(std::move(entry));
    // Notifications alone are no reason to make all positions void: they wait for a list at a revision that can tell
    // them.
    if (at > position.revision)
        commit({at, std::move(difference.events), at > position.revision + 1, std::move(difference.notifications)});
    advance(at);
}

Feed::Feed(Executor executor, store::Store& source, store::Layout layout, FeedOptions options, const Clock& clock,
           Log& log)
    : impl_(std::make_unique<Impl>(executor, source, std::move(layout), options, clock, log)) {}
Feed::~Feed() = default;

Awaitable<> Feed::run_replicator() {
    Replicator replicator(*impl_);
    co_await replicator.run();
}

const State& Feed::state() const { return impl_->state; }
const Journal& Feed::journal() const { return impl_->journal; }
const NotificationLog& Feed::notifications() const { return impl_->notifications; }
const TokenRecords& Feed::tokens() const { return impl_->tokens; }
Position Feed::position() const { return impl_->position; }
const FeedStats& Feed::stats() const { return impl_->stats; }
bool Feed::ready() const { return impl_->ready; }
std::optional<SteadyTime> Feed::stale_since() const { return impl_->stale_since; }
void Feed::expect(Revision revision) { impl_->expect(revision); }
Revision Feed::behind() const { return impl_->behind(); }
std::optional<SteadyTime> Feed::behind_since() const { return impl_->behind_since; }
Revision Feed::known_head() const { return std::max(impl_->known_head, impl_->position.revision); }
Revision Feed::confirmed() const { return std::max(impl_->confirmed, impl_->position.revision); }

bool Feed::is_void(Revision since) const { return impl_->void_through != 0 && since <= impl_->void_through; }

bool Feed::resumable(Revision since) const {
    if (is_void(since)) return false;
    return std::ranges::none_of(impl_->unseen,
                                [&](const auto& stretch) { return since > stretch.first && since < stretch.second; });
}

Awaitable<bool> Feed::until_ready() {
    while (!impl_->ready) {
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        if (state.cancelled() != boost::asio::cancellation_type::none) co_return false;
        co_await impl_->got_ready.wait();
    }
    co_return true;
}

Awaitable<Result<>> Feed::wait_for(Revision revision, SteadyTime deadline) {
    if (impl_->position.revision >= revision) co_return Result<>{};
    if (deadline > impl_->clock.now()) {
        const bool reached = co_await impl_->waiters.wait(revision, deadline);
        if (reached) co_return Result<>{};
    }
    co_return Error(Errc::not_caught_up).with("revision", revision).with("current", impl_->position.revision);
}

void Feed::add_listener(FeedListener& listener) {
    if (impl_->telling == 0) std::erase(impl_->listeners, nullptr);
    impl_->listeners.push_back(&listener);
}

void Feed::remove_listener(FeedListener& listener) {
    if (impl_->telling == 0)
        std::erase(impl_->listeners, &listener);
    else  // the places of the others must not move under who is being told
        std::ranges::replace(impl_->listeners, &listener, static_cast<FeedListener*>(nullptr));
}

void Feed::apply(store::WatchBatch batch) { impl_->apply(std::move(batch)); }

}  // namespace confcast::feed
