#include "snapshot.hpp"

#include <algorithm>

#include "wire.hpp"

namespace confcast::push {
namespace {

// A filter that another one covers would show its entries twice. In order of text a prefix comes before everything
// that it covers; of a key and a prefix with the same text the prefix comes first.
std::vector<const FilterBucket*> without_covered(FilterSpan filters) {
    std::vector<const FilterBucket*> all;
    all.reserve(filters.size());
    for (const FilterLink& filter : filters) all.push_back(filter.bucket);
    std::sort(all.begin(), all.end(), [](const FilterBucket* a, const FilterBucket* b) {
        return a->text != b->text ? a->text < b->text : a->kind == FilterKind::prefix && b->kind == FilterKind::key;
    });
    std::vector<const FilterBucket*> kept;
    for (const FilterBucket* filter : all) {
        if (!kept.empty() && kept.back()->kind == FilterKind::prefix && kept.back()->matches(filter->text)) continue;
        kept.push_back(filter);
    }
    return kept;
}

}  // namespace

std::vector<feed::EntryPtr> collect(const feed::State& state, FilterSpan filters) {
    std::vector<feed::EntryPtr> out;
    for (const FilterBucket* filter : without_covered(filters)) {
        if (filter->kind == FilterKind::key) {
            if (auto entry = state.find(filter->text)) out.push_back(std::move(entry));
        } else {
            for (auto at = state.entries().lower_bound(filter->text);
                 at != state.entries().end() && filter->matches(at->first); ++at)
                out.push_back(at->second);
        }
    }
    return out;
}

Snapshot::Snapshot(std::uint64_t id, feed::Position at, std::vector<feed::EntryPtr> entries, bool meta_only,
                   std::size_t page_bytes)
    : id_(id), at_(at), meta_only_(meta_only), entries_(std::move(entries)) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        bytes += estimate(*entries_[i], meta_only);
        if (bytes < page_bytes) continue;
        ends_.push_back(i + 1);
        bytes = 0;
    }
    if (ends_.empty() || ends_.back() != entries_.size()) ends_.push_back(entries_.size());
}

std::span<const feed::EntryPtr> Snapshot::page(std::size_t page) const {
    const std::size_t begin = page == 0 ? 0 : ends_[page - 1];
    return std::span(entries_).subspan(begin, ends_[page] - begin);
}

void Snapshot::release_through(std::size_t page) {
    const std::size_t begin = page == 0 ? 0 : ends_[page - 1];
    for (std::size_t i = begin; i < ends_[page]; ++i) entries_[i].reset();
}

}  // namespace confcast::push
