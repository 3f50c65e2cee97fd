// The radix tree against a matcher that is too simple to be wrong. Input: lines of a method's letter and a pattern, an
// empty line, then lines of a method's letter and a path.
#include <stdexcept>
#include <string>
#include <vector>

#include "check_requests.hpp"
#include "naive_router.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

constexpr std::size_t most_routes = 24;
constexpr std::size_t most_paths = 24;

http::Method method_of(std::string_view& line) {
    using http::Method;
    const char letter = line.empty() ? 'G' : line.front();
    if (!line.empty()) line.remove_prefix(1);
    switch (letter) {
        case 'H':
            return Method::head;
        case 'P':
            return Method::put;
        case 'D':
            return Method::del;
        case 'O':
            return Method::options;
        default:
            return Method::get;
    }
}

/// Backwards too: the answer does not depend on the order.
std::vector<http::NaiveRoute> register_all(Input& input, http::Router& router, http::Router& backwards) {
    std::vector<http::NaiveRoute> routes;
    for (std::size_t i = 0; i < most_routes && !input.at_end(); ++i) {
        std::string_view line = input.line();
        if (line.empty()) break;
        const http::Method method = method_of(line);
        try {
            router.add(method, line, http::no_op());
        } catch (const std::invalid_argument&) {
            continue;
        }
        routes.push_back({method, std::string(line)});
    }
    for (auto route = routes.rbegin(); route != routes.rend(); ++route)
        backwards.add(route->method, route->pattern, http::no_op());
    return routes;
}

void compare(const http::NaiveAnswer& expected, const http::Router& router, http::Method method,
             std::string_view path) {
    const auto match = router.find(method, path);
    demand(http::outcome_of(match) == expected.outcome, "the tree finds what the rules say");
    demand(http::to_text(match.params) == expected.params, "the parameters are those of the rules");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(router) {
    Input input(bytes);
    http::Router router;
    http::Router backwards;
    const auto routes = register_all(input, router, backwards);
    for (std::size_t i = 0; i < most_paths && !input.at_end(); ++i) {
        std::string_view path = input.line();
        const http::Method method = method_of(path);
        const http::NaiveAnswer expected = http::find_naively(routes, method, path);
        compare(expected, router, method, path);
        compare(expected, backwards, method, path);
    }
}
