#include "subset.hpp"

#include <algorithm>
#include <bit>

namespace confcast::push {
namespace {

std::pair<std::size_t, std::size_t> range_of(const feed::Change& change, const FilterBucket& filter) {
    const auto& events = change.events;
    const auto first = std::lower_bound(events.begin(), events.end(), filter.text,
                                        [](const feed::KeyChange& e, std::string_view text) { return e.key < text; });
    const auto last =
        std::partition_point(first, events.end(), [&](const feed::KeyChange& e) { return filter.matches(e.key); });
    return {static_cast<std::size_t>(first - events.begin()), static_cast<std::size_t>(last - events.begin())};
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
    for (const FilterLink& filter : filters) {
        const auto [begin, end] = range_of(change, *filter.bucket);
        if (begin == end) continue;
        if (small)
            mask_ |= mask_of(begin, end);
        else
            ranges_.push_back({begin, end});
    }
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
