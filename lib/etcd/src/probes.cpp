#include "probes.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace confcast::etcd {
namespace {

using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;

Awaitable<std::string> connect(Executor executor, std::string name) {
    const auto colon = name.rfind(':');
    std::string host = name.substr(0, colon);
    const std::string port = name.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    Resolver resolver(executor);
    const auto [unknown, addresses] = co_await resolver.async_resolve(host, port, Resolver::numeric_service, as_result);
    if (unknown) co_return "the name is not known: " + unknown.message();
    Socket socket(executor);
    const auto [refused, address] = co_await asio::async_connect(socket, addresses, as_result);
    co_return refused ? "no connection: " + refused.message() : "";
}

}  // namespace

Awaitable<std::string> try_to_connect(Executor executor, std::string name, std::chrono::milliseconds timeout) {
    using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    SteadyTimer timer(executor, timeout);
    auto first = co_await (connect(executor, std::move(name)) || timer.async_wait(use_awaitable));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    co_return "no connection within " + std::to_string(timeout.count()) + " ms";
}

// Cancellation: ends what is waited for, and with it this.
Awaitable<> run_probe(std::shared_ptr<Core> core, std::size_t endpoint, Probe probe) {
    SteadyTimer timer(core->bridge()->executor());
    while (!core->closed()) {
        std::string failure;
        if (probe == Probe::connect)
            failure = co_await try_to_connect(core->bridge()->executor(), core->endpoints().name(endpoint),
                                              core->options().probes.connect_timeout);
        else
            failure = co_await core->try_endpoint(endpoint);
        if (core->closed()) co_return;
        core->on_probe(endpoint, probe, failure);
        timer.expires_after(core->endpoints().pause(endpoint, probe));
        co_await timer.async_wait(use_awaitable);
    }
}

}  // namespace confcast::etcd
