// Between the router and the endpoints: what every route wants done before and after, in one place.
#pragma once

#include "routes.hpp"

namespace confcast::api {

/// Refuses a body where none is meant, parses the query against the row, decodes and checks `*key`, runs the endpoint,
/// makes the envelope of its Error, and stamps the node's position. A row that has a shortcut is asked there first.
http::Answer run_route(Services& services, const RouteRow& row, http::Context& context);

}  // namespace confcast::api
