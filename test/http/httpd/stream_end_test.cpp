// How an answer without an end ends after all.
#include "stream_fixture.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

using StreamEnds = StreamTest;

TEST_F(StreamEnds, CloseEndsTheBodyAndThenTheConnection) {
    start();
    Client client = open();
    user.write("bye");
    user.stream->close();
    user.stream->close();
    EXPECT_EQ(run(client.rest()), "3\r\nbye\r\n0\r\n\r\n");
    client.socket().close();
    expect_ended();
    EXPECT_EQ(server->stats().timeouts, 0U);
}

TEST_F(StreamEnds, CloseBeforeTheyRunStillSendsTheHead) {
    before_run = [](http::ByteStream& stream) { stream.close(); };
    start();
    EXPECT_TRUE(exchange("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n0\r\n\r\n"));
    expect_ended();
}

TEST_F(StreamEnds, CloseWaitsForTheWriteInFlight) {
    start();
    Client client = open();
    user.write(large());
    settle();
    user.stream->close();
    EXPECT_EQ(user.written, 0U) << "the kernel took it all: the test tests nothing";
    EXPECT_TRUE(run(client.rest()) == "2000000\r\n" + large() + "\r\n0\r\n\r\n");
    client.socket().close();
    expect_ended();
}

TEST_F(StreamEnds, NothingIsWrittenAfterClose) {
    start();
    Client client = open();
    user.stream->keep_alive("\n");
    user.stream->close();
    user.write("late");
    pass(4s);
    EXPECT_EQ(run(client.rest()), "0\r\n\r\n");
}

TEST_F(StreamEnds, AClientThatDoesNotCloseIsCut) {
    start();
    Client client = open();
    user.stream->close();
    settle();
    EXPECT_TRUE(user.running);
    pass(5s);
    expect_ended();
}

