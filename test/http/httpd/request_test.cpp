// Requests and their answers on one connection, over loopback.
#include <random>
#include <stdexcept>

#include "server_test.hpp"

namespace confcast::test {
namespace {

using http::Context;
using http::Response;

class Requests : public ServerTest {};

std::string get(const std::string& target, const std::string& headers = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}
std::string post(const std::string& body, const std::string& headers = {}) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}
const std::string closing = "Connection: close\r\n";

TEST_F(Requests, AreAnsweredWithWhatTheConnectionOwes) {
    start();
    const std::string text = exchange(get("/a?b", closing));
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
    EXPECT_NE(text.find("\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\r\nContent-Length: 9\r\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\r\nConnection: close\r\n"), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("\r\n\r\nGET /a?b ")) << text;
}

Awaitable<> two_on_one(Client client) {
    co_await client.send(get("/1"));
    const Answer first = co_await client.answer();
    EXPECT_EQ(first.body, "GET /1 ");
    EXPECT_EQ(first.headers.count("connection"), 0U);
    co_await client.send(post("two"));
    const Answer second = co_await client.answer();
    EXPECT_EQ(second.body, "POST / two");
}

TEST_F(Requests, KeepTheConnection) {
    start();
    run(two_on_one(connect()));
    EXPECT_EQ(server->stats().accepted, 1U);
    EXPECT_EQ(server->stats().requests, 2U);
}

Awaitable<> old_keep_alive(Client client) {
    co_await client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Answer first = co_await client.answer();
    EXPECT_EQ(first.headers.at("connection"), "keep-alive");
    co_await client.send("GET /2 HTTP/1.0\r\n\r\n");
    const Answer second = co_await client.answer();
    EXPECT_EQ(second.headers.at("connection"), "close");
    EXPECT_TRUE(co_await client.closed());
}

TEST_F(Requests, OfHttp10KeepTheConnectionWhenAsked) {
    start();
    run(old_keep_alive(connect()));
}

/// A mixed pipeline of `count` requests, and what must come back.
struct Pipeline {
    std::string bytes;
    std::vector<std::string> bodies;
};
Pipeline make_pipeline(int count) {
    Pipeline out;
    for (int i = 0; i < count; ++i) {
        const std::string n = std::to_string(i);
        if (i % 3 == 0) {
            out.bytes += get("/" + n);
            out.bodies.push_back("GET /" + n + " ");
        } else if (i % 3 == 1) {
            out.bytes += post("body " + n);
            out.bodies.push_back("POST / body " + n);
        } else {
            out.bytes += "PUT /" + n +
                         " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n" +
                         "0\r\n\r\n" + (i % 2 == 0 ? "\r\n" : "");
            out.bodies.push_back("PUT /" + n + " abc");
        }
    }
    return out;
}

Awaitable<> send_split(Client& client, const std::string& bytes, unsigned seed) {
    std::mt19937 random(seed);
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t n = 1 + random() % 60;
        co_await client.send(bytes.substr(at, n));
        at += n;
        co_await asio::post(client.socket().get_executor(), use_awaitable);
    }
}

Awaitable<> pipelined(Client client, const Pipeline& pipeline, unsigned seed) {
    co_await send_split(client, pipeline.bytes, seed);
    for (const std::string& body : pipeline.bodies) {
        const Answer answer = co_await client.answer();
        EXPECT_EQ(answer.body, body);
        if (answer.body != body) co_return;
    }
}

TEST_F(Requests, InAPipelineAreAnsweredInOrderHoweverTheyAreSplit) {
    start();
    const Pipeline pipeline = make_pipeline(100);
    for (unsigned seed = 0; seed < 20; ++seed) run(pipelined(connect(), pipeline, seed));
    EXPECT_EQ(server->stats().requests, 2000U);
}

TEST_F(Requests, InAPipelineOfOneWrite) {
    start();
    const Pipeline pipeline = make_pipeline(100);
    const std::string text = exchange(pipeline.bytes + get("/end", closing));
    EXPECT_TRUE(text.ends_with("GET /end "));
}

Awaitable<> byte_by_byte(Client client) {
    for (const char c : "\r\n" + post("hello")) {
        co_await client.send(std::string(1, c));
        co_await asio::post(client.socket().get_executor(), use_awaitable);
    }
    const Answer answer = co_await client.answer();
    EXPECT_EQ(answer.body, "POST / hello");
}

