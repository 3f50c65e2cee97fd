// What the rules of globs say, without a thought for time: the model that the real matcher is compared with.
#pragma once

#include <optional>
#include <string_view>

namespace confcast::push::test {

inline bool naive_segment(std::string_view glob, std::string_view text) {
    if (glob.empty()) return text.empty();
    if (glob[0] != '*') return !text.empty() && glob[0] == text[0] && naive_segment(glob.substr(1), text.substr(1));
    return naive_segment(glob.substr(1), text) || (!text.empty() && naive_segment(glob, text.substr(1)));
}

/// What stands behind the first segment; nullopt when nothing does.
inline std::optional<std::string_view> behind_first(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    return text.substr(slash + 1);
}

inline bool naive_glob(std::optional<std::string_view> glob, std::optional<std::string_view> key) {
    if (!glob) return !key;
    const auto rest = behind_first(*glob);
    const auto first = glob->substr(0, glob->find('/'));
    if (first != "**")
        return key && naive_segment(first, key->substr(0, key->find('/'))) && naive_glob(rest, behind_first(*key));
    if (!rest) return key.has_value();
    return naive_glob(rest, key) || (key && naive_glob(glob, behind_first(*key)));
}

}  // namespace confcast::push::test