TEST_F(StreamEnds, AClientThatTalksStillGetsTheEnd) {
    start();
    Client client = open();
    run(client.send(std::string(60'000, 'x')));
    user.write("bye");
    user.stream->close();
    run(client.send(std::string(1U << 20U, 'x')));
    EXPECT_EQ(run(client.rest()), "3\r\nbye\r\n0\r\n\r\n") << "lost to a reset";
}

TEST_F(StreamEnds, AClientThatLeavesIsNoticedAtOnce) {
    start();
    for (const bool reset : {false, true}) {
        Client client = open();
        if (reset) client.socket().set_option(asio::socket_base::linger(true, 0));
        client.socket().close();
        expect_ended();
    }
    EXPECT_TRUE(log.errors.empty());
}

TEST_F(StreamEnds, AClientThatResetsInTheMiddleOfAWriteIsNoticedAtOnce) {
    start();
    Client client = open();
    user.write(large());
    settle();
    client.socket().set_option(asio::socket_base::linger(true, 0));
    client.socket().close();
    expect_ended();
    EXPECT_EQ(user.written, 0U);
    EXPECT_TRUE(log.errors.empty());
}

TEST_F(StreamEnds, AbortCutsFromAnywhere) {
    start();
    Client inside = open();
    user.hook = [this] { user.stream->abort(); };
    user.write("x");
    expect_ended();
    user.hook = nullptr;
    Client writing = open();
    user.write(large());
    settle();
    user.stream->abort();
    user.stream->abort();
    user.stream->close();
    expect_ended();
    EXPECT_FALSE(run(writing.rest()).ends_with("0\r\n\r\n")) << "it looks whole";
}

TEST_F(StreamEnds, AClientThatTakesNothingIsCut) {
    start();
    Client client = open();
    user.write(large());
    settle();
    pass(options.write_timeout - 1ms);
    settle();
    EXPECT_TRUE(user.running);
    pass(1ms);
    expect_ended();
    EXPECT_EQ(server->stats().timeouts, 1U);
}

// As of one that has vanished: the kernel takes the bytes, nobody acknowledges them.
TEST_F(StreamEnds, AClientThatTakesNothingIsCutThoughTheKernelTookItAll) {
    options.max_unsent = 1U << 20U;
    start();
    Client client = connect();
    client.socket().set_option(asio::socket_base::receive_buffer_size(1));
    run(client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    run(client.answer());
    run(until([this] { return user.running; }));
    const std::string body(400'000, 'x');
    user.write(body);
    run(until([this] { return user.written == 1; }));
    // What the client's own kernel has taken counts as progress, once.
    pass(options.write_timeout);
    pass(options.write_timeout);
    expect_ended();
    EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST_F(StreamEnds, AClientThatTakesSlowlyIsNotCut) {
    start();
    Client client = open();
    user.write(large());
    std::string dropped(1U << 20U, ' ');
    std::size_t got = 0;
    while (got < large().size()) {
        pass(options.write_timeout / 4);
        ASSERT_TRUE(user.running) << got;
        got += client.read_now(asio::buffer(dropped));
        settle();
    }
    EXPECT_EQ(user.written, 1U);
}

TEST_F(StreamEnds, AQuietClientIsNotCut) {
    start();
    Client client = open();
    user.write("x");
    run(until([&] { return user.stream->bytes_accepted() == head.head.size() + std::string("1\r\nx\r\n").size(); }));
    for (int i = 0; i < 10; ++i) {
        pass(60s);
        settle();
    }
    EXPECT_TRUE(user.running);
}

TEST_F(StreamEnds, AUserThatThrowsLosesItsStreamOnly) {
    user.hook = [] { throw std::runtime_error("a bug"); };
    start();
    Client client = open();
    EXPECT_FALSE(user.write(large())) << "it is told later, by the server";
    run(client.rest());
    expect_ended();
    EXPECT_EQ(log.errors.size(), 1U);
    expect_service();
}

TEST_F(StreamEnds, AHandlerThatThrowsLosesItsStreamOnly) {
    before_run = [](http::ByteStream&) { throw std::runtime_error("a bug"); };
    start();
    Client client = connect();
    run(client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(run(client.rest()), "");
    EXPECT_EQ(log.errors.size(), 1U);
    expect_service();
}

TEST_F(StreamEnds, AShutdownLeavesThemUntilItsDeadline) {
    start();
    Client client = open();
    bool done = false;
    tasks->spawn("shutdown", [](http::Server& s, bool& flag) -> Awaitable<> {
        co_await s.shutdown(std::chrono::steady_clock::now() + 50s);
        flag = true;
    }(*server, done));
    settle();
    EXPECT_FALSE(done);
    user.write("bye");
    user.stream->close();
    EXPECT_EQ(run(client.rest()), "3\r\nbye\r\n0\r\n\r\n");
    client.socket().close();
    run(until([&done] { return done; }));
}

TEST_F(StreamEnds, AShutdownCutsThemAtItsDeadline) {
    start();
    Client client = open();
    user.write(large());
    settle();
    run(server->shutdown(SteadyTime::min()));
    EXPECT_FALSE(user.running);
    EXPECT_EQ(server->stats().streams, 0U);
}

TEST_F(StreamEnds, NoneBeginsInAShutdown) {
    SteadyTimer gate(io.get_executor(), SteadyTime::max());
    handler = [this, &gate](http::Context&) -> Awaitable<http::Response> {
        [[maybe_unused]] const auto [ec] = co_await gate.async_wait(as_result);
        http::Response response;
        response.stream = [this](http::ByteStream& stream) { return serve(stream); };
        co_return response;
    };
    start();
    Client client = connect();
    run(client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    run(until([this] { return server->stats().requests == 1; }));
    tasks->spawn("shutdown", server->shutdown(std::chrono::steady_clock::now() + 50s));
    settle();
    gate.cancel();
    EXPECT_EQ(run(client.answer()).status, 503U);
    EXPECT_EQ(server->stats().streams_begun, 0U);
}

}  // namespace
}  // namespace confcast::test
