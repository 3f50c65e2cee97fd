// Who listens on this node: list, look at one, close one (docs/clients.md).
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> list_clients(Call& call);
Awaitable<Result<http::Response>> get_client(Call& call);
Awaitable<Result<http::Response>> delete_client(Call& call);

}  // namespace confcast::api
