// The entries of some filters at one revision, cut into pages. Shared by every session that needs the same one.
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
    std::size_t pages() const { return ends_.size(); }
    bool is_last(std::size_t page) const { return page + 1 == ends_.size(); }
    std::span<const feed::EntryPtr> page(std::size_t page) const;
    /// Lets go of what this page and those before it hold. They must not be asked for again.
    void release_through(std::size_t page);

  private:
    std::uint64_t id_;
    feed::Position at_;
    bool meta_only_;
    std::vector<feed::EntryPtr> entries_;
    std::vector<std::size_t> ends_;  // of each page, in entries_
};

}  // namespace confcast::push
