// A snapshot in the making, for all sessions that need the same one: the state is gone through a slice at a time, and
// changes meanwhile. What was read early may be out of date at the end, so what has changed since the beginning is
// looked at once more: the result is the state at one revision, the one at which it is done.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scan.hpp"
#include "snapshot.hpp"
#include "turn.hpp"

namespace confcast::push {

/// What a session is to be shown of the state. The texts live as long as they are used.
struct Wanted {
    struct Filter {
        FilterKind kind;
        std::string_view text;
    };
    std::span<const Filter> filters;
    ScopePtr scope;  // null: everything
    bool meta_only;
};

class Collection {
  public:
    Collection(std::string key, const Wanted& wanted);
    Collection(const Collection&) = delete;
    Collection& operator=(const Collection&) = delete;

    /// Which one it is among those that are under way.
    const std::string& key() const { return key_; }
    bool is_done() const { return snapshot_ != nullptr; }
    /// Precondition: it is done.
    const std::shared_ptr<Snapshot>& snapshot() const { return snapshot_; }
    /// It took more than one slice.
    bool is_large() const { return slices_ > 1; }

    /// One slice of at most `keys` looks, which it takes off. True when it is done: at `head`, where the state is.
    bool go_on(const feed::State& state, feed::Position head, std::uint64_t id, std::size_t page_bytes, Share& keys);

    /// The same at `head`; null when that takes more looks than there are, or cannot be told any more.
    /// Precondition: it is done.
    std::shared_ptr<Snapshot> at_head(const feed::State& state, feed::Position head, std::uint64_t id,
                                      std::size_t page_bytes, Share& keys);

    /// Those to be told when it is done, by their ids: they may be gone by then.
    std::vector<std::uint64_t> waiting;

  private:
    using Patches = std::map<std::string, feed::EntryPtr, std::less<>>;  // null: it is gone

    void begin(const feed::State& state);
    bool catch_up(const feed::State& state, std::size_t& looks);
    /// Up to where what has changed after `since` is in `patches`; the state's revision when that is all.
    feed::Revision gather(const feed::State& state, feed::Revision since, std::size_t& looks, Patches& patches);
    static std::vector<feed::EntryPtr> patched(std::vector<feed::EntryPtr> entries, Patches patches);

    std::string key_;
    std::vector<std::string> texts_;
    std::vector<FilterBucket> filters_;  // its own: those who asked may leave
    std::vector<FilterBucket*> pointers_;
    ScopePtr scope_;
    bool meta_only_;
    std::optional<Matcher> matcher_;  // for what has changed
    std::optional<Scan> scan_;        // until it is at the end
    feed::Revision since_ = 0;        // what is changed up to here has been seen
    std::vector<feed::EntryPtr> entries_;
    Patches patches_;
    std::size_t slices_ = 0;
    std::size_t detours_ = 0;  // that the changes have cost it
    std::shared_ptr<Snapshot> snapshot_;
};

}  // namespace confcast::push
