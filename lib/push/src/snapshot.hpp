// The entries of some filters at one revision, cut into pages. Shared by every session that needs the same one. A page
// is cut when it is asked for: a large snapshot costs nothing at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "confcast/feed/state.hpp"
#include "confcast/push/access.hpp"
#include "subscription_index.hpp"

namespace confcast::push {

/// All entries that a filter matches, ascending by key, each once. Reads only what begins as a filter does.
/// A scope leaves out what it does not see.
std::vector<feed::EntryPtr> collect(const feed::State& state, FilterSpan filters, const Scope* scope = nullptr);

class Snapshot {
  public:
    Snapshot(std::uint64_t id, feed::Position at, std::vector<feed::EntryPtr> entries, bool meta_only,
             std::size_t page_bytes);

    /// Never used again for another snapshot.
    std::uint64_t id() const { return id_; }
    feed::Position at() const { return at_; }
    bool meta_only() const { return meta_only_; }
    /// At least 1: an empty state is one page without entries.
    std::size_t pages() const;
    bool is_last(std::size_t page) const { return end_of(page) == entries_.size(); }
    std::span<const feed::EntryPtr> page(std::size_t page) const;
    /// Lets go of what this page and those before it hold. They must not be asked for again.
    void release_through(std::size_t page);
    /// All of them. Precondition: nothing has been released.
    const std::vector<feed::EntryPtr>& entries() const { return entries_; }

  private:
    std::size_t end_of(std::size_t page) const;

    std::uint64_t id_;
    feed::Position at_;
    bool meta_only_;
    std::size_t page_bytes_;
    std::vector<feed::EntryPtr> entries_;
    mutable std::vector<std::size_t> ends_;  // of the pages so far, in entries_
};

}  // namespace confcast::push
