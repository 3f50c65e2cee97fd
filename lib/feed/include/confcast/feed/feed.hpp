// The node's copy of the store: State + Journal kept in step by one store watch (run_replicator), and the place where
// everybody learns that a revision has been applied. No socket, no JSON, no Beast here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/error.hpp"
#include "confcast/base/log.hpp"
#include "confcast/feed/journal.hpp"
#include "confcast/feed/notification_log.hpp"
#include "confcast/feed/state.hpp"
#include "confcast/feed/token_records.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/store.hpp"

namespace confcast::feed {

struct FeedOptions {
    JournalLimits journal;
    NotificationLimits notifications;
    std::size_t max_tombstones = 100'000;
    std::int64_t list_page = 5'000;              // keys per page when listing
    std::chrono::milliseconds backoff_min{100};  // full jitter between these two
    std::chrono::milliseconds backoff_max{5'000};
    std::chrono::milliseconds anti_entropy{60'000};  // compares keys and mod_revisions with the store; 0 = never
    std::chrono::milliseconds confirm{100};      // until the first comparison; looks again after up to ten times that
    std::chrono::milliseconds patience{10'000};  // what the store lists, its watch must have said so long after
};

/// Every drop and every repair is counted here; nothing is dropped silently.
struct FeedStats {
    std::uint64_t revisions = 0;  // applied with at least one change
    std::uint64_t events_put = 0;
    std::uint64_t events_delete = 0;
    std::uint64_t duplicates = 0;  // at or below the applied revision: ignored
    std::uint64_t late = 0;        // of the duplicates, those that had never been applied: the feed lists again
    std::uint64_t discarded = 0;   // without a key or a revision
    std::uint64_t notifications = 0;
    std::uint64_t foreign = 0;             // written by hand and breaking the rules of keys or notifications: not taken
    std::uint64_t relists = 0;             // history was compacted away, or repair
    std::uint64_t watch_restarts = 0;      // the sum of these:
    std::uint64_t restarts_lost = 0;       // the store was away, or ended the watch
    std::uint64_t restarts_compacted = 0;  // what comes next in its history was gone
    std::uint64_t restarts_history = 0;    // the store held another history than the one that was watched
    std::uint64_t restarts_repair = 0;     // the watch had said something late, or not at all
    std::uint64_t epoch_changes = 0;
    std::uint64_t repairs = 0;  // keys mended by anti-entropy
};

/// Learns of every change, on the loop, in order, after State and Journal have it. Must not block or await.
class FeedListener {
  public:
    virtual ~FeedListener() = default;
    virtual void on_change(const ChangePtr& change) = 0;
    /// The node's revision moved on without a change of a setting.
    virtual void on_advance(Revision revision) = 0;
    /// Another history (the epoch may be the same: the store was put back, or a lost event had to be mended where no
    /// revision was left to tell it in): every position of before is void, State is new.
    virtual void on_epoch(Epoch epoch) = 0;
    /// Feed::tokens() has changed. Comes before what else its revision did, and before the position moves there.
    virtual void on_tokens() {}
};

class Feed {
  public:
    /// All references outlive the feed.
    Feed(Executor executor, store::Store& source, store::Layout layout, FeedOptions options, const Clock& clock,
         Log& log);
    ~Feed();
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    /// Lists, watches, resumes, lists again; returns when cancelled. Run exactly once, in a TaskGroup.
    Awaitable<> run_replicator();

    const State& state() const;
    const Journal& journal() const;
    const NotificationLog& notifications() const;
    /// Complete once there is a first list; after the watch was down, from the next list on.
    const TokenRecords& tokens() const;
    Position position() const;
    const FeedStats& stats() const;

    /// True once everything up to the head seen at start is applied, or a comparison has shown that nothing is missing
    /// (a store may be slow to say that revisions hold nothing of ours): before it nothing may be served.
    bool ready() const;
    /// Returns true when ready() is; false when it was cancelled before.
    Awaitable<bool> until_ready();
    /// Since when the watch is down (reads may be stale); nullopt while it is up.
    std::optional<SteadyTime> stale_since() const;
    /// The newest revision that this node knows the store has (>= position().revision).
    Revision known_head() const;
    /// The newest revision at which the settings here are known to be the store's: the position, or a later one that
    /// they were compared at. What lies between it and known_head() is how far this node may be behind.
    Revision confirmed() const;

    /// The store has committed something of ours at that revision: until it is here this node is behind. Of
    /// known_head() that cannot be said: what moved the store there may be somebody else's.
    void expect(Revision revision);
    /// By how many revisions, at most, and since when; 0 and nullopt when it is not, as far as it knows.
    Revision behind() const;
    std::optional<SteadyTime> behind_since() const;

    /// Returns when position().revision >= revision; not_caught_up (details "revision", "current") at the deadline.
    Awaitable<Result<>> wait_for(Revision revision, SteadyTime deadline);

    /// Whether a cursor that comes from elsewhere (`since`: another node, an earlier connection) may be served from
    /// here on by changes. False for positions strictly inside a stretch whose single revisions this node has never
    /// seen (it listed again: a key that was made and removed in there left no trace here), and for positions of a
    /// history that is void: such a client is given the state. Cursors that this node moved itself are always good.
    bool resumable(Revision since) const;
    /// Whether a position of this epoch that was told before may be of a history that is void: then what has the same
    /// mod_revision need not be the same.
    bool is_void(Revision since) const;

    /// Listeners outlive the feed or are removed first; a listener may remove itself or others while it is called.
    void add_listener(FeedListener& listener);
    void remove_listener(FeedListener& listener);

    /// What the replicator does with one batch of the watch; public for property tests and benches. Events at or below
    /// the applied revision are counted and ignored; events without a key or a revision are counted and discarded;
    /// metadata records join their entries of the same revision. The batch's events may be of several revisions and
    /// in any order inside: they are applied by revision. `batch.revision` moves the position when nothing is left.
    void apply(store::WatchBatch batch);

  private:
    friend class Comparer;
    friend class Replicator;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::feed
