// What a subscriber asks for, matched as docs/push-protocol.md says: exact keys, plain string prefixes, none = all.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::verify {

struct Filter {
    std::vector<std::string> keys;
    std::vector<std::string> prefixes;

    bool matches(std::string_view key) const {
        if (keys.empty() && prefixes.empty()) return true;
        return std::ranges::find(keys, key) != keys.end() ||
               std::ranges::any_of(prefixes, [&](const auto& prefix) { return key.starts_with(prefix); });
    }
    /// The query of a stream, without the '?': "key=a&prefix=b/", "" for all. Keys here need no escaping.
    std::string query() const {
        std::string text;
        for (const auto& key : keys) text += (text.empty() ? "key=" : "&key=") + key;
        for (const auto& prefix : prefixes) text += (text.empty() ? "prefix=" : "&prefix=") + prefix;
        return text;
    }
};

}  // namespace confcast::verify
