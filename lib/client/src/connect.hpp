// The TCP connection below HTTP and WebSocket, with deadlines. A place for TLS: what these streams are built on is
// named here only. For the files of this room that hold Beast.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <string_view>

#include "confcast/base/async.hpp"
#include "confcast/client/failure.hpp"
#include "endpoint.hpp"

namespace confcast::client {

using TcpStream = boost::beast::basic_stream<asio::ip::tcp, Executor>;

/// Each address of the endpoint in turn. `stream` lives until it returns.
Awaitable<Result<>> connect(TcpStream& stream, Endpoint endpoint, SteadyTime deadline);

/// `timed_out`, `cancelled` or `lost`.
Failure failure_from(boost::system::error_code error, const Endpoint& endpoint, std::string_view doing);

}  // namespace confcast::client
