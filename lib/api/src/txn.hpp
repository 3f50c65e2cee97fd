// POST /txn: several settings in one revision, or none.
#pragma once

#include "services.hpp"

namespace confcast::api {

Awaitable<Result<http::Response>> run_transaction(Call& call);

}  // namespace confcast::api
