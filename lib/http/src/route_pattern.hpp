// A route pattern taken apart: "/a/:x/b/*rest" is "/a/", :x, "/b/", *rest. Private to the router.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace confcast::http {

struct RoutePattern {
    enum class Kind : std::uint8_t { literal, param, wildcard };
    struct Piece {
        Kind kind;
        std::string_view text;  // the bytes, or the name without its mark
    };
    std::vector<Piece> pieces;
    /// Names of the parameters, in order. All views point into the pattern's text.
    std::vector<std::string_view> names;
};

/// Throws std::invalid_argument with a sentence that quotes the pattern when it is malformed.
RoutePattern parse_pattern(std::string_view pattern);

}  // namespace confcast::http
