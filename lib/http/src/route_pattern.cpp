#include "route_pattern.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "confcast/http/middleware.hpp"

namespace confcast::http {

namespace {

[[noreturn]] void refuse(std::string_view pattern, const std::string& why) {
    throw std::invalid_argument("The route pattern \"" + std::string(pattern) + "\" " + why + ".");
}

void check_name(std::string_view pattern, const RoutePattern& parsed, std::string_view name) {
    if (name.empty()) refuse(pattern, "has a parameter without a name");
    if (std::ranges::find(parsed.names, name) != parsed.names.end())
        refuse(pattern, "has two parameters named \"" + std::string(name) + "\"");
    if (parsed.names.size() == PathParams::capacity)
        refuse(pattern, "has more than " + std::to_string(PathParams::capacity) + " parameters");
}

}  // namespace

RoutePattern parse_pattern(std::string_view pattern) {
    if (!pattern.starts_with('/')) refuse(pattern, "does not begin with '/'");
    RoutePattern parsed;
    std::size_t literal = 0;  // where the literal that is being read begins
    for (std::size_t slash = 0; slash != std::string_view::npos; slash = pattern.find('/', slash + 1)) {
        const std::size_t segment = slash + 1;
        const std::size_t end = std::min(pattern.find('/', segment), pattern.size());
        const bool param = segment < end && pattern[segment] == ':';
        const bool wildcard = segment < end && pattern[segment] == '*';
        if (!param && !wildcard) continue;
        const std::string_view name = pattern.substr(segment + 1, end - segment - 1);
        check_name(pattern, parsed, name);
        if (wildcard && end != pattern.size()) refuse(pattern, "goes on behind its wildcard");
        parsed.pieces.push_back({RoutePattern::Kind::literal, pattern.substr(literal, segment - literal)});
        parsed.pieces.push_back({param ? RoutePattern::Kind::param : RoutePattern::Kind::wildcard, name});
        parsed.names.push_back(name);
        literal = end;
    }
    if (literal < pattern.size()) parsed.pieces.push_back({RoutePattern::Kind::literal, pattern.substr(literal)});
    return parsed;
}

}  // namespace confcast::http
