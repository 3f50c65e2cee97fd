// The settings as they are at one revision, and for each key when it last changed (deletes included, as long as their
// tombstones are kept). Invariant: equals the store at revision(); changed only by apply() and reset().
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "confcast/feed/entry.hpp"

namespace confcast::feed {

class State {
  public:
    using Map = std::map<std::string, EntryPtr, std::less<>>;

    /// `max_tombstones` deletes are remembered; when one more comes the oldest goes and tombstone_floor() rises.
    explicit State(std::size_t max_tombstones = 100'000) : max_tombstones_(max_tombstones) {}

    /// The state at `revision` from nothing: `entries` in any order. Forgets everything before, tombstones too.
    void reset(Revision revision, std::vector<EntryPtr> entries);
    /// Applies one revision. Precondition: change.revision > revision().
    void apply(const Change& change);
    /// Nothing of ours changed up to `revision`. Lower or equal: ignored.
    void advance(Revision revision);

    Revision revision() const { return revision_; }
    std::size_t size() const { return entries_.size(); }
    /// Bytes of keys and values.
    std::size_t bytes() const { return bytes_; }

    /// Null when there is none. The pointer may be kept for ever.
    EntryPtr find(std::string_view key) const;
    /// All, ascending by key. Iterators live until the next apply() or reset().
    const Map& entries() const { return entries_; }
    /// Calls `visit(entry)` for keys with the prefix that are greater than `after`, ascending, until it returns false.
    void scan(std::string_view prefix, std::string_view after, const std::function<bool(const EntryPtr&)>& visit) const;

    /// Deletes at or before this revision may be forgotten: changed_since(r) is complete for r >= tombstone_floor().
    Revision tombstone_floor() const { return tombstone_floor_; }
    /// Calls `visit(revision, change)` with the latest change of each key that changed after `since`, ascending by
    /// revision, then key, until it returns false.
    void changed_since(Revision since, const std::function<bool(Revision, const KeyChange&)>& visit) const;

  private:
    void touch(Revision revision, const KeyChange& change);

    std::size_t max_tombstones_;
    Revision revision_ = 0;
    Revision tombstone_floor_ = 0;
    std::size_t bytes_ = 0;
    Map entries_;
    std::map<std::string, Revision, std::less<>> tombstones_;      // deleted key -> when
    std::map<std::pair<Revision, std::string>, EntryPtr> recent_;  // (last change, key) -> entry or null
};

}  // namespace confcast::feed
