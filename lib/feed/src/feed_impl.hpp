// The node's copy of the store, as feed.cpp serves it and replicator.cpp fills it.
// Invariant: State, Journal and position are at one revision whenever a listener or a waiter is told of it.
#pragma once

#include <utility>
#include <vector>

#include "assemble.hpp"
#include "confcast/base/notifier.hpp"
#include "confcast/feed/feed.hpp"
#include "difference.hpp"
#include "waiters.hpp"

namespace confcast::feed {

struct Feed::Impl {
    Impl(Executor loop, store::Store& source, store::Layout layout, FeedOptions options, const Clock& clock, Log& log);

    /// One batch of the watch (Feed::apply).
    void apply(store::WatchBatch batch);
    /// Another state at `at` from nothing: at start, of another epoch, or in place of one that was wrong.
    void adopt(State fresh, std::vector<NotificationPtr> notified, TokenRecords listed_tokens, Epoch epoch,
               Revision at);
    /// What a list at `at` differs in, as one change at `at`. Precondition: at > position, or nothing differs.
    void adopt_difference(Revision at, Difference difference);
    void adopt_tokens(TokenRecords listed_tokens);
    void know_head(Revision revision) { known_head = std::max(known_head, revision); }
    void expect(Revision revision);
    Revision behind() const { return std::max(Revision{0}, expected - std::max(confirmed, position.revision)); }
    /// The settings here are those of the store at `revision`, though its watch may not have said so yet.
    void confirm(Revision revision);

    Executor executor;
    store::Store& source;
    store::Layout layout;
    FeedOptions options;
    const Clock& clock;
    Log& log;

    State state;
    Journal journal;
    NotificationLog notifications;
    TokenRecords tokens;
    Position position;
    Revision known_head = 0;
    Revision confirmed = 0;
    Revision expected = 0;  // that far the store is known to have something of ours
    FeedStats stats;
    Waiters waiters;

    bool listed = false;
    bool ready = false;
    Notifier got_ready;
    Revision goal = 0;  // ready when applied
    std::optional<SteadyTime> stale_since;
    std::optional<SteadyTime> behind_since;
    bool repair_wanted = false;

    /// Stretches (from, to) that were listed, not watched; positions up to `void_through` are void. See resumable().
    std::vector<std::pair<Revision, Revision>> unseen;
    Revision void_through = 0;

    std::vector<FeedListener*> listeners;  // null: removed
    unsigned telling = 0;

  private:
    void apply_tokens(std::vector<TokenChange> changes);
    void commit(Change change);
    void advance(Revision revision);
    void reached();
    void look_behind();
    void get_ready();
    template <class Tell>
    void tell(const Tell& tell);
};

}  // namespace confcast::feed
