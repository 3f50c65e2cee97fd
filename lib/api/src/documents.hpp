// The catalogue of errors and the contract itself.
#pragma once

#include <string>
#include <string_view>

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> get_errors(Call& call);
Awaitable<Result<http::Response>> get_openapi(Call& call);

/// The whole answer of GET /api/v1/errors.
std::string make_errors_document();
/// docs/openapi.json as it was when this was built.
std::string_view openapi_document();

}  // namespace confcast::api