TEST_F(Requests, MayComeByteByByte) {
    start();
    run(byte_by_byte(connect()));
}

Awaitable<> head_then_get(Client client) {
    co_await client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"));
    const Answer head = co_await client.answer(true);
    EXPECT_EQ(head.headers.at("content-length"), "8");
    const Answer get_answer = co_await client.answer();
    EXPECT_EQ(get_answer.body, "GET /y ");
}

TEST_F(Requests, WithHeadAreAnsweredWithoutABody) {
    start();
    run(head_then_get(connect()));
}

TEST_F(Requests, Answered204Or304HaveNoBody) {
    handler = [](Context& context) -> Awaitable<Response> {
        Response response;
        response.status = context.request.path == "/204" ? 204 : 304;
        response.body = "never sent";
        co_return response;
    };
    start();
    for (const std::string target : {"/204", "/304"}) {
        const std::string text = exchange(get(target, closing));
        EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
        EXPECT_EQ(text.find("Content-Length"), std::string::npos);
    }
}

TEST_F(Requests, CannotSmuggleAHeaderIntoTheAnswer) {
    handler = [](Context&) -> Awaitable<Response> {
        Response response;
        response.set("X-Name", "a\r\nSet-Cookie: b\n\nc");
        co_return response;
    };
    start();
    EXPECT_NE(exchange(get("/", closing)).find("X-Name: a  Set-Cookie: b  c\r\n"), std::string::npos);
}

Awaitable<> expect_continue(Client client) {
    co_await client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    const Answer interim = co_await client.answer();
    EXPECT_EQ(interim.head, "HTTP/1.1 100 Continue\r\n\r\n");
    co_await client.send("hello");
    const Answer answer = co_await client.answer();
    EXPECT_EQ(answer.body, "PUT / hello");
}

TEST_F(Requests, ThatExpectAreToldToContinue) {
    start();
    run(expect_continue(connect()));
}

TEST_F(Requests, ThatExpectAreNotToldToContinueWithABodyThatIsRefused) {
    options.max_body = 4;
    start();
    const std::string text = exchange("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(status_of(text), 413U);
}

TEST_F(Requests, WithAnUnknownExpectationAreRefused) {
    start();
    EXPECT_EQ(status_of(exchange(get("/", "Expect: wonders\r\n"))), 417U);
}

TEST_F(Requests, WithALongTargetAreRefused) {
    start();
    EXPECT_EQ(status_of(exchange(get("/" + std::string(options.max_target, 'a')))), 414U);
    EXPECT_EQ(status_of(exchange("GET /" + std::string(options.max_target + 100, 'a'))), 414U);
}

TEST_F(Requests, WithALargeHeadAreRefused) {
    start();
    EXPECT_EQ(status_of(exchange(get("/", "X: " + std::string(options.max_head, 'a') + "\r\n"))), 431U);
    std::string many;
    for (int i = 0; i < 2000; ++i) many += "X: y\r\n";
    EXPECT_EQ(status_of(exchange(get("/", many))), 431U);
}

TEST_F(Requests, WithALargeHeadUnderTheLimitAreServed) {
    start();
    const std::string headers = "X: " + std::string(options.max_head - 100, 'a') + "\r\n";
    EXPECT_EQ(status_of(exchange(get("/", headers + closing))), 200U);
}

TEST_F(Requests, WithALargeBodyAreRefusedByTheLimitOfTheirRoute) {
    options.body_limit = [](const http::Request& head) { return head.path == "/big" ? 100'000U : 10U; };
    start();
    const std::string small = exchange(post("hello world"));
    EXPECT_EQ(status_of(small), 413U);
    EXPECT_NE(small.find("limit=10 size=11"), std::string::npos) << small;
    const std::string body(100'000, 'x');
    EXPECT_EQ(status_of(exchange(
                  "POST /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n" + body)),
              200U);
    EXPECT_EQ(status_of(exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "A\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n")),
              413U);
}

TEST_F(Requests, ThatAreRefusedWhileTheirBodyIsOnItsWayAreStillTold) {
    start();
    const std::string text =
        exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'x'));
    EXPECT_EQ(status_of(text), 413U) << "the answer was lost to a reset";
}

