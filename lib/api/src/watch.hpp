// GET /api/v1/watch: from a query to a push session. WebSocket today; other transports answer here too, later.
#pragma once

#include <optional>

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_watch(Call& call);

/// What an EventSource is answered that comes before it can be served: any other answer than 200 it takes for good. Not
/// for other clients: nullopt.
std::optional<http::Response> come_back_later(const http::Request& request);

}  // namespace confcast::api
