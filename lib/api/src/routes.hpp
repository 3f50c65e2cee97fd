// The one table of routes: what is served where, with what parameters and how large a body.
#pragma once

#include <span>
#include <string_view>

#include "services.hpp"

namespace confcast::api {

/// Who a route is for; a scope's middlewares run around its endpoints.
enum class Scope : std::uint8_t {
    api,        // settings and streams: credentials and limits attach here
    operators,  // what an operator's tools read: credentials too, unless ApiOptions::open_metrics
    operations  // what a load balancer asks: open, cheap, never limited; a credential shows more
};

/// What a request may bring along.
enum class Body : std::uint8_t {
    none,        // nothing: a body is refused, not ignored
    small,       // a few members
    setting,     // one setting
    transaction  // several
};

/// What every answer of the route carries.
enum class Stamp : std::uint8_t { none, position };

struct RouteRow {
    http::Method method;
    std::string_view pattern;
    Endpoint endpoint;
    Scope scope;
    Body body;
    Stamp stamp;
    std::span<const Parameter> query;
    /// The endpoint's own answer to a request without query and body, when it is known without waiting for anything.
    Shortcut shortcut = nullptr;
};

std::span<const RouteRow> route_table();

/// The most bytes of body that the route takes. A JSON body may need twice its value's bytes (escapes, base64).
std::size_t body_limit_of(const RouteRow& row, const ApiOptions& options);

}  // namespace confcast::api
