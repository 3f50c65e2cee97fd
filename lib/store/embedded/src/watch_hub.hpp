// What the loop knows of the newest history: a ring of the last revisions, the newest and the oldest revision, and the
// condition that watches wait for. Touched on the loop only.
//
// Invariant: the ring holds every revision from its first to head() without a hole; a cursor that is not covered by it
// reads the log.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/notifier.hpp"
#include "confcast/store/types.hpp"

namespace confcast::store {

struct RingLimits {
    std::size_t revisions = 1'024;
    std::size_t bytes = 16U << 20U;
};

class WatchHub {
  public:
    WatchHub(Executor executor, Revision head, Revision oldest, RingLimits limits)
        : changed_(executor), limits_(limits), head_(head), oldest_(oldest) {}

    /// Takes over the next revisions, in order and without a hole, and wakes every watch.
    void publish(std::vector<WatchBatch> batches);
    void set_oldest(Revision oldest) { oldest_ = oldest; }
    /// Every watch ends.
    void end();

    Revision head() const { return head_; }
    Revision oldest() const { return oldest_; }
    bool ended() const { return ended_; }
    bool covers(Revision revision) const { return !ring_.empty() && ring_.front().revision <= revision; }
    /// The first batch at or after `from` with events in the range, or a batch without events at head().
    /// Precondition: covers(from), from <= head().
    WatchBatch first_in(const KeyRange& range, Revision from) const;

    Awaitable<> changed() { return changed_.wait(); }
    void wake() { changed_.notify_all(); }

  private:
    Notifier changed_;
    RingLimits limits_;
    std::deque<WatchBatch> ring_;
    std::size_t bytes_ = 0;
    Revision head_;
    Revision oldest_;
    bool ended_ = false;
};

}  // namespace confcast::store
