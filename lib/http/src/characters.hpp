// The character classes of RFC 9110 and RFC 3986 that the gate asks for.
#pragma once

#include <array>
#include <string_view>

namespace confcast::http {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Which bytes are of a class; a table is one load where a search is a loop.
class CharacterClass {
  public:
    template <class Is>
    constexpr explicit CharacterClass(Is is) {
        for (unsigned byte = 0; byte < 256; ++byte) is_[byte] = is(static_cast<char>(byte));
    }
    constexpr bool operator()(char c) const { return is_[static_cast<unsigned char>(c)]; }
    constexpr bool all(std::string_view text) const {
        for (const char c : text)
            if (!(*this)(c)) return false;
        return true;
    }

  private:
    std::array<bool, 256> is_{};
};

/// tchar (RFC 9110, 5.6.2).
inline constexpr CharacterClass is_token_char([](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});

/// A field value's byte: visible, space, tab or obs-text (RFC 9110, 5.5).
inline constexpr CharacterClass is_value_char([](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
});

/// A request target's byte: visible ASCII, but for what no URI has and what splits parsers.
inline constexpr CharacterClass is_target_char([](char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '\\'; });

constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Calls `visit` for each non-empty element of a comma-separated list (RFC 9110, 5.6.1).
template <class Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto element = trim(list.substr(0, comma));
        if (!element.empty()) visit(element);
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace confcast::http
