// From an endpoint to a connection that HTTP or WebSocket can begin on: address, TCP, TLS, each by the one deadline.
// For the files of this room that hold Beast.
#pragma once

#include <string_view>

#include "confcast/base/async.hpp"
#include "confcast/client/failure.hpp"
#include "endpoint.hpp"
#include "transport.hpp"

namespace confcast::client {

/// Each address of the endpoint in turn, then the handshake of TLS. `transport` lives until it returns. A server whose
/// certificate is not what the options ask for is `unreachable`: nothing was sent to it.
Awaitable<Result<>> connect(Transport& transport, Endpoint endpoint, SteadyTime deadline);

/// `timed_out`, `cancelled` or `lost`.
Failure failure_from(boost::system::error_code error, const Endpoint& endpoint, std::string_view doing);

}  // namespace confcast::client
