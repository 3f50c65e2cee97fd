// What to watch (docs/filters.md).
#pragma once

#include <string>
#include <vector>

#include "confcast/client/failure.hpp"

namespace confcast::client {

/// None of them = everything. A prefix is a plain string prefix; the empty one is everything.
struct Filters {
    std::vector<std::string> keys{};
    std::vector<std::string> prefixes{};
    std::vector<std::string> globs{};
    friend bool operator==(const Filters&, const Filters&) = default;
};

/// The server's rules, asked before anything is sent: invalid_key with the rule.
Result<> check_filters(const Filters& filters);

}  // namespace confcast::client
