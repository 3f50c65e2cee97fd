#include "snapshot.hpp"

#include <algorithm>

#include "matcher.hpp"
#include "wire.hpp"

namespace confcast::push {
namespace {

// What is read of the state in one go: all that begins with `head` (or only the key of that name), and which filters
// say what of it counts.
struct Range {
    std::string_view head;
    bool one_key;
    std::vector<FilterBucket*> filters;
    bool all = false;  // one of the filters matches everything in it

    bool covers(const Range& other) const {
        return one_key ? other.one_key && other.head == head : other.head.starts_with(head);
    }
    void add(const Range& other) {
        filters.insert(filters.end(), other.filters.begin(), other.filters.end());
        all = all || (other.all && other.head == head);
    }
};

Range range_of(FilterBucket& filter) {
    const std::string_view head = filter.head();
    const bool one_key = filter.kind == FilterKind::key || (filter.kind == FilterKind::glob && head == filter.text);
    return {head, one_key, {&filter}, filter.kind == FilterKind::prefix};
}

// Ranges that do not overlap, ascending: no entry is read twice. In order of text a range comes before all that it
// covers; of a key and a range with the same text the range comes first.
std::vector<Range> ranges_of(FilterSpan filters) {
    std::vector<Range> all;
    all.reserve(filters.size());
    for (const FilterLink& filter : filters)
        if (filter.bucket->is_of_settings()) all.push_back(range_of(*filter.bucket));
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

}  // namespace

std::vector<feed::EntryPtr> collect(const feed::State& state, FilterSpan filters, const Scope* scope) {
    std::vector<feed::EntryPtr> out;
    const auto sees = [scope](std::string_view key) { return scope == nullptr || scope->sees(key); };
    for (const Range& range : ranges_of(filters)) {
        if (range.one_key) {
            if (auto entry = state.find(range.head); entry && sees(range.head)) out.push_back(std::move(entry));
            continue;
        }
        Matcher matcher(range.filters);
        for (auto at = state.entries().lower_bound(range.head);
             at != state.entries().end() && at->first.starts_with(range.head); ++at)
            if ((range.all || matcher.matches(at->first)) && sees(at->first)) out.push_back(at->second);
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
