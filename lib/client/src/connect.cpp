#include "connect.hpp"

#include <boost/beast/core/error.hpp>
#include <string>

#include "failures.hpp"
#include "resolve.hpp"

namespace confcast::client {

Failure failure_from(boost::system::error_code error, const Endpoint& endpoint, std::string_view doing) {
    Failure failure;
    failure.server = endpoint.to_string();
    if (error == boost::beast::error::timeout) {
        failure.kind = FailureKind::timed_out;
        failure.message = "the time was over " + std::string(doing);
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
        failure.kind = FailureKind::cancelled;
        failure.message = "cancelled " + std::string(doing);
    } else {
        failure.kind = FailureKind::lost;
        failure.message = "the connection was lost " + std::string(doing) + ": " + error.message();
    }
    return failure;
}

Awaitable<Result<>> connect(TcpStream& stream, Endpoint endpoint, SteadyTime deadline) {
    const Result<Addresses> addresses = co_await resolve(stream.get_executor(), endpoint, deadline);
    if (!addresses) co_return addresses.error();
    stream.expires_at(deadline);
    const auto [error, address] = co_await stream.async_connect(*addresses, as_result);
    if (error) {
        Failure failure = failure_from(error, endpoint, "while connecting");
        if (failure.kind == FailureKind::lost) {
            failure.kind = FailureKind::unreachable;
            failure.message = "no connection: " + error.message();
        }
        co_return failure;
    }
    stream.expires_never();
    boost::system::error_code ignored;
    stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    co_return Result<>{};
}

}  // namespace confcast::client
