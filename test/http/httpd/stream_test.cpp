// An answer without an end: its head, its chunks, its signs of life.
#include "stream_fixture.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

using Streams = StreamTest;

TEST_F(Streams, BeginWithTheirHeadBeforeAnythingIsWritten) {
    start();
    Client client = open();
    EXPECT_EQ(head.headers.at("transfer-encoding"), "chunked");
    EXPECT_EQ(head.headers.at("connection"), "close");
    EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(head.headers.count("date"), 1U);
    EXPECT_EQ(head.headers.count("content-length"), 0U);
    EXPECT_EQ(user.written, 0U);
    EXPECT_EQ(server->stats().streams, 1U);
    EXPECT_EQ(server->stats().streams_begun, 1U);
}

TEST_F(Streams, MakeOneChunkOfAGatheredWrite) {
    start();
    Client client = open();
    const std::string_view pieces[] = {"one", "", "two", "three"};
    user.write_all(pieces);
    EXPECT_EQ(run(client.take(16)), "b\r\nonetwothree\r\n");
    run(until([this] { return user.written == 1; }));
    user.write(std::string(256, 'x'));
    EXPECT_EQ(run(client.take(263)), "100\r\n" + std::string(256, 'x') + "\r\n");
}

TEST_F(Streams, DoNotEndWithAWriteOfNothing) {
    start();
    Client client = open();
    user.write_all({});
    run(until([this] { return user.written == 1; }));
    user.write("");
    run(until([this] { return user.written == 2; }));
    user.write("x");
    EXPECT_EQ(run(client.take(6)), "1\r\nx\r\n");
}

