// The recent changes, bounded by bytes and by count. Sessions are cursors on it.
// Invariant: holds every change with revision in (floor(), head()], ascending, each once.
#pragma once

#include <cstddef>
#include <deque>

#include "confcast/feed/entry.hpp"

namespace confcast::feed {

struct JournalLimits {
    std::size_t max_changes = 100'000;
    std::size_t max_bytes = 64U << 20U;  // keys and values of all events, notifications too
};

class Journal {
  public:
    explicit Journal(JournalLimits limits = {}) : limits_(limits) {}

    /// Empty, complete from `revision` on.
    void reset(Revision revision);
    /// Precondition: change->revision > head(). Drops the oldest changes that are over the limits (the newest stays).
    void append(ChangePtr change);
    /// Nothing happened up to `revision`: head() moves there.
    void advance(Revision revision);

    /// Changes at or before it are gone: a cursor >= floor() can be served.
    Revision floor() const { return floor_; }
    Revision head() const { return head_; }
    std::size_t size() const { return changes_.size(); }
    std::size_t bytes() const { return bytes_; }

    using Iterator = std::deque<ChangePtr>::const_iterator;
    /// The first change with revision > cursor. Precondition: cursor >= floor(). Iterators live until the next
    /// append().
    Iterator after(Revision cursor) const;
    Iterator end() const { return changes_.end(); }

  private:
    JournalLimits limits_;
    Revision floor_ = 0;
    Revision head_ = 0;
    std::size_t bytes_ = 0;
    std::deque<ChangePtr> changes_;
};

}  // namespace confcast::feed
