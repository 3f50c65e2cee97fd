// GET of one setting: from memory; or when asked from memory that is new enough, or from the past.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_config(Call& call);

}  // namespace confcast::api
