// What a caller may ask about itself, and an administrator about what has happened.
#pragma once

#include "services.hpp"

namespace confcast::api {

/// POST /api/v1/tickets: a one-time ticket for a browser's stream.
Awaitable<Result<http::Response>> create_ticket(Call& call);
/// GET /api/v1/whoami
Awaitable<Result<http::Response>> get_whoami(Call& call);
/// GET /api/v1/audit
Awaitable<Result<http::Response>> get_audit(Call& call);

}  // namespace confcast::api
