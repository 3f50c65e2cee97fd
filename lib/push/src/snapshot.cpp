#include "snapshot.hpp"

#include <limits>

#include "scan.hpp"
#include "wire.hpp"

namespace confcast::push {

std::vector<feed::EntryPtr> collect(const feed::State& state, FilterSpan filters, const Scope* scope) {
    std::vector<FilterBucket*> buckets;
    buckets.reserve(filters.size());
    for (const FilterLink& filter : filters) buckets.push_back(filter.bucket);
    std::vector<feed::EntryPtr> out;
    auto keys = std::numeric_limits<std::size_t>::max();
    Scan(buckets, scope).go_on(state, keys, out);
    return out;
}

Snapshot::Snapshot(std::uint64_t id, feed::Position at, std::vector<feed::EntryPtr> entries, bool meta_only,
                   std::size_t page_bytes)
    : id_(id), at_(at), meta_only_(meta_only), page_bytes_(page_bytes), entries_(std::move(entries)) {}

std::size_t Snapshot::end_of(std::size_t page) const {
    while (ends_.size() <= page) {
        std::size_t end = ends_.empty() ? 0 : ends_.back();
        for (std::size_t bytes = 0; end < entries_.size() && bytes < page_bytes_; ++end)
            bytes += estimate(*entries_[end], meta_only_);
        ends_.push_back(end);
    }
    return ends_[page];
}

std::size_t Snapshot::pages() const {
    std::size_t count = 1;
    while (!is_last(count - 1)) ++count;
    return count;
}

std::span<const feed::EntryPtr> Snapshot::page(std::size_t page) const {
    const std::size_t begin = page == 0 ? 0 : end_of(page - 1);
    return std::span(entries_).subspan(begin, end_of(page) - begin);
}

void Snapshot::release_through(std::size_t page) {
    const std::size_t begin = page == 0 ? 0 : end_of(page - 1);
    for (std::size_t i = begin; i < end_of(page); ++i) entries_[i].reset();
}

}  // namespace confcast::push
