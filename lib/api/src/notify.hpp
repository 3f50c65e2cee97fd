// POST /api/v1/notifications: an event for everybody who has subscribed to its topic, on every node, once.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> post_notification(Call& call);

}  // namespace confcast::api
