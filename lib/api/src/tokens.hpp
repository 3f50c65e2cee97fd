// API tokens in the store: made, listed, changed and revoked by an administrator, with effect on every node as soon as
// it has the revision.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> list_tokens(Call& call);
Awaitable<Result<http::Response>> create_token(Call& call);
Awaitable<Result<http::Response>> get_token(Call& call);
Awaitable<Result<http::Response>> change_token(Call& call);
Awaitable<Result<http::Response>> delete_token(Call& call);

}  // namespace confcast::api
