// GET of one setting: from memory; or when asked from memory that is new enough, or from the past.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_config(Call& call);
/// Its answer when the setting is in memory and may be read, and nothing but it was asked for.
std::optional<http::Response> get_config_now(Services& services, const http::Context& context);

}  // namespace confcast::api
