// Time-outs, by a clock that is told what time it is.
#include "server_test.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

class Deadlines : public ServerTest {
  protected:
    Deadlines() {
        options.head_timeout = 10s;
        options.body_timeout = 30s;
        options.idle_timeout = 75s;
        options.write_timeout = 10s;
    }
    /// Sends `bytes` and waits until the server has them.
    Client sent(const std::string& bytes, std::uint64_t requests) {
        Client client = connect();
        run(client.send(bytes));
        run(until([this, requests] { return server->stats().requests == requests; }));
        settle();
        return client;
    }
};

TEST_F(Deadlines, HeadMustComeInTime) {
    start();
    Client client = sent("GET / HT", 0);
    pass(9'999ms);
    run(client.send("TP/1.1\r\n"));
    settle();
    pass(1ms);
    const std::string text = run(client.rest());
    EXPECT_EQ(status_of(text), 408U);
    EXPECT_NE(text.find("Connection: close"), std::string::npos);
    EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST_F(Deadlines, HeadOfASecondRequestMustComeInTime) {
    start();
    Client client = sent("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", 1);
    EXPECT_EQ(run(client.answer()).status, 200U);
    pass(10s);
    EXPECT_EQ(status_of(run(client.rest())), 408U);
}

TEST_F(Deadlines, BodyMustComeInTime) {
    start();
    for (const std::string framing : {"Content-Length: 5\r\n\r\nhel", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
        const auto requests = server->stats().requests + 1;
        Client client = sent("POST / HTTP/1.1\r\nHost: a\r\n" + framing, requests);
        pass(29'999ms);
        run(client.send("l"));
        settle();
        pass(1ms);
        EXPECT_EQ(status_of(run(client.rest())), 408U);
    }
    EXPECT_EQ(server->stats().timeouts, 2U);
}

TEST_F(Deadlines, IdleConnectionIsClosedWithoutAWord) {
    start();
    Client fresh = sent("", 0);
    Client used = sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1);
    EXPECT_EQ(run(used.answer()).status, 200U);
    settle();
    pass(74'999ms);
    settle();
    EXPECT_EQ(server->stats().connections, 2U);
    pass(1ms);
    EXPECT_EQ(run(fresh.rest()), "");
    EXPECT_EQ(run(used.rest()), "");
    EXPECT_EQ(server->stats().timeouts, 0U);
}

TEST_F(Deadlines, HandlerHasNone) {
    SteadyTimer gate(io.get_executor(), SteadyTime::max());
    handler = [&gate](http::Context&) -> Awaitable<http::Response> {
        [[maybe_unused]] const auto [ec] = co_await gate.async_wait(as_result);
        co_return http::Response{};
    };
    start();
    Client client = sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1);
    pass(1h);
    settle();
    gate.cancel();
    EXPECT_EQ(run(client.answer()).status, 200U);
}

TEST_F(Deadlines, ClientThatTakesNothingIsCut) {
    handler = [](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.body = std::string(64U << 20U, 'x');
        co_return response;
    };
    start();
    Client client = sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1);
    pass(9'999ms);
    settle();
    EXPECT_EQ(server->stats().connections, 1U);
    pass(1ms);
    run(until([this] { return server->stats().connections == 0; }));
    EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST_F(Deadlines, ClientThatTakesSlowlyIsNotCut) {
    options.idle_timeout = 1h;
    handler = [](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.body = std::string(16U << 20U, 'x');
        co_return response;
    };
    start();
    Client client = sent("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1);
    std::string dropped(1U << 20U, ' ');
    std::size_t got = 0;
    while (got < 16U << 20U) {
        got += client.read_now(asio::buffer(dropped));
        pass(2500ms);
        settle();
        ASSERT_EQ(server->stats().connections, 1U) << got;
    }
}

TEST_F(Deadlines, LingeringEnds) {
    start();
    Client client = connect();
    run(client.send("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(run(client.answer()).status, 501U);
    settle();
    EXPECT_EQ(server->stats().connections, 1U);  // waits for the client to close
    pass(2s);
    run(until([this] { return server->stats().connections == 0; }));
}

}  // namespace
}  // namespace confcast::test
