// The middlewares in front of the endpoints: where a request may come from, how often, and who sends it. Each refuses
// by not calling what is next.
#pragma once

#include "confcast/http/middleware.hpp"
#include "services.hpp"

namespace confcast::api {

/// Pages of other origins: those on the list are served (CORS, preflights too), others may neither write nor open a
/// stream here, and are told nothing that a browser would show them. With ApiOptions::loopback_only the Host has to be
/// this machine: a name that a page's owner points at 127.0.0.1 is not.
http::Middleware check_origin(Services& services);

/// Requests by address. Loopback is not counted: a reverse proxy there stands for everybody.
http::Middleware limit_addresses(Services& services);

/// Who calls. `required`: refused when it is nobody; else a credential that is no good counts as none.
http::Middleware authenticate(Services& services, bool required);
/// The same, unless it is open to everybody (ApiOptions::open_metrics).
http::Middleware authenticate_operators(Services& services);

/// Requests by principal.
http::Middleware limit_principals(Services& services);

/// An answer for an error that only a guard or the adapter makes: counted, and audited when it is a refusal.
http::Response refuse(Services& services, const http::Context& context, const Error& error);

}  // namespace confcast::api