TEST_F(Requests, WhoseHandlerThrowsGet500AndTheServerLivesOn) {
    handler = [](Context& context) -> Awaitable<Response> {
        if (context.request.path == "/bug") throw std::logic_error("a bug");
        if (context.request.path == "/odd") throw 42;
        co_return Response{};
    };
    start();
    const std::string text = exchange(get("/bug"));
    EXPECT_EQ(status_of(text), 500U);
    EXPECT_NE(text.find("Connection: close"), std::string::npos);
    EXPECT_EQ(status_of(exchange(get("/odd"))), 500U);
    EXPECT_EQ(log.errors.size(), 2U);
    expect_service();
}

TEST_F(Requests, ThatAreRefusedHaveAnIdToo) {
    start();
    EXPECT_NE(exchange("GET / HTTP/1.1\r\n\r\n").find("X-Request-Id: "), std::string::npos);
    EXPECT_NE(exchange(post(std::string(10, 'x'), "X-Request-Id: mine\r\nContent-Length: 3\r\n")).find("400"),
              std::string::npos);
}

TEST_F(Requests, KnowWhereTheyCameFrom) {
    handler = [](Context& context) -> Awaitable<Response> {
        Response response;
        response.body = std::string(context.request.remote);
        co_return response;
    };
    start();
    EXPECT_NE(exchange(get("/", closing)).find("\r\n\r\n127.0.0.1:"), std::string::npos);
}

TEST_F(Requests, MayBeAnsweredWithASharedBody) {
    const auto shared = std::make_shared<const std::string>("made once");
    handler = [shared](Context&) -> Awaitable<Response> {
        Response response;
        response.body = shared;
        co_return response;
    };
    start();
    EXPECT_TRUE(exchange(get("/", closing)).ends_with("\r\n\r\nmade once"));
}

TEST_F(Requests, MayBeAnsweredWithALargeBodyThatTheClientReadsLate) {
    constexpr std::size_t size = 20U << 20U;
    handler = [](Context&) -> Awaitable<Response> {
        Response response;
        response.body = std::string(size, 'x');
        co_return response;
    };
    start();
    EXPECT_GT(exchange(get("/", closing)).size(), size);
}

Awaitable<> half_closed(Client client) {
    co_await client.send(get("/"));
    client.socket().shutdown(asio::socket_base::shutdown_send);
    const Answer answer = co_await client.answer();
    EXPECT_EQ(answer.status, 200U);
    EXPECT_TRUE(co_await client.closed());
}

TEST_F(Requests, OfAClientThatHasSaidAllAreAnswered) {
    start();
    run(half_closed(connect()));
}

TEST_F(Requests, OfAClientThatLeavesInTheMiddleEndQuietly) {
    start();
    for (const std::string bytes :
         {"GET", "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"}) {
        Client client = connect();
        run(client.send(bytes));
        client.socket().close();
    }
    expect_service();
    run(until([this] { return server->stats().connections == 0; }));
    EXPECT_TRUE(log.errors.empty());
    EXPECT_EQ(server->stats().bad_requests, 0U);
}

TEST_F(Requests, ThatDemandTheEndGetIt) {
    handler = [](Context&) -> Awaitable<Response> {
        Response response;
        response.close = true;
        co_return response;
    };
    start();
    const std::string text = exchange(get("/") + get("/never"));
    EXPECT_NE(text.find("Connection: close"), std::string::npos);
    EXPECT_EQ(server->stats().requests, 1U);
}

TEST_F(Requests, Answered426SayWhatToUpgradeTo) {
    handler = [](Context&) -> Awaitable<Response> {
        Response response;
        response.status = 426;
        co_return response;
    };
    start();
    const std::string text = exchange(get("/", closing));
    EXPECT_NE(text.find("Upgrade: websocket\r\n"), std::string::npos);
    EXPECT_NE(text.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
    EXPECT_NE(text.find("Connection: upgrade, close\r\n"), std::string::npos);
}

TEST_F(Requests, GetTheStandingHeadersWhateverTheirAnswerIs) {
    options.standing_headers = "X-Standing: yes\r\n";
    start();
    for (const std::string& bytes : {get("/", closing), std::string("NONSENSE\r\n\r\n"), get("/", "Expect: other\r\n")})
        EXPECT_NE(exchange(bytes).find("\r\nX-Standing: yes\r\n"), std::string::npos) << bytes;
}

}  // namespace
}  // namespace confcast::test
