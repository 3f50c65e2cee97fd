#include "confcast/push/access.hpp"

#include <algorithm>

namespace confcast::push {

bool Scope::covers(const Filters& filters) const {
    const auto sees_name = [this](const std::string& name) { return sees(name); };
    if (filters.empty()) return names.has_everything();
    return std::ranges::all_of(filters.keys, sees_name) && std::ranges::all_of(filters.topics, sees_name) &&
           std::ranges::all_of(filters.prefixes, [this](const auto& prefix) { return names.covers_prefix(prefix); }) &&
           std::ranges::all_of(filters.globs, [this](const auto& one) { return names.covers(one); });
}

}  // namespace confcast::push
