// The middlewares that every HTTP server wants, whatever it serves.
#pragma once

#include <functional>
#include <string>

#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/http/middleware.hpp"

namespace confcast::http {

/// Outermost. An exception below becomes an Errc::internal answer; it is logged with the request id and counted.
Middleware recover(const ErrorRenderer& render, Log& log, std::uint64_t& failures);

/// Gives the request an id: the client's X-Request-Id when it is sane (1..128 of [A-Za-z0-9._:/+=-]), else one of its
/// own (16 hexadecimal digits, unique in the process). Sets it on the context and on the response.
Middleware request_id();

/// What is known of a finished request.
struct Access {
    const Context& context;
    const Response& response;
    std::chrono::nanoseconds took;
};
using AccessObserver = std::function<void(const Access&)>;

/// One line per request at level info (method, path without query, route, status, bytes, milliseconds, remote, id),
/// and a call of `observe` when it is set (for metrics). A WebSocket's 101 is logged when it is answered.
Middleware access_log(const Clock& clock, Log& log, AccessObserver observe = {});

/// Reads Accept-Language (RFC 9110, 12.5.4) into context.language: zh when it is preferred over en, else en.
Middleware language();

}  // namespace confcast::http
