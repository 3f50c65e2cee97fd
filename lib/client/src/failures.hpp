// Making failures.
#pragma once

#include "confcast/client/failure.hpp"

namespace confcast::client {

/// What this side refuses, with the code that the server would have.
Failure invalid(const Error& error);
Failure invalid(Errc code, std::string message);
Failure failure_of(FailureKind kind, std::string message);

}  // namespace confcast::client
