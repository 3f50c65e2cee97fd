// A server with the test routes alone, for public conformance suites: echo_server [port], until a signal comes.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdlib>
#include <iostream>

#include "confcast/http/server.hpp"
#include "confcast/http/test_routes.hpp"

namespace {

using namespace confcast;  // NOLINT(google-build-using-namespace): a main

http::Response render(const http::Context&, const Error& error) {
    http::Response response;
    response.status = http_status(error.code());
    response.set("Content-Type", "text/plain");
    response.body = error.to_string() + "\n";
    return response;
}

Awaitable<> end_on_signal(http::Server& server, Executor executor) {
    asio::basic_signal_set<Executor> signals(executor, SIGINT, SIGTERM);
    [[maybe_unused]] const auto [ec, signal] = co_await signals.async_wait(as_result);
    co_await server.shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(1));
}

}  // namespace

int main(int argc, char** argv) {
    asio::io_context io{1};
    const SystemClock clock;
    const auto log = make_stderr_log(LogFormat::text, LogLevel::info);
    http::Router router;
    if (!http::add_test_routes(router)) {
        std::cerr << "echo_server: built without CONFCAST_TEST_ROUTES\n";
        return 1;
    }
    const http::ErrorRenderer renderer = render;
    const http::Chain chain({}, router.as_handler(renderer));
    http::ServerOptions options;
    options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 9001);
    http::Server server(io.get_executor(), options, chain, renderer, clock, *log);
    if (const auto listening = server.listen(); !listening) {
        std::cerr << "echo_server: " << listening.error().to_string() << "\n";
        return 1;
    }
    std::cout << "listening on 127.0.0.1:" << server.port() << std::endl;
    asio::co_spawn(io, server.run(), asio::detached);
    asio::co_spawn(io, end_on_signal(server, io.get_executor()), asio::detached);
    io.run();
    return 0;
}
