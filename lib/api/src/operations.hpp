// For operators and their tools: is it alive, is it ready, what does it measure, what is it.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_livez(Call& call);
Awaitable<Result<http::Response>> get_readyz(Call& call);
Awaitable<Result<http::Response>> get_healthz(Call& call);
Awaitable<Result<http::Response>> get_metrics(Call& call);
Awaitable<Result<http::Response>> get_version(Call& call);

}  // namespace confcast::api
