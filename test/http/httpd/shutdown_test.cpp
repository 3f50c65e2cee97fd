#include "confcast/http/websocket.hpp"
#include "server_test.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

class Shutdown : public ServerTest {
  protected:
    SteadyTime soon() { return std::chrono::steady_clock::now() + 50ms; }
    SteadyTime late() { return std::chrono::steady_clock::now() + 50s; }
};

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(Shutdown, EndsIdleConnectionsNow) {
    start();
    Client fresh = connect();
    Client used = connect();
    run(used.send(get));
    EXPECT_EQ(run(used.answer()).status, 200U);
    settle();
    EXPECT_EQ(server->stats().connections, 2U);
    run(server->shutdown(late()));
    EXPECT_EQ(server->stats().connections, 0U);
    EXPECT_TRUE(run(fresh.closed()));
    EXPECT_TRUE(run(used.closed()));
}

TEST_F(Shutdown, RefusesNewConnections) {
    start();
    const auto port = server->port();
    run(server->shutdown(late()));
    EXPECT_THROW(Client(io.get_executor(), port), boost::system::system_error);
}

TEST_F(Shutdown, LetsTheCurrentResponseFinish) {
    SteadyTimer gate(io.get_executor(), SteadyTime::max());
    handler = [&gate](http::Context&) -> Awaitable<http::Response> {
        [[maybe_unused]] const auto [ec] = co_await gate.async_wait(as_result);
        co_return http::Response{};
    };
    start();
    Client client = connect();
    run(client.send(get + get));
    run(until([this] { return server->stats().requests == 1; }));
    bool done = false;
    tasks->spawn("shutdown", [](http::Server& s, SteadyTime deadline, bool& flag) -> Awaitable<> {
        co_await s.shutdown(deadline);
        flag = true;
    }(*server, late(), done));
    settle();
    EXPECT_FALSE(done);
    gate.cancel();
    const Answer answer = run(client.answer());
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.headers.at("connection"), "close");
    EXPECT_TRUE(run(client.closed()));
    client.socket().close();
    run(until([&done] { return done; }));
    EXPECT_EQ(server->stats().requests, 1U);
}

TEST_F(Shutdown, CutsWhatIsLeftAtTheDeadline) {
    SteadyTimer gate(io.get_executor(), SteadyTime::max());
    handler = [&gate](http::Context&) -> Awaitable<http::Response> {
        co_await gate.async_wait(use_awaitable);
        co_return http::Response{};
    };
    start();
    Client client = connect();
    run(client.send(get));
    run(until([this] { return server->stats().requests == 1; }));
    run(server->shutdown(soon()));
    EXPECT_EQ(server->stats().connections, 0U);
    EXPECT_TRUE(run(client.closed()));
    EXPECT_TRUE(log.errors.empty());
}

struct Silent final : http::WebSocketEvents {
    void on_message(std::string_view, bool) override {}
    void on_written() override {}
};

TEST_F(Shutdown, LeavesWebSocketsToTheirHandlersUntilTheDeadline) {
    handler = [](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.upgrade = [](http::WebSocket&) { return std::make_unique<Silent>(); };
        co_return response;
    };
    start();
    std::vector<Client> clients;
    for (int i = 0; i < 10; ++i) {
        clients.push_back(connect());
        EXPECT_EQ(run(clients.back().upgrade()).status, 101U);
    }
    EXPECT_EQ(server->stats().websockets, 10U);
    const auto before = std::chrono::steady_clock::now();
    run(server->shutdown(soon()));
    EXPECT_GE(std::chrono::steady_clock::now() - before, 40ms);
    EXPECT_EQ(server->stats().websockets, 0U);
    for (Client& client : clients) EXPECT_TRUE(run(client.closed()));
}

TEST_F(Shutdown, OfAServerThatIsDestroyedWithConnectionsOpen) {
    start();
    Client client = connect();
    run(client.send("GET"));
    settle();
    server.reset();
    io.restart();
    io.run_for(10s);
    EXPECT_TRUE(io.stopped());
    EXPECT_TRUE(run(client.closed()));
}

}  // namespace
}  // namespace confcast::test
