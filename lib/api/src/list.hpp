// The list of settings, in pages of one revision.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> list_config(Call& call);

}  // namespace confcast::api
