// The filters that a client names, one by one.
#pragma once

#include "confcast/push/filters.hpp"
#include "filter_bucket.hpp"

namespace confcast::push {

/// Calls `visit(kind, text)` for each.
template <class Visit>
void for_each(const Filters& filters, const Visit& visit) {
    for (const std::string& key : filters.keys) visit(FilterKind::key, key);
    for (const std::string& prefix : filters.prefixes) visit(FilterKind::prefix, prefix);
    for (const std::string& glob : filters.globs) visit(FilterKind::glob, glob);
    for (const std::string& topic : filters.topics) visit(FilterKind::topic, topic);
}

/// The same for what a stream or a poll is opened with: no filters are one for everything.
template <class Visit>
void for_each_or_everything(const Filters& filters, const Visit& visit) {
    if (filters.empty()) visit(FilterKind::prefix, std::string());
    for_each(filters, visit);
}

/// The list that filters of this kind are in.
inline std::vector<std::string>& texts_of(Filters& filters, FilterKind kind) {
    switch (kind) {
        case FilterKind::key:
            return filters.keys;
        case FilterKind::prefix:
            return filters.prefixes;
        case FilterKind::glob:
            return filters.globs;
        case FilterKind::topic:
            break;
    }
    return filters.topics;
}

}  // namespace confcast::push
