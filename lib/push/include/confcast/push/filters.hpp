// What a client wants to see (docs/filters.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace confcast::push {

/// None of them = every setting. An empty prefix = every setting. Notifications are for those who name their topic.
struct Filters {
    std::vector<std::string> keys;
    std::vector<std::string> prefixes;
    std::vector<std::string> globs{};
    std::vector<std::string> topics{};
    std::size_t size() const { return keys.size() + prefixes.size() + globs.size() + topics.size(); }
    bool empty() const { return size() == 0; }
};

}  // namespace confcast::push
