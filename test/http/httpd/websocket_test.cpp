// A WebSocket after its upgrade: messages, frames, closing.
#include <random>

#include "segments.hpp"
#include "websocket_fixture.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;
using http::FrameKind;

TEST_F(WebSockets, AnswerTheUpgrade) {
    start();
    Client client = connect();
    const Answer answer = run(client.upgrade());
    EXPECT_EQ(answer.status, 101U);
    EXPECT_EQ(answer.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(answer.headers.at("x-mine"), "yes");
    EXPECT_EQ(answer.headers.count("date"), 1U);
    EXPECT_EQ(server->stats().upgrades, 1U);
    EXPECT_EQ(server->stats().websockets, 1U);
}

TEST_F(WebSockets, RefuseAnUpgradeThatIsNone) {
    start();
    const std::string host = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\n";
    const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const std::string good = "Upgrade: websocket\r\n" + key + "Sec-WebSocket-Version: 13\r\n";
    for (const std::string& headers :
         {std::string(), key + "Sec-WebSocket-Version: 13\r\n",
          "Upgrade: h2c\r\n" + key + "Sec-WebSocket-Version: 13\r\n", "Upgrade: websocket\r\n" + key,
          "Upgrade: websocket\r\n" + key + "Sec-WebSocket-Version: 8\r\n",
          "Upgrade: websocket\r\n" + key + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8\r\n"}) {
        const std::string answer = exchange(host + headers + "\r\n");
        EXPECT_EQ(status_of(answer), 426U) << headers;
        EXPECT_NE(answer.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
    }
    for (const std::string bad :
         {"", "Sec-WebSocket-Key: \r\n", "Sec-WebSocket-Key: c2hvcnQ=\r\n",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=!\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSBsb25nZXI=\r\n"})
        EXPECT_EQ(status_of(exchange(host + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" + bad + "\r\n")),
                  400U)
            << bad;
    EXPECT_EQ(status_of(exchange("POST /ws HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\n" + good + "\r\n")),
              426U);
    EXPECT_EQ(status_of(exchange("GET /ws HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\n" + good + "\r\n")), 426U);
    EXPECT_EQ(server->stats().upgrades, 0U);
}

TEST_F(WebSockets, RefuseAnUpgradeThatTheEndpointDidNotCheck) {
    handler = [](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.upgrade = [](http::WebSocket&) -> std::unique_ptr<http::WebSocketEvents> { return nullptr; };
        co_return response;
    };
    start();
    EXPECT_EQ(status_of(exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), 426U);
}

TEST_F(WebSockets, CarryTextAndBinaryOfAnySize) {
    start();
    Client client = open();
    for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 128U, 129U, 4096U, 5000U, 65535U, 65536U}) {
        for (const Opcode opcode : {text, binary}) {
            const std::string data(size, 'x');
            run(client.send_frame(opcode, data));
            const Frame frame = next(client);
            EXPECT_EQ(frame.opcode, opcode) << size;
            EXPECT_EQ(frame.payload, data) << size;
        }
    }
}

TEST_F(WebSockets, JoinFragmentsWithControlFramesBetween) {
    start();
    Client client = open();
    run(client.send_frame(text, "a\xC3", false));
    run(client.send_frame(ping, "are you there"));
    run(client.send_frame(continuation, "", false));
    run(client.send_frame(continuation, "\xA9" + std::string(300, 'b'), false));
    run(client.send_frame(continuation, ""));
    const Frame first = next(client);
    EXPECT_EQ(first.opcode, pong);
    EXPECT_EQ(first.payload, "are you there");
    EXPECT_EQ(next(client).payload, "a\xC3\xA9" + std::string(300, 'b'));
}

TEST_F(WebSockets, ReadWhatCameBehindTheUpgrade) {
    start();
    Client client = connect();
    const std::string large(3000, 'y');
    EXPECT_EQ(run(client.upgrade("/ws", client_frame(text, "early") + client_frame(text, large))).status, 101U);
    EXPECT_EQ(next(client).payload, "early");
    EXPECT_EQ(next(client).payload, large);
}

TEST_F(WebSockets, CloseAtAnUnmaskedFrame) {
    start();
    Client client = open();
    run(client.send("\x81\x02hi"));
    expect_close(client, 1002);
}

TEST_F(WebSockets, CloseAtBrokenFraming) {
    start();
    for (const std::string& bytes :
         {client_frame(3, "x"), client_frame(11, "x"), client_frame(continuation, "x"), client_frame(ping, "x", false),
          client_frame(ping, std::string(126, 'x')), client_frame(text, "x", false) + client_frame(text, "y"),
          "\xC1" + client_frame(text, "x").substr(1), client_frame(closing, "x"),
          client_frame(closing, close_payload(1005)), client_frame(closing, close_payload(999))}) {
        Client client = open();
        run(client.send(bytes));
        expect_close(client, 1002);
    }
}

TEST_F(WebSockets, CloseAtInvalidUtf8) {
    start();
    for (const std::string& bytes :
         {client_frame(text, "\xFF"), client_frame(text, "a\xC3"), client_frame(text, "\xED\xA0\x80"),
          client_frame(text, "\xC3", false) + client_frame(continuation, "x")}) {
        Client client = open();
        run(client.send(bytes));
        expect_close(client, 1007);
    }
    EXPECT_TRUE(user.messages.empty());
}

TEST_F(WebSockets, CloseAtAMessageOverTheLimit) {
    options.max_websocket_message = 1000;
    start();
    Client client = open();
    run(client.send_frame(text, std::string(1000, 'x')));
    EXPECT_EQ(next(client).payload.size(), 1000U);
    run(client.send_frame(text, std::string(600, 'x'), false));
    run(client.send_frame(continuation, std::string(401, 'x')));
    expect_close(client, 1009);
    EXPECT_EQ(user.messages.size(), 1U);
}

TEST_F(WebSockets, AreToldOfAMessageOverTheLimitThoughTheyGoOnSendingIt) {
    start();
    Client client = open();
    run(client.send_frame(text, std::string(16U << 20U, 'x')));
    EXPECT_EQ(next(client).close_code(), 1009U) << "the close frame was lost to a reset";
    client.socket().close();
    expect_ended();
}

TEST_F(WebSockets, SurviveAFrameThatDeclaresAHugeLength) {
    start();
    for (const std::string& length : {std::string("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), std::string(8, '\xFF'),
                                      std::string("\x00\x00\x00\x01\x00\x00\x00\x00", 8)}) {
        Client client = open();
        run(client.send("\x81\xFF" + length + "mask" + "x"));
        const Frame frame = next(client);
        EXPECT_EQ(frame.opcode, closing);
        EXPECT_TRUE(frame.close_code() == 1009 || frame.close_code() == 1002) << frame.close_code();
        client.socket().close();
        expect_ended();
    }
    expect_service();
}

TEST_F(WebSockets, CloseWhenTheClientCloses) {
    start();
    Client client = open();
    run(client.send_frame(closing, close_payload(1001, "bye")));
    const Frame frame = next(client);
    EXPECT_EQ(frame.close_code(), 1001U);
    EXPECT_TRUE(run(client.closed()));
    client.socket().close();
    expect_ended();
}

TEST_F(WebSockets, CloseWhenTheServerCloses) {
    start();
    Client client = open();
    user.socket->close(1012, "come back later");
    user.socket->close(4002, "the first reason wins");
    const Frame frame = next(client);
    EXPECT_EQ(frame.close_code(), 1012U);
    EXPECT_EQ(frame.payload.substr(2), "come back later");
    run(client.send_frame(closing, close_payload(1012)));
    EXPECT_TRUE(run(client.closed()));
    client.socket().close();
    expect_ended();
}

TEST_F(WebSockets, CloseFromInsideAMessage) {
    user.hook = [this](std::string_view) { user.socket->close(4002, "no"); };
    start();
    Client client = open();
    run(client.send_frame(text, "x"));
    run(client.send_frame(text, "still talking"));
    expect_close(client, 4002);
    EXPECT_EQ(user.messages.size(), 1U);
}

TEST_F(WebSockets, WriteNothingAfterTheirCloseFrame) {
    start();
    Client client = open();
    user.socket->close(1000, "");
    user.waiting.push_back(http::frame_header(FrameKind::text, 1) + "x");
    user.write();
    expect_close(client, 1000);
}

TEST_F(WebSockets, AreCutWhenTheClientDoesNotAnswerTheClose) {
    start();
    Client client = open();
    user.socket->close(1000, "");
    settle();
    EXPECT_TRUE(user.running);
    pass(5s);
    expect_ended();
}

TEST_F(WebSockets, AreCutWhenTheClientLeavesItsConnectionOpenAfterTheClose) {
    start();
    Client client = open();
    run(client.send_frame(closing, close_payload(1000)));
    EXPECT_EQ(next(client).opcode, closing);
    settle();
    pass(5s);
    expect_ended();
}

TEST_F(WebSockets, MayBeAbortedFromAnywhere) {
    user.hook = [this](std::string_view) { user.socket->abort(); };
    start();
    Client inside = open();
    run(inside.send_frame(text, "x"));
    expect_ended();
    Client outside = open();
    user.socket->abort();
    user.socket->abort();
    user.socket->close(1000, "");
    expect_ended();
    EXPECT_TRUE(run(outside.closed()));
    const std::string large = http::frame_header(FrameKind::binary, 32U << 20U) + std::string(32U << 20U, 'x');
    Client writing = open();
    const std::string_view frames[] = {large};
    user.write(frames);
    settle();
    user.socket->abort();
    expect_ended();
}

TEST_F(WebSockets, EndWhenTheClientIsGone) {
    start();
    Client client = open();
    run(client.send("\x81"));
    client.socket().close();
    expect_ended();
    EXPECT_TRUE(log.errors.empty());
}

TEST_F(WebSockets, EndWhenTheClientResetsInTheMiddleOfAWrite) {
    user.echoes = false;
    start();
    const std::string frame = http::frame_header(FrameKind::binary, 16U << 20U) + std::string(16U << 20U, 'x');
    const std::string_view frames[] = {frame};
    for (const bool pinged : {false, true}) {
        Client client = open();
        user.write(frames);
        if (pinged) run(client.send_frame(ping, "p"));
        settle();
        client.socket().set_option(asio::socket_base::linger(true, 0));
        client.socket().close();
        expect_ended();
    }
    EXPECT_EQ(user.written, 0U);
    EXPECT_TRUE(log.errors.empty());
}

TEST_F(WebSockets, SurviveAUserThatThrows) {
    user.hook = [](std::string_view) { throw std::runtime_error("a bug"); };
    start();
    Client client = open();
    run(client.send_frame(text, "x"));
    expect_close(client, 1011);
    EXPECT_EQ(log.errors.size(), 1U);
    expect_service();
}

TEST_F(WebSockets, SayGoodbyeForAHandlerThatHasNoUser) {
    handler = [](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.upgrade = [](http::WebSocket& socket) {
            socket.close(1008, "no");
            return std::unique_ptr<http::WebSocketEvents>();
        };
        co_return response;
    };
    start();
    Client client = connect();
    EXPECT_EQ(run(client.upgrade("/ws", client_frame(text, "early"))).status, 101U);
    run(client.send_frame(text, "nobody listens"));
    expect_close(client, 1008);
}

TEST_F(WebSockets, AreCutWhenTheirHandlerHasNoUser) {
    handler = [](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.upgrade = [](http::WebSocket&) { return std::unique_ptr<http::WebSocketEvents>(); };
        co_return response;
    };
    start();
    Client client = connect();
    EXPECT_EQ(run(client.upgrade()).status, 101U);
    EXPECT_TRUE(run(client.closed()));
    expect_ended();
}

TEST_F(WebSockets, SurviveAHandlerThatThrows) {
    before_run = [](http::WebSocket&) { throw std::runtime_error("a bug"); };
    start();
    Client client = connect();
    EXPECT_EQ(run(client.upgrade()).status, 101U);
    EXPECT_TRUE(run(client.closed()));
    EXPECT_EQ(log.errors.size(), 1U);
    expect_service();
}

TEST_F(WebSockets, ReportWhatWasWrittenBeforeAnybodyListened) {
    const std::string hello = http::frame_header(FrameKind::text, 5) + "hello";
    before_run = [this, &hello](http::WebSocket&) {
        const std::string_view frames[] = {hello};
        user.write(frames);
    };
    start();
    Client client = open();
    EXPECT_EQ(next(client).payload, "hello");
    run(until([this] { return user.written == 1; }));
}

TEST_F(WebSockets, AnswerTheUpgradeTogetherWithWhatIsSaidFirst) {
    const std::string hello = http::frame_header(FrameKind::text, 5) + "hello";
    const std::string_view frames[] = {hello};
    bool later = false;  // in the same turn of the loop
    before_run = [&](http::WebSocket&) {
        const auto say = [&] { user.write(frames); };
        if (later)
            asio::post(io, say);
        else
            say();
    };
    start();
    for (const bool in_its_turn : {false, true}) {
        later = in_its_turn;
        Client client = open();
        EXPECT_EQ(next(client).payload, "hello");
        // A TLS handshake has segments of its own.
        if (!is_secure()) EXPECT_EQ(segments_received(client.socket().native_handle()), 1U) << later;
        client.socket().close();
        expect_ended();
    }
}

TEST_F(WebSockets, NeverReportFromInsideAWrite) {
    start();
    Client client = open();
    const std::string hello = http::frame_header(FrameKind::text, 5) + "hello";
    const std::string_view frames[] = {hello};
    EXPECT_TRUE(user.write(frames)) << "the kernel has room for it";
    EXPECT_EQ(user.written, 0U);
    run(until([this] { return user.written == 1; }));
    const std::string large = http::frame_header(FrameKind::binary, 32U << 20U) + std::string(32U << 20U, 'x');
    const std::string_view large_frames[] = {large};
    EXPECT_FALSE(user.write(large_frames));
    EXPECT_EQ(run(client.take(hello.size() + large.size())).size(), hello.size() + large.size());
    run(until([this] { return user.written == 2; }));
    EXPECT_EQ(user.reported, 1U) << "once, and only of what the kernel did not take at once";
}

TEST_F(WebSockets, GatherManyFrames) {
    start();
    Client client = open();
    std::vector<std::string> made;
    for (int i = 0; i < 1000; ++i) {
        const std::string body = "number " + std::to_string(i);
        made.push_back(http::frame_header(FrameKind::text, body.size()) + body);
    }
    const std::vector<std::string_view> frames(made.begin(), made.end());
    user.write(frames);
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(next(client).payload, "number " + std::to_string(i));
    EXPECT_EQ(user.written, 1U);
}

// Pongs, and at the end the close, come whole between large writes that the kernel takes in pieces.
TEST_F(WebSockets, KeepControlFramesOutOfLargeWrites) {
    user.echoes = false;
    start();
    Client client = open();
    const std::string body(8U << 20U, 'x');
    const std::string frame = http::frame_header(FrameKind::binary, body.size()) + body;
    const std::string_view frames[] = {frame, frame};
    unsigned pongs = 0;
    for (int round = 0; round < 3; ++round) {
        user.written = 0;
        user.write(frames);
        for (int i = 0; i < 5; ++i) run(client.send_frame(ping, "p" + std::to_string(i)));
        settle();
        EXPECT_EQ(user.written, 0U) << "the kernel took it all: the test tests nothing";
        if (round == 2) user.socket->close(1000, "");
        for (unsigned data = 0; data < 2;) {
            const Frame got = next(client);
            if (got.opcode == pong) {
                ++pongs;
                continue;
            }
            ++data;
            ASSERT_EQ(got.opcode, binary);
            ASSERT_EQ(got.payload, body);
        }
        run(until([this] { return user.written == 1; }));
    }
    Frame last = next(client);
    for (; last.opcode == pong; last = next(client)) ++pongs;
    EXPECT_EQ(last.opcode, closing);
    EXPECT_GE(pongs, 10U);
}

TEST_F(WebSockets, TakeTenThousandTinyFrames) {
    user.echoes = false;
    start();
    Client client = open();
    std::string flood;
    for (int i = 0; i < 10'000; ++i) flood += client_frame(text, "t");
    run(client.send(flood));
    run(until([this] { return user.messages.size() == 10'000; }));
    std::string fragments = client_frame(text, "", false);
    for (int i = 0; i < 10'000; ++i) fragments += client_frame(continuation, i % 2 == 0 ? "f" : "", false);
    run(client.send(fragments + client_frame(continuation, "!")));
    run(until([this] { return user.messages.size() == 10'001; }));
    EXPECT_EQ(user.messages.back().data, std::string(5000, 'f') + "!");
}

TEST_F(WebSockets, MayHaveALimitOfTheirOwn) {
    options.max_websocket_message = 10;
    handler = [this](http::Context&) -> Awaitable<http::Response> {
        http::Response response;
        response.websocket_message_limit = 1000;
        response.upgrade = [this](http::WebSocket& socket) { return serve(socket); };
        co_return response;
    };
    start();
    Client client = open();
    run(client.send_frame(text, std::string(1000, 'x')));
    EXPECT_EQ(next(client).payload.size(), 1000U);
}

TEST_F(WebSockets, SurviveGarbage) {
    start();
    std::mt19937 random(7);
    for (int i = 0; i < 500; ++i) {
        Client client = open();
        std::string bytes = client_frame(text, "hello") + client_frame(binary, std::string(random() % 300, 'x')) +
                            client_frame(ping, "p");
        for (unsigned n = 0; n < 1 + random() % 4; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
        run(client.send(bytes));
        settle();
        client.socket().close();
        expect_ended();
    }
    user.messages.clear();
    Client good = open();
    run(good.send_frame(text, "still here"));
    EXPECT_EQ(next(good).payload, "still here");
}

}  // namespace
}  // namespace confcast::test
