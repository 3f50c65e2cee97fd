// Sets of methods as one byte, and the text of the Allow header (RFC 9110, 10.2.1) for each of the 128 sets, made by
// the compiler: a 405 allocates nothing. Private to the router.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "confcast/http/message.hpp"

namespace confcast::http {

/// One bit per Method.
using MethodSet = std::uint8_t;

constexpr MethodSet set_of(Method method) { return static_cast<MethodSet>(1U << static_cast<unsigned>(method)); }

namespace detail {

struct NamedMethod {
    std::string_view name;
    Method method;
};

// In the order of the header's text: sorted by name.
inline constexpr std::array<NamedMethod, method_count> sorted_methods{{{"DELETE", Method::del},
                                                                       {"GET", Method::get},
                                                                       {"HEAD", Method::head},
                                                                       {"OPTIONS", Method::options},
                                                                       {"PATCH", Method::patch},
                                                                       {"POST", Method::post},
                                                                       {"PUT", Method::put}}};

struct AllowText {
    std::array<char, 48> bytes{};
    std::size_t size = 0;
};

constexpr AllowText allow_text(unsigned set) {
    AllowText text;
    const auto append = [&text](std::string_view part) {
        for (const char c : part) text.bytes[text.size++] = c;
    };
    for (const NamedMethod& named : sorted_methods) {
        if ((set & set_of(named.method)) == 0) continue;
        if (text.size != 0) append(", ");
        append(named.name);
    }
    return text;
}

inline constexpr auto allow_texts = [] {
    std::array<AllowText, std::size_t{1} << method_count> texts{};
    for (unsigned set = 0; set < texts.size(); ++set) texts[set] = allow_text(set);
    return texts;
}();

}  // namespace detail

/// "GET, HEAD, OPTIONS": what a path answers whose routes have `registered`. HEAD comes with GET, OPTIONS with
/// anything. Static storage.
constexpr std::string_view allow_header(MethodSet registered) {
    unsigned set = registered;
    if ((set & set_of(Method::get)) != 0) set |= set_of(Method::head);
    if (set != 0) set |= set_of(Method::options);
    const detail::AllowText& text = detail::allow_texts[set];
    return {text.bytes.data(), text.size};
}

}  // namespace confcast::http