TEST_F(Streams, AreWithoutChunksOnOldHttpAndEndWithTheConnection) {
    start();
    Client client = open("GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(head.headers.count("transfer-encoding"), 0U);
    EXPECT_EQ(head.headers.count("content-length"), 0U);
    EXPECT_EQ(head.headers.at("connection"), "close");
    user.stream->keep_alive(": ping\n\n");
    user.write("data\n");
    EXPECT_EQ(run(client.take(5)), "data\n");
    settle();
    pass(15s);
    EXPECT_EQ(run(client.take(8)), ": ping\n\n");
    user.stream->close();
    EXPECT_TRUE(run(client.closed()));
    client.socket().close();
    expect_ended();
}

TEST_F(Streams, GiveAHeadRequestTheHeadOnly) {
    start();
    Client client = connect();
    run(client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    const Answer answer = run(client.answer(true));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(answer.headers.at("transfer-encoding"), "chunked");
    EXPECT_EQ(run(client.answer()).status, 200U) << "the connection goes on";
    EXPECT_EQ(server->stats().streams_begun, 0U);
}

TEST_F(Streams, SendWhatIsWrittenBeforeTheyRunTogetherWithTheHead) {
    static constexpr std::string_view hello = "hello";
    before_run = [this](http::ByteStream&) { user.write(hello); };
    start();
    Client client = open();
    EXPECT_EQ(run(client.take(10)), "5\r\nhello\r\n");
    run(until([this] { return user.written == 1; }));
}

TEST_F(Streams, NeverReportFromInsideAWrite) {
    start();
    Client client = open();
    EXPECT_TRUE(user.write("hello")) << "the kernel has room for it";
    EXPECT_EQ(user.written, 0U);
    run(until([this] { return user.written == 1; }));
    EXPECT_FALSE(user.write(large()));
    const std::size_t chunked = std::string_view("5\r\nhello\r\n2000000\r\n\r\n").size() + large().size();
    EXPECT_EQ(run(client.take(chunked)).size(), chunked);
    run(until([this] { return user.written == 2; }));
    EXPECT_EQ(user.reported, 1U) << "once, and only of what the kernel did not take at once";
}

TEST_F(Streams, WriteAgainFromTheReport) {
    int left = 1000;
    start();
    Client client = open();
    user.hook = [this, &left] {
        if (--left > 0) user.write("x");
    };
    user.write("x");
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(run(client.take(6)), "1\r\nx\r\n");
}

TEST_F(Streams, GatherMorePiecesThanOneSystemCallTakes) {
    start();
    Client client = open();
    const std::vector<std::string_view> pieces(1000, "12345678");
    user.write_all(pieces);
    std::string body = "1f40\r\n";
    for (int i = 0; i < 1000; ++i) body += "12345678";
    EXPECT_EQ(run(client.take(body.size() + 2)), body + "\r\n");
    run(until([this] { return user.written == 1; }));
}

TEST_F(Streams, FinishAWriteThatTheKernelTakesInPieces) {
    start();
    Client client = open();
    const std::string_view pieces[] = {large(), "end"};
    user.write_all(pieces);
    settle();
    EXPECT_EQ(user.written, 0U) << "the kernel took it all: the test tests nothing";
    const std::string expected = "2000003\r\n" + large() + "end\r\n";
    EXPECT_TRUE(run(client.take(expected.size())) == expected);
    run(until([this] { return user.written == 1; }));
    run(until([&] { return user.stream->bytes_accepted() >= expected.size(); }));
}

TEST_F(Streams, LeaveLittleInTheKernelForAClientThatDoesNotRead) {
    start();
    Client client = connect();
    client.socket().set_option(asio::socket_base::receive_buffer_size(1));
    run(client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    run(client.answer());
    run(until([this] { return user.running; }));
    static const std::string piece(16U << 10U, 'x');  // a write that waits reads it until the stream has ended
    user.hook = [this] { user.write(piece); };
    user.write(piece);
    settle();
    EXPECT_GE(server->stats().bytes_sent, options.max_unsent);
    EXPECT_LE(server->stats().bytes_sent, 4 * options.max_unsent);  // by default it would be megabytes
    EXPECT_LT(user.stream->bytes_accepted(), server->stats().bytes_sent) << "what it has not read counts as accepted";
    user.hook = nullptr;
}

TEST_F(Streams, SayThatTheyLiveWhenNothingElseIsWritten) {
    start();
    Client client = open();
    user.stream->keep_alive(": ping\n\n");
    pass(14'999ms);
    settle();
    pass(1ms);
    EXPECT_EQ(run(client.take(13)), "8\r\n: ping\n\n\r\n");
    settle();
    pass(15s);
    EXPECT_EQ(run(client.take(13)), "8\r\n: ping\n\n\r\n");
    settle();
    pass(10s);
    user.write("x");
    settle();
    pass(14s);
    settle();
    user.write("y");
    EXPECT_EQ(run(client.take(12)), "1\r\nx\r\n1\r\ny\r\n");
    settle();
    pass(15s);
    EXPECT_EQ(run(client.take(13)), "8\r\n: ping\n\n\r\n");
    EXPECT_EQ(user.written, 2U) << "a sign of life is nobody's write";
}

TEST_F(Streams, KeepSignsOfLifeOutOfAWriteThatWaits) {
    options.write_timeout = 60s;
    start();
    Client client = open();
    user.stream->keep_alive("\n");
    user.write(large());
    settle();
    pass(20s);
    settle();
    const std::string expected = "2000000\r\n" + large() + "\r\n";
    EXPECT_TRUE(run(client.take(expected.size())) == expected);
    run(until([this] { return user.written == 1; }));
    pass(15s);
    EXPECT_EQ(run(client.take(6)), "1\r\n\n\r\n");
}

TEST_F(Streams, IgnoreALittleThatTheClientSendsAndCutItAtMuch) {
    start();
    Client client = open("GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    run(client.send(std::string(1000, 'x')));
    settle();
    EXPECT_TRUE(user.running);
    EXPECT_EQ(server->stats().requests, 1U);
    user.write("x");
    EXPECT_EQ(run(client.take(6)), "1\r\nx\r\n");
    run(client.send(std::string(70'000, 'x')));
    expect_ended();
}

}  // namespace
}  // namespace confcast::test
