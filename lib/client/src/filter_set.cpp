#include "filter_set.hpp"

#include <algorithm>
#include <iterator>

#include "confcast/glob/glob.hpp"
#include "confcast/store/layout.hpp"
#include "failures.hpp"

namespace confcast::client {

bool Filter::matches(std::string_view key) const {
    switch (kind) {
        case FilterKind::key:
            return key == text;
        case FilterKind::prefix:
            return key.starts_with(text);
        case FilterKind::glob:
            break;
    }
    return glob::glob_matches(text, key);
}

FilterSet FilterSet::exactly(const Filters& filters) {
    FilterSet set;
    for (const std::string& text : filters.keys) set.insert({FilterKind::key, text});
    for (const std::string& text : filters.prefixes) set.insert({FilterKind::prefix, text});
    for (const std::string& text : filters.globs) set.insert({FilterKind::glob, text});
    return set;
}

FilterSet FilterSet::of(const Filters& filters) {
    FilterSet set = exactly(filters);
    if (set.empty()) set.insert({FilterKind::prefix, ""});
    return set;
}

Filters FilterSet::to_filters() const {
    Filters filters;
    for (const Filter& filter : filters_) {
        auto& list = filter.kind == FilterKind::key      ? filters.keys
                     : filter.kind == FilterKind::prefix ? filters.prefixes
                                                         : filters.globs;
        list.push_back(filter.text);
    }
    return filters;
}

bool FilterSet::matches(std::string_view key) const {
    return std::ranges::any_of(filters_, [key](const Filter& filter) { return filter.matches(key); });
}

bool FilterSet::contains_all(const FilterSet& other) const { return std::ranges::includes(filters_, other.filters_); }

FilterSet FilterSet::without(const FilterSet& other) const {
    FilterSet set;
    std::ranges::set_difference(filters_, other.filters_, std::inserter(set.filters_, set.filters_.end()));
    return set;
}

FilterSet FilterSet::common_with(const FilterSet& other) const {
    FilterSet set;
    std::ranges::set_intersection(filters_, other.filters_, std::inserter(set.filters_, set.filters_.end()));
    return set;
}

Result<> check_filters(const Filters& filters) {
    for (const std::string& key : filters.keys)
        if (const auto valid = store::check_key(key); !valid) return invalid(valid.error());
    // A prefix is good when a key can begin with it.
    for (const std::string& prefix : filters.prefixes)
        if (const auto valid = store::check_key(prefix + 'x'); !valid) return invalid(valid.error());
    for (const std::string& text : filters.globs)
        if (const auto valid = glob::check_glob(text); !valid) return invalid(valid.error());
    return {};
}

}  // namespace confcast::client
