// PUT, POST and DELETE of one setting.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> put_config(Call& call);
Awaitable<Result<http::Response>> create_config(Call& call);
Awaitable<Result<http::Response>> delete_config(Call& call);

}  // namespace confcast::api
