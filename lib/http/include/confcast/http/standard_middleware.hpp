// The middlewares that every HTTP server wants, whatever it serves.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/http/middleware.hpp"

namespace confcast::http {

/// Outermost. An exception below becomes an Errc::internal answer with the X-Request-Id that request_id() gave; it is
/// logged with that id and counted. An exception that unwinds a cancelled coroutine passes on: nobody waits for an
/// answer. `failures` counts; all references outlive the chain.
Middleware recover(const ErrorRenderer& render, Log& log, std::uint64_t& failures);

/// Gives the request an id: the client's X-Request-Id when it is sane (1..128 of [A-Za-z0-9._:/+=-]), else one of its
/// own (13 characters of [0-9a-v], unique in the process). Sets it on the context and on the response.
/// Gives it a place in a trace too: a span of our own in the trace of its `traceparent`, or in a new one when it brings
/// none, a bad one or several (W3C Trace Context). On the context and, as `traceparent`, on the response.
Middleware request_id();

/// What is known of a finished request.
struct Access {
    const Context& context;
    const Response& response;
    std::chrono::nanoseconds took;
};
using AccessObserver = std::function<void(const Access&)>;

/// One line per request at level info (method, path without query, route, status, bytes, milliseconds, remote,
/// principal, request id, trace id),
/// and a call of `observe` when it is set (for metrics). A WebSocket's 101 is logged when it is answered. `took` counts
/// from Context::started, which is set here when the connection did not. An exception is a 500 here and passes on (the
/// real answer is recover's); a cancelled request is neither logged nor observed. All references outlive the chain.
/// Of requests that went well (below 400) only the first of every `*every` (null: one; read at each request) of a route
/// and method has a line, so that a hot route hides no rare one; 0: none has. Routes are of one router, which outlives
/// the chain.
Middleware access_log(const Clock& clock, Log& log, AccessObserver observe = {}, const std::uint32_t* every = nullptr);

/// Reads Accept-Language (RFC 9110, 12.5.4) into context.language: zh when it is preferred over en (the greater q, of
/// equals the earlier; zh-CN, zh-Hans, … count for zh, `*` for what is not named), else en. What does not parse is left
/// out.
Middleware language();

}  // namespace confcast::http
