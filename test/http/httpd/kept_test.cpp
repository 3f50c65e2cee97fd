// Connections that wait between two requests where the server keeps them: what holds for any connection holds for them.
#include "confcast/http/websocket.hpp"
#include "server_test.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;
using http::Context;
using http::Response;

std::string get(std::string_view target, std::string_view headers = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

class Kept : public ServerTest {
  protected:
    /// A client whose connection is kept by now.
    Client kept_client() {
        const auto before = server->stats().kept;
        Client client = connect();
        for (int i = 0; i < 3; ++i) {
            run(client.send(get("/before")));
            EXPECT_EQ(run(client.answer()).status, 200U);
        }
        settle();
        if (!is_secure()) {
            EXPECT_EQ(server->stats().kept, before + 1);
        }
        return client;
    }
    void expect_answer(Client& client, std::string_view body) {
        const Answer answer = run(client.answer());
        EXPECT_EQ(answer.status, 200U);
        EXPECT_EQ(answer.body, body);
    }
};

TEST_F(Kept, NotForOneRequest) {
    start();
    Client client = connect();
    run(client.send(get("/")));
    expect_answer(client, "GET / ");
    settle();
    EXPECT_EQ(server->stats().kept, 0U);
}

TEST_F(Kept, GoesOnForEver) {
    start();
    Client client = kept_client();
    for (int i = 0; i < 100; ++i) {
        const std::string target = "/" + std::to_string(i);
        run(client.send(get(target)));
        expect_answer(client, "GET " + target + " ");
    }
    EXPECT_LE(server->stats().kept, 1U) << "it moves once";
}

TEST_F(Kept, TakesAHeadInPieces) {
    start();
    Client client = kept_client();
    for (const char c : get("/pieces")) {
        run(client.send(std::string(1, c)));
        settle();
    }
    expect_answer(client, "GET /pieces ");
}

TEST_F(Kept, AnswersPipelinedRequestsInOrder) {
    start();
    Client client = kept_client();
    std::string all;
    for (int i = 0; i < 500; ++i) all += get("/" + std::to_string(i));  // more than one buffer
    run(client.send(all));
    for (int i = 0; i < 500; ++i) expect_answer(client, "GET /" + std::to_string(i) + " ");
}

TEST_F(Kept, TakesBodiesOfAnySize) {
    start();
    Client client = kept_client();
    for (const std::size_t size : {1U, 100U, 5'000U, 200'000U, 3U}) {
        const std::string body(size, 'b');
        run(client.send("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + body));
        expect_answer(client, "POST /b " + body);
    }
    run(client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
                    get("/d")));
    expect_answer(client, "POST /c abc");
    expect_answer(client, "GET /d ");
}

TEST_F(Kept, SeesTheClientsEnd) {
    start();
    Client client = kept_client();
    client.socket().shutdown(asio::socket_base::shutdown_send);
    run(until([this] { return server->stats().connections == 0; }));
    EXPECT_TRUE(run(client.closed()));
}

TEST_F(Kept, AnswersWhoHasNothingMoreToSay) {
    if (is_secure()) GTEST_SKIP() << "a TLS client says so otherwise";
    start();
    Client client = kept_client();
    run(client.send(get("/last")));
    client.socket().shutdown(asio::socket_base::shutdown_send);
    expect_answer(client, "GET /last ");
    EXPECT_TRUE(run(client.closed()));
}

TEST_F(Kept, SeesWhatCameWhileAHandlerWaited) {
    auto wait = std::make_shared<SteadyTimer>(io.get_executor(), SteadyTime::max());
    int waiting = 0;
    handler = [&waiting, wait](Context& context) -> Awaitable<Response> {
        if (context.request.path == "/wait") {
            ++waiting;
            [[maybe_unused]] const auto [ec] = co_await wait->async_wait(as_result);
            --waiting;
        }
        Response response;
        response.body = std::string(context.request.path);
        co_return response;
    };
    start();
    Client client = kept_client();
    run(client.send(get("/wait")));
    run(until([&waiting] { return waiting == 1; }));
    run(client.send(get("/behind")));
    settle();
    wait->cancel();
    expect_answer(client, "/wait");
    expect_answer(client, "/behind");
    run(client.send(get("/later")));
    expect_answer(client, "/later");
}

TEST_F(Kept, IsRefusedForWhatIsNoRequest) {
    start();
    Client client = kept_client();
    run(client.send("GET / HTTP/1.1\r\nNo Host: a\r\n\r\n"));
    EXPECT_EQ(status_of(run(client.rest())), 400U);
}

TEST_F(Kept, ClosesWhenItIsAskedTo) {
    start();
    Client client = kept_client();
    run(client.send(get("/", "Connection: close\r\n")));
    expect_answer(client, "GET / ");
    EXPECT_TRUE(run(client.closed()));
}

TEST_F(Kept, LeavesWhenItIsIdleForTooLong) {
    options.idle_timeout = 75s;
    start();
    Client client = kept_client();
    pass(74'999ms);
    settle();
    EXPECT_EQ(server->stats().connections, 1U);
    pass(1ms);
    run(until([this] { return server->stats().connections == 0; }));
    EXPECT_TRUE(run(client.closed()));
    EXPECT_EQ(server->stats().timeouts, 0U);
}

TEST_F(Kept, AHeadMustComeInTime) {
    options.head_timeout = 10s;
    start();
    Client client = kept_client();
    run(client.send("GET / HT"));
    settle();
    pass(10s);
    EXPECT_EQ(status_of(run(client.rest())), 408U);
    EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST_F(Kept, IsLetGoWhenTheServerEnds) {
    start();
    Client client = kept_client();
    run(server->shutdown(clock.now() + 10s));
    EXPECT_TRUE(run(client.closed()));
}

TEST_F(Kept, IsCutWhenTheServerMustEndNow) {
    start();
    Client idle = kept_client();
    Client asking = kept_client();
    run(asking.send("GET /half"));
    settle();
    run(server->shutdown(SteadyTime::min()));
    EXPECT_TRUE(run(idle.closed()));
}

TEST_F(Kept, SlowReadersAreWaitedFor) {
    handler = [](Context& context) -> Awaitable<Response> {
        Response response;
        if (context.request.path == "/large") response.body = std::string(16U << 20U, 'x');
        co_return response;
    };
    start();
    Client client = kept_client();
    run(client.send(get("/large") + get("/small")));
    settle();
    EXPECT_EQ(run(client.answer()).body.size(), 16U << 20U);
    EXPECT_EQ(run(client.answer()).status, 200U);
}

TEST_F(Kept, MayBecomeAWebSocketsConnection) {
    handler = [](Context& context) -> Awaitable<Response> {
        Response response;
        if (context.request.path == "/ws")
            response.upgrade = [](http::WebSocket& socket) -> std::unique_ptr<http::WebSocketEvents> {
                socket.close(1000, "");
                return nullptr;
            };
        co_return response;
    };
    start();
    Client client = kept_client();
    EXPECT_EQ(run(client.upgrade()).status, 101U);
    const auto frame = run(client.frame());
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, 8U);
}

TEST_F(Kept, ThousandsAreServedInTurn) {
    options.max_connections = 0;
    start();
    std::vector<Client> clients;
    const int count = is_secure() ? 50 : 2'000;
    for (int i = 0; i < count; ++i) clients.push_back(kept_client());
    for (int round = 0; round < 2; ++round) {
        for (Client& client : clients) run(client.send(get("/all")));
        for (Client& client : clients) expect_answer(client, "GET /all ");
    }
}

// Who sends without end gets a buffer's worth of answers a turn, and the others theirs in between.
TEST_F(Kept, AFloodDoesNotKeepOthersWaiting) {
    std::vector<char> order;
    handler = [&order](Context& context) -> Awaitable<Response> {
        order.push_back(context.request.path[1]);
        co_return Response{};
    };
    start();
    Client flood = kept_client();
    Client other = kept_client();
    order.clear();
    std::string all;
    for (int i = 0; i < 1'000; ++i) all += get("/flood");
    run(flood.send(all));
    run(other.send(get("/other")));
    EXPECT_EQ(run(other.answer()).status, 200U);
    const auto mine = std::ranges::find(order, 'o') - order.begin();
    EXPECT_LT(mine, 900);
    for (int i = 0; i < 1'000; ++i) EXPECT_EQ(run(flood.answer()).status, 200U);
}

}  // namespace
}  // namespace confcast::test
