// From a server's name to its addresses.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/client/failure.hpp"
#include "endpoint.hpp"

namespace confcast::client {

using Addresses = std::vector<asio::ip::tcp::endpoint>;

/// An address is taken as it is. A name is looked up by Asio's resolver (in a thread of Asio's, which a deadline does
/// not stop: the answer is then dropped). `unreachable` or `timed_out`.
Awaitable<Result<Addresses>> resolve(Executor executor, Endpoint endpoint, SteadyTime deadline);

}  // namespace confcast::client
