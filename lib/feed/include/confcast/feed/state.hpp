// The settings as they are at one revision, and for each key when it last changed (deletes included, as long as their
// tombstones are kept). Invariant: equals the store at revision(); changed only by apply(), amend(), load() and
// reset().
#pragma once

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "confcast/feed/entry.hpp"

namespace confcast::feed {

/// The first segment of a key: limits and permissions attach to it.
inline std::string_view namespace_of(std::string_view key) { return key.substr(0, key.find('/')); }

class State {
  public:
    using Map = std::map<std::string, EntryPtr, std::less<>>;

    /// `max_tombstones` deletes are remembered; when one more comes the oldest goes and tombstone_floor() rises.
    explicit State(std::size_t max_tombstones = 100'000) : max_tombstones_(max_tombstones) {}
    State(State&&) = default;
    State& operator=(State&&) = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() = default;

    /// The state at `revision` from nothing: `entries` in any order. Forgets everything before, tombstones too.
    void reset(Revision revision, const std::vector<EntryPtr>& entries);
    /// One more entry of the state at revision(), so that a large one can be made in slices after reset(revision, {}).
    /// Cheapest in ascending order of key. Precondition: no apply() since, the key is not there.
    void load(EntryPtr entry);
    /// Applies one revision. Precondition: change.revision > revision().
    void apply(const Change& change);
    /// Replaces an entry by one of the same key and mod_revision whose metadata no longer counts: no change of a
    /// setting. Ignored when the key is not there at that mod_revision.
    void amend(EntryPtr entry);
    /// Nothing of ours changed up to `revision`. Lower or equal: ignored.
    void advance(Revision revision);

    Revision revision() const { return revision_; }
    std::size_t size() const { return entries_.size(); }
    /// Bytes of keys and values.
    std::size_t bytes() const { return bytes_; }
    /// Of the keys of one namespace (their first segment): how many, and bytes of keys and values.
    struct Usage {
        std::size_t keys = 0;
        std::size_t bytes = 0;
    };
    Usage usage(std::string_view name_space) const;
    /// Deletes that are remembered.
    std::size_t tombstones() const { return deleted_.size(); }

    /// Null when there is none. The pointer may be kept for ever.
    EntryPtr find(std::string_view key) const;
    /// When the key last changed: its mod_revision, or the revision of its delete while that is remembered.
    std::optional<Revision> last_change(std::string_view key) const;
    /// All, ascending by key. Iterators live until the next apply(), load() or reset().
    const Map& entries() const { return entries_; }
    /// Calls `visit(entry)` for keys with the prefix that are greater than `after`, ascending, until it returns false.
    void scan(std::string_view prefix, std::string_view after, const std::function<bool(const EntryPtr&)>& visit) const;

    /// Deletes at or before this revision may be forgotten: changed_since(r) is complete for r >= tombstone_floor().
    Revision tombstone_floor() const { return tombstone_floor_; }
    /// Calls `visit(revision, change)` with the latest change of each key that changed after `since`, ascending by
    /// revision, then key, until it returns false. Costs what it visits (for since >= tombstone_floor()).
    void changed_since(Revision since, const std::function<bool(Revision, const KeyChange&)>& visit) const;

  private:
    // The last change of a key since reset(). Both lists ascend by (revision, key) because changes only come at the
    // end: a key that changes again takes its node with it, so nothing is searched and little is allocated.
    struct Touched {
        Revision revision = 0;
        KeyChange change;
    };
    using Touches = std::list<Touched>;
    struct Live {
        Map::iterator place;
        Touches::iterator touched;
        bool is_touched = false;  // not since reset(): `touched` means nothing
    };

    void add_usage(const Entry& entry);
    void remove_usage(const Entry& entry);
    void put(Revision revision, const KeyChange& change);
    void remove(Revision revision, const KeyChange& change);
    void visit_loaded(Revision since, const std::function<bool(Revision, const KeyChange&)>& visit, bool& go_on) const;

    std::size_t max_tombstones_;
    Revision revision_ = 0;
    Revision loaded_at_ = 0;
    Revision tombstone_floor_ = 0;
    std::size_t bytes_ = 0;
    std::map<std::string, Usage, std::less<>> usage_;  // by namespace
    Map entries_;
    std::unordered_map<std::string_view, Live> live_;                 // views into entries_
    Touches changed_;                                                 // of live keys
    Touches deleted_;                                                 // tombstones
    std::unordered_map<std::string_view, Touches::iterator> buried_;  // views into deleted_
};

}  // namespace confcast::feed
