// Routes for public conformance suites, in test builds only (-DCONFCAST_TEST_ROUTES=ON).
#pragma once

#include "confcast/http/router.hpp"

namespace confcast::http {

/// Adds `/test/echo` for every method: HTTP answers with the request's body and content type (the method and target are
/// in the headers X-Test-Method and X-Test-Target), WebSocket with each message as it came, up to 16 MiB. In other
/// builds it adds nothing and returns false.
bool add_test_routes(Router& router);

}  // namespace confcast::http
