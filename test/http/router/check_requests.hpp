// Table tests of the router: a list of patterns, then lines of "this request finds that".
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/http/router.hpp"

namespace confcast::http {

/// A handler that is never run.
inline Handler no_op() {
    return [](Context&) -> Awaitable<Response> { co_return Response{}; };
}

struct Registered {
    Method method;
    std::string_view pattern;
};

inline Router make_router(std::initializer_list<Registered> routes) {
    Router router;
    for (const Registered& route : routes) router.add(route.method, route.pattern, no_op());
    return router;
}

/// One request and what it must find. `pattern` empty: not found; `pattern` "405 <allow>": method not allowed.
struct Expected {
    Method method;
    std::string_view path;
    std::string_view pattern;
    std::vector<std::string_view> params = {};  // "name=value", in order
};

inline std::vector<std::string> to_text(const PathParams& params) {
    std::vector<std::string> text;
    text.reserve(params.count);
    for (std::size_t i = 0; i < params.count; ++i)
        text.push_back(std::string(params.items[i].name) + "=" + std::string(params.items[i].value));
    return text;
}

inline std::string outcome_of(const Router::Match& match) {
    switch (match.outcome) {
        case Router::Match::Outcome::found:
            return std::string(match.pattern);
        case Router::Match::Outcome::not_found:
            return "";
        case Router::Match::Outcome::method_not_allowed:
            return "405 " + std::string(match.allow);
    }
    return "?";
}

inline void check_requests(const Router& router, std::initializer_list<Expected> requests) {
    for (const Expected& request : requests) {
        SCOPED_TRACE(std::string(to_string(request.method)) + " " + std::string(request.path));
        const Router::Match match = router.find(request.method, request.path);
        EXPECT_EQ(outcome_of(match), request.pattern);
        EXPECT_EQ(to_text(match.params), std::vector<std::string>(request.params.begin(), request.params.end()));
        EXPECT_EQ(match.chain != nullptr, match.outcome == Router::Match::Outcome::found);
    }
}

}  // namespace confcast::http
