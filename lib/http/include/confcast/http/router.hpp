// Radix tree of patterns: static segments, `:param` (one segment), `*wildcard` (the rest, at least one byte).
// static > param > wildcard, compared segment by segment from the left, with backtracking; the answer does not depend
// on the order of registration; a lookup allocates nothing. Works on the percent-encoded path, so that %2F never splits
// a segment. A path is taken as it is: "/a/" is not "/a", and the empty segment of "/a//b" is no parameter's value (a
// wildcard's value may begin with it). ':' and '*' are marks only at the start of a segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/http/middleware.hpp"

namespace confcast::http {

class Router {
  public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// Registers. `group` middlewares run around the handler only for this route. HEAD is served from GET unless
    /// registered at the same pattern. A more specific pattern that lacks the request's method does not hide a less
    /// specific one that has it. Throws std::invalid_argument with a sentence that names both patterns when two
    /// conflict (same method and indistinguishable patterns), or when a pattern is malformed (no leading '/', a
    /// wildcard not last, an empty or repeated name, more parameters than PathParams::capacity), or when there is no
    /// handler.
    void add(Method method, std::string_view pattern, Handler handler, const std::vector<Middleware>& group = {});

    struct Match {
        enum class Outcome : std::uint8_t { found, not_found, method_not_allowed };
        Outcome outcome = Outcome::not_found;
        const Chain* chain = nullptr;  // found: owned by the router
        std::string_view pattern;      // found: owned by the router
        std::size_t number = 0;        // found: its place in routes()
        PathParams params;             // found: views into `path`
        std::string_view allow;        // method_not_allowed: "GET, HEAD, OPTIONS, PUT", static storage
    };
    /// Allocates nothing.
    Match find(Method method, std::string_view path) const;

    /// The router as the last handler of a chain. Sets the context's route and params. 404 (error detail "path") and
    /// 405 (details "method" and "allow", header Allow) through `render`; OPTIONS on a path that has routes, none of
    /// them OPTIONS, is 204 with Allow. Allow is sorted and lists the methods of all patterns that match the path, HEAD
    /// where there is GET, and OPTIONS. HEAD runs GET's chain (the connection leaves the body out). The router and
    /// `render` outlive the handler.
    Handler as_handler(const ErrorRenderer& render) const;

    struct Route {
        Method method;
        std::string pattern;
    };
    /// All registered routes, in order of registration.
    const std::vector<Route>& routes() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::http
