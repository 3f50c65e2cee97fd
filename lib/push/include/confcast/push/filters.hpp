// What a client wants to see (docs/filters.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace confcast::push {

/// None of them = everything. An empty prefix = everything.
struct Filters {
    std::vector<std::string> keys;
    std::vector<std::string> prefixes;
    std::vector<std::string> globs{};
    std::size_t size() const { return keys.size() + prefixes.size() + globs.size(); }
    bool empty() const { return size() == 0; }
};

}  // namespace confcast::push
