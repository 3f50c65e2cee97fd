#include "resolve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <memory>
#include <string>

#include "confcast/base/notifier.hpp"
#include "failures.hpp"

namespace confcast::client {
namespace {

using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

struct Lookup {
    Lookup(Executor executor, Endpoint e) : endpoint(std::move(e)), resolver(executor), done(executor) {}
    Endpoint endpoint;
    Resolver resolver;
    Notifier done;
    bool ended = false;
    boost::system::error_code error{};
    Addresses addresses{};
};

Awaitable<> look_up(std::shared_ptr<Lookup> lookup) {
    auto [error, found] = co_await lookup->resolver.async_resolve(
        lookup->endpoint.host, lookup->endpoint.port, asio::ip::resolver_query_base::numeric_service, as_result);
    lookup->error = error;
    for (const auto& result : found) lookup->addresses.push_back(result.endpoint());
    lookup->ended = true;
    lookup->done.notify_all();
}

std::uint16_t number_of(const std::string& port) {
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    return number;
}

Failure failed(FailureKind kind, const Endpoint& endpoint, const std::string& why) {
    Failure failure = failure_of(kind, "the name " + endpoint.host + " cannot be looked up: " + why);
    failure.server = endpoint.to_string();
    return failure;
}

}  // namespace

Awaitable<Result<Addresses>> resolve(Executor executor, Endpoint endpoint, SteadyTime deadline) {
    boost::system::error_code not_numeric;
    const auto address = asio::ip::make_address(endpoint.host, not_numeric);
    if (!not_numeric) co_return Addresses{{address, number_of(endpoint.port)}};

    const auto lookup = std::make_shared<Lookup>(executor, endpoint);
    asio::co_spawn(executor, look_up(lookup), asio::detached);
    if (!lookup->ended) co_await lookup->done.wait_until(deadline);
    if (!lookup->ended) {
        lookup->resolver.cancel();
        co_return failed(FailureKind::timed_out, endpoint, "no answer in time");
    }
    if (lookup->error) co_return failed(FailureKind::unreachable, endpoint, lookup->error.message());
    co_return std::move(lookup->addresses);
}

}  // namespace confcast::client
