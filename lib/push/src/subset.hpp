// Which events of one revision a set of filters matches, as a value that can be compared and used as a cache key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "confcast/feed/entry.hpp"
#include "confcast/push/access.hpp"
#include "subscription_index.hpp"

namespace confcast::push {

bool matches(FilterSpan filters, std::string_view key);

/// Disjoint ranges of indices into Change::events, ascending; up to 64 events they are bits of one word, so that the
/// usual change costs no allocation.
class Subset {
  public:
    /// Uses that events are ascending by key: filters x log(events), and for a glob the events that begin as it does.
    void assign(const feed::Change& change, FilterSpan filters);

    /// Leaves only what the scope sees.
    void restrict(const feed::Change& change, const Scope& scope);

    bool empty() const { return mask_ == 0 && ranges_.empty(); }
    std::size_t count() const;
    /// Appends the subset as bytes: equal subsets of one change give equal bytes.
    void append_to(std::string& key) const;

    template <class Visit>
    void for_each(const feed::Change& change, const Visit& visit) const {
        if (change.events.size() <= bits) {
            for (std::size_t i = 0; i < change.events.size(); ++i)
                if (((mask_ >> i) & 1U) != 0) visit(change.events[i]);
            return;
        }
        for (const auto& [begin, end] : ranges_)
            for (std::size_t i = begin; i < end; ++i) visit(change.events[i]);
    }

  private:
    static constexpr std::size_t bits = 64;
    struct Range {
        std::size_t begin;
        std::size_t end;
    };
    void join_ranges();

    std::uint64_t mask_ = 0;
    std::vector<Range> ranges_;
};

}  // namespace confcast::push
