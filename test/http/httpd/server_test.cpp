#include "server_test.hpp"

#include <cstdlib>

namespace confcast::test {
namespace {

Awaitable<http::Response> echo(http::Context& context) {
    http::Response response;
    const http::Request& r = context.request;
    response.set("Content-Type", "text/plain");
    response.body = std::string(to_string(r.method)) + " " + std::string(r.target) + " " + r.body;
    co_return response;
}

http::Response render_error(const http::Context&, const Error& error) {
    http::Response response;
    response.status = http_status(error.code());
    response.body = error.to_string();
    return response;
}

Awaitable<std::string> exchange_with(Client client, std::string bytes) {
    co_await client.send(std::move(bytes));
    co_return co_await client.rest();
}

}  // namespace

ServerTest::ServerTest() : handler(echo), render(render_error) {
    options.port = 0;
    options.accept_rate = 0;  // the clock stands still
    options.websocket_rate = 0;
    if (std::getenv("CONFCAST_TEST_TLS") != nullptr) use_tls();  // NOLINT(concurrency-mt-unsafe): one thread
}

ServerTest::~ServerTest() = default;

void ServerTest::TearDown() {
    if (!server) return;
    run(server->shutdown(SteadyTime::min()));
    // Invariant: the loop runs empty.
    io.restart();
    io.run_for(std::chrono::seconds(10));
    EXPECT_TRUE(io.stopped()) << "something still waits after shutdown";
    EXPECT_EQ(server->stats().connections, 0U);
    EXPECT_EQ(server->stats().websockets, 0U);
    EXPECT_EQ(server->stats().streams, 0U);
}

void ServerTest::use_tls() {
    authority = std::make_unique<Authority>(files.path());
    const Issued issued = authority->issue("server");
    tls_options.certificate_file = issued.certificate;
    tls_options.key_file = issued.key;
    tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    tls->load_verify_file(authority->file().string());
    tls->set_verify_mode(asio::ssl::verify_peer);
}

void ServerTest::start() {
    chain = std::make_unique<http::Chain>(std::vector<http::Middleware>{}, handler);
    tasks = std::make_unique<TaskGroup>(io.get_executor(), log);
    server = std::make_unique<http::Server>(io.get_executor(), options, *chain, render, clock, log);
    const auto listening = server->listen();
    ASSERT_TRUE(listening) << listening.error().to_string();
    if (is_secure()) {
        const auto context = http::TlsContext::load(tls_options, SystemClock().wall());
        ASSERT_TRUE(context) << context.error().detail("reason");
        server->set_tls(*context);
    }
    tasks->spawn("listener", server->run());
}

void ServerTest::pass(std::chrono::milliseconds time) {
    clock.advance(time);
    server->sweep();
}

void ServerTest::settle() {
    int turns = 0;
    run(until([&turns] { return ++turns > 100; }));
}

std::string ServerTest::exchange(std::string bytes) { return run(exchange_with(connect(), std::move(bytes))); }

unsigned ServerTest::status_of(const std::string& text) {
    return text.starts_with("HTTP/1.1 ") ? static_cast<unsigned>(std::atoi(text.c_str() + 9)) : 0;
}

void ServerTest::expect_service() {
    EXPECT_EQ(status_of(exchange("GET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 200U);
}

}  // namespace confcast::test
