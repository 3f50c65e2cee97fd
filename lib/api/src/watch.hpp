// GET /api/v1/watch: from a query to a push session. WebSocket today; other transports answer here too, later.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_watch(Call& call);

}  // namespace confcast::api
