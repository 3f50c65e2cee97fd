#include "scan.hpp"

#include <algorithm>
#include <utility>

namespace confcast::push {

Scan::Scan(std::span<FilterBucket* const> filters, const Scope* scope) : scope_(scope), ranges_(ranges_of(filters)) {}

Scan::Range Scan::range_of(FilterBucket& filter) {
    const std::string_view head = filter.head();
    const bool one_key = filter.kind == FilterKind::key || (filter.kind == FilterKind::glob && head == filter.text);
    return {head, one_key, {&filter}, filter.kind == FilterKind::prefix};
}

// Ranges that do not overlap, ascending: no entry is read twice. In order of text a range comes before all that it
// covers; of a key and a range with the same text the range comes first.
std::vector<Scan::Range> Scan::ranges_of(std::span<FilterBucket* const> filters) {
    std::vector<Range> all;
    all.reserve(filters.size());
    for (FilterBucket* filter : filters)
        if (filter->is_of_settings()) all.push_back(range_of(*filter));
    std::sort(all.begin(), all.end(), [](const Range& a, const Range& b) {
        return a.head != b.head ? a.head < b.head : !a.one_key && b.one_key;
    });
    std::vector<Range> kept;
    for (Range& range : all) {
        if (kept.empty() || !kept.back().covers(range))
            kept.push_back(std::move(range));
        else
            kept.back().add(range);
    }
    return kept;
}

bool Scan::go_on(const feed::State& state, std::size_t& keys, std::vector<feed::EntryPtr>& out) {
    for (; range_ < ranges_.size(); ++range_) {
        if (keys == 0) return false;
        if (!go_through(ranges_[range_], state, keys, out)) return false;
        matcher_.reset();
        last_.reset();
    }
    return true;
}

bool Scan::go_through(const Range& range, const feed::State& state, std::size_t& keys,
                      std::vector<feed::EntryPtr>& out) {
    if (range.one_key) {
        --keys;
        if (auto entry = state.find(range.head); entry && sees(range.head)) out.push_back(std::move(entry));
        return true;
    }
    if (!matcher_) matcher_.emplace(range.filters);
    // By name: the place where it stopped may be gone.
    auto at = last_ ? state.entries().upper_bound(*last_) : state.entries().lower_bound(range.head);
    if (at == state.entries().end() || !at->first.starts_with(range.head)) {
        --keys;  // a look, too: filters that match nothing are not for nothing
        return true;
    }
    for (; at != state.entries().end() && at->first.starts_with(range.head); ++at, --keys) {
        if (keys == 0) {
            last_ = std::prev(at)->first;
            return false;
        }
        if ((range.all || matcher_->matches(at->first)) && sees(at->first)) out.push_back(at->second);
    }
    return true;
}

}  // namespace confcast::push
