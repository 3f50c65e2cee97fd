// For operators and their tools: is it alive, is it ready, what does it measure, what is it.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_livez(Call& call);
Awaitable<Result<http::Response>> get_readyz(Call& call);
Awaitable<Result<http::Response>> get_healthz(Call& call);
Awaitable<Result<http::Response>> get_metrics(Call& call);
/// POST /-/reload: an administrator's SIGHUP, with an answer. Errors: route_not_found when it is not wanted;
/// admin_required; configuration_wrong ("reason").
Awaitable<Result<http::Response>> post_reload(Call& call);
Awaitable<Result<http::Response>> get_version(Call& call);

}  // namespace confcast::api
