// The notifications that the store still has, as far as they fit: for clients that come back, and for those that are so
// far behind that the Journal no longer reaches back to them.
// Invariant: holds every notification of the store with revision in (floor(), feed position], ascending, each once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "confcast/feed/entry.hpp"

namespace confcast::feed {

struct NotificationLimits {
    std::size_t max_count = 10'000;
    std::size_t max_bytes = 16U << 20U;  // of their topics, ids and payloads
};

class NotificationLog {
  public:
    explicit NotificationLog(NotificationLimits limits = {}) : limits_(limits) {}

    /// False when it is there already, or as old as what was dropped. Drops the oldest that are over the limits (the
    /// newest stays).
    bool add(NotificationPtr notification);
    /// The store has it no more.
    void forget(std::string_view id);
    void clear();

    bool has(std::string_view id) const { return by_id_.contains(id); }
    /// At or before it some were dropped for the limits; what had lived its time is not missed.
    Revision floor() const { return floor_; }
    std::size_t size() const { return all_.size(); }
    std::size_t bytes() const { return bytes_; }

    using Map = std::map<std::pair<Revision, std::string_view>, NotificationPtr>;
    using Iterator = Map::const_iterator;
    /// The first with a revision > `revision`. Iterators live until the next add(), forget() or clear().
    Iterator after(Revision revision) const { return all_.lower_bound({revision + 1, {}}); }
    Iterator end() const { return all_.end(); }

  private:
    void erase(Map::iterator it);

    NotificationLimits limits_;
    Revision floor_ = 0;
    std::size_t bytes_ = 0;
    Map all_;                                                    // views into what it holds
    std::unordered_map<std::string_view, Map::iterator> by_id_;  // the same
};

/// What it weighs in memory and on the wire, about.
std::size_t weight(const Notification& notification);

}  // namespace confcast::feed
