#include "subset.hpp"

#include <algorithm>
#include <bit>

namespace confcast::push {
namespace {

// Calls `visit(begin, end)` for the ranges of events that the filter matches, ascending. All that it may match is one
// range; of a glob's not every event need match.
template <class Visit>
void visit_ranges(const feed::Change& change, const FilterBucket& filter, const Visit& visit) {
    const auto& events = change.events;
    const std::string_view head = filter.head();
    const bool whole = filter.kind == FilterKind::key;
    const auto begin = std::lower_bound(events.begin(), events.end(), head,
                                        [](const feed::KeyChange& e, std::string_view text) { return e.key < text; });
    const auto end = std::partition_point(
        begin, events.end(), [&](const feed::KeyChange& e) { return whole ? e.key == head : e.key.starts_with(head); });
    const auto index = [&](auto at) { return static_cast<std::size_t>(at - events.begin()); };
    if (filter.kind != FilterKind::glob) {
        if (begin != end) visit(index(begin), index(end));
        return;
    }
    const auto matches = [&](const feed::KeyChange& e) { return filter.matches(e.key); };
    for (auto first = std::find_if(begin, end, matches); first != end;) {
        const auto last = std::find_if_not(first, end, matches);
        visit(index(first), index(last));
        first = std::find_if(last, end, matches);
    }
}

std::uint64_t mask_of(std::size_t begin, std::size_t end) {
    const auto below = [](std::size_t n) { return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1; };
    return below(end) & ~below(begin);
}

}  // namespace

bool matches(FilterSpan filters, std::string_view key) {
    return std::any_of(filters.begin(), filters.end(), [&](const FilterLink& f) { return f.bucket->matches(key); });
}

void Subset::assign(const feed::Change& change, FilterSpan filters) {
    mask_ = 0;
    ranges_.clear();
    if (change.events.size() == 1) {
        mask_ = matches(filters, change.events.front().key) ? 1 : 0;
        return;
    }
    const bool small = change.events.size() <= bits;
    const auto add = [&](std::size_t begin, std::size_t end) {
        if (small)
            mask_ |= mask_of(begin, end);
        else
            ranges_.push_back({begin, end});
    };
    for (const FilterLink& filter : filters)
        if (filter.bucket->is_of_settings()) visit_ranges(change, *filter.bucket, add);
    join_ranges();
}

void Subset::join_ranges() {
    if (ranges_.size() < 2) return;
    std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::size_t last = 0;
    for (std::size_t i = 1; i < ranges_.size(); ++i) {
        if (ranges_[i].begin <= ranges_[last].end)
            ranges_[last].end = std::max(ranges_[last].end, ranges_[i].end);
        else
            ranges_[++last] = ranges_[i];
    }
    ranges_.resize(last + 1);
}

void Subset::restrict(const feed::Change& change, const Scope& scope) {
    const auto& events = change.events;
    for (std::uint64_t left = mask_; left != 0; left &= left - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(left));
        if (!scope.sees(events[i].key)) mask_ &= ~(std::uint64_t{1} << i);
    }
    std::vector<Range> seen;
    for (const Range& range : ranges_)
        for (std::size_t i = range.begin; i < range.end; ++i) {
            if (!scope.sees(events[i].key)) continue;
            if (!seen.empty() && seen.back().end == i)
                ++seen.back().end;
            else
                seen.push_back({i, i + 1});
        }
    ranges_ = std::move(seen);
}

std::size_t Subset::count() const {
    auto n = static_cast<std::size_t>(std::popcount(mask_));
    for (const Range& r : ranges_) n += r.end - r.begin;
    return n;
}

void Subset::append_to(std::string& key) const {
    key.append(reinterpret_cast<const char*>(&mask_), sizeof mask_);
    key.append(reinterpret_cast<const char*>(ranges_.data()), ranges_.size() * sizeof(Range));
}

}  // namespace confcast::push
