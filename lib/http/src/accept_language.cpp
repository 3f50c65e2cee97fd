#include "accept_language.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace confcast::http {

namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t";
    const std::size_t begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The part of `text` before `mark`; `text` becomes what is behind it ("" at the end).
std::string_view take_until(char mark, std::string_view& text) {
    const std::string_view part = text.substr(0, text.find(mark));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

/// RFC 4647, 2.1: 1*8ALPHA *("-" 1*8alphanum) or "*".
bool is_range(std::string_view text) {
    if (text == "*") return true;
    if (text.empty() || text.back() == '-') return false;
    for (bool primary = true; !text.empty(); primary = false) {
        const std::string_view subtag = take_until('-', text);
        const bool sane = std::ranges::all_of(subtag, [&](char c) { return is_alpha(c) || (!primary && is_digit(c)); });
        if (!sane || subtag.empty() || subtag.size() > 8) return false;
    }
    return true;
}

/// RFC 9110, 12.4.2, in thousandths: "0", "0.5", "1.000".
std::optional<int> parse_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    if (text.size() > 1 && text[1] != '.') return std::nullopt;
    int weight = (text[0] - '0') * 1000;
    int unit = 100;
    for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (!is_digit(c)) return std::nullopt;
        weight += (c - '0') * unit;
        unit /= 10;
    }
    if (weight > 1000) return std::nullopt;
    return weight;
}

struct Weighted {
    std::string_view range;
    int weight;
};

/// One element of the list: range [ OWS ";" OWS "q=" weight ].
std::optional<Weighted> parse_element(std::string_view element) {
    const std::string_view range = trim(take_until(';', element));
    if (!is_range(range)) return std::nullopt;
    const std::string_view parameter = trim(element);
    if (parameter.empty()) return Weighted{range, 1000};
    if (!iequals(parameter.substr(0, 2), "q=")) return std::nullopt;
    const auto weight = parse_weight(parameter.substr(2));
    if (!weight) return std::nullopt;
    return Weighted{range, *weight};
}

/// The best that was said of one language, and where.
struct Wish {
    int weight = -1;  // not mentioned
    int position = 0;

    void hear(int said, int where) {
        if (said > weight) *this = {said, where};
    }
};

struct Wishes {
    Wish zh, en, any;
    int position = 0;

    void hear(const Weighted& said) {
        std::string_view range = said.range;
        const std::string_view primary = take_until('-', range);
        if (primary == "*") any.hear(said.weight, position);
        if (iequals(primary, "zh")) zh.hear(said.weight, position);
        if (iequals(primary, "en")) en.hear(said.weight, position);
        ++position;
    }
};

}  // namespace

Language preferred_language(const Headers& headers) {
    if (!headers.may_have("Accept-Language")) return Language::en;
    Wishes wishes;
    headers.each("Accept-Language", [&wishes](std::string_view rest) {
        while (!rest.empty())
            if (const auto said = parse_element(take_until(',', rest))) wishes.hear(*said);
    });
    const Wish& zh = wishes.zh.weight >= 0 ? wishes.zh : wishes.any;
    const Wish& en = wishes.en.weight >= 0 ? wishes.en : wishes.any;
    if (zh.weight <= 0) return Language::en;
    if (zh.weight != en.weight) return zh.weight > en.weight ? Language::zh : Language::en;
    return zh.position < en.position ? Language::zh : Language::en;
}

}  // namespace confcast::http
