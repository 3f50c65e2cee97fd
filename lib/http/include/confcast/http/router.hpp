// Radix tree of patterns: static segments, `:param` (one segment), `*wildcard` (the rest, at least one byte).
// static > param > wildcard, with backtracking; the answer does not depend on the order of registration; a lookup
// allocates nothing. Works on the percent-encoded path, so that %2F never splits a segment.
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
    /// registered. Throws std::invalid_argument with a sentence that names both patterns when two conflict (same method
    /// and indistinguishable patterns), or when a pattern is malformed (no leading '/', a wildcard not last, an empty
    /// or repeated name, more parameters than PathParams::capacity).
    void add(Method method, std::string_view pattern, Handler handler, const std::vector<Middleware>& group = {});

    struct Match {
        enum class Outcome : std::uint8_t { found, not_found, method_not_allowed };
        Outcome outcome = Outcome::not_found;
        const Chain* chain = nullptr;  // found: owned by the router
        std::string_view pattern;      // found: owned by the router
        PathParams params;             // found: views into `path`
        std::string_view allow;        // method_not_allowed: "GET, HEAD, PUT", owned by the router
    };
    /// Allocates nothing.
    Match find(Method method, std::string_view path) const;

    /// The router as the last handler of a chain: 404 and 405 (with Allow) through `render`. HEAD runs GET's chain (the
    /// connection leaves the body out). The router and `render` outlive the handler.
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
