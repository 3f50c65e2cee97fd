// Peers of a WebSocket that are slow, silent or gone: who is waited for, and who is not.
#include "websocket_fixture.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;
using http::FrameKind;

class WebSocketPeers : public WebSockets {
  protected:
    /// A client whose own kernel takes little.
    Client open_small() {
        Client client = connect();
        client.socket().set_option(asio::socket_base::receive_buffer_size(32 << 10));
        EXPECT_EQ(run(client.upgrade()).status, 101U);
        run(until([this] { return user.running; }));
        return client;
    }
    /// A write in flight; the frame lives as long as the test.
    void write(std::size_t size) {
        frame_ = http::frame_header(FrameKind::binary, size) + std::string(size, 'x');
        const std::string_view frames[] = {frame_};
        user.write(frames);
        settle();
    }
    std::size_t frame_size() const { return frame_.size(); }

  private:
    std::string frame_;
};

TEST_F(WebSocketPeers, ThatTakeNothingAreCut) {
    start();
    Client client = open();
    const std::string frame = http::frame_header(FrameKind::binary, 32U << 20U) + std::string(32U << 20U, 'x');
    const std::string_view frames[] = {frame};
    user.write(frames);
    settle();
    pass(options.write_timeout - 1ms);
    settle();
    EXPECT_TRUE(user.running);
    pass(1ms);
    expect_ended();
    EXPECT_EQ(server->stats().timeouts, 1U);
}

TEST_F(WebSocketPeers, ThatTakeSlowlyAreNotCut) {
    options.pong_timeout = 24h;  // of its own kernel's buffer it takes as slowly, with the ping in it
    start();
    Client client = open();
    const std::string body(16U << 20U, 'x');
    const std::string frame = http::frame_header(FrameKind::binary, body.size()) + body;
    const std::string_view frames[] = {frame};
    user.write(frames);
    std::string dropped(1U << 20U, ' ');
    std::size_t got = 0;
    while (got < frame.size()) {
        pass(options.write_timeout / 4);
        ASSERT_TRUE(user.running) << got;
        got += client.read_now(asio::buffer(dropped));
        settle();
    }
    EXPECT_EQ(user.written, 1U);
}

TEST_F(WebSocketPeers, PingWhenNothingComesAndTakeAnyAnswer) {
    start();
    Client client = open();
    pass(24'999ms);
    pass(1ms);
    EXPECT_EQ(next(client).opcode, ping);
    run(client.send_frame(pong, ""));
    settle();
    pass(24s);
    run(client.send_frame(text, "talk"));
    EXPECT_EQ(next(client).payload, "talk");
    settle();
    pass(24s);
    run(client.send_frame(pong, "unasked"));
    settle();
    pass(25s);
    EXPECT_EQ(next(client).opcode, ping);
}

TEST_F(WebSocketPeers, CloseWhenTheHeartbeatIsMissed) {
    start();
    Client client = open();
    pass(25s);
    EXPECT_EQ(next(client).opcode, ping);
    pass(9'999ms);
    settle();
    pass(1ms);
    const Frame frame = next(client);
    EXPECT_EQ(frame.close_code(), 4008U);
    settle();
    EXPECT_TRUE(user.running);
    pass(5s);  // it does not answer the close either
    expect_ended();
}

// The kernel has the whole write, and the ping behind it: it is not stalled, and the peer cannot have seen the ping.
TEST_F(WebSocketPeers, AreWaitedForWhileThePingLiesBehindWhatTheyTakeSlowly) {
    options.max_unsent = 1U << 20U;
    start();
    Client client = open_small();
    write(400'000);
    run(until([this] { return user.written == 1; }));
    pass(25s);
    std::string dropped(32U << 10U, ' ');
    for (std::size_t got = 0; got < frame_size();) {
        got += client.read_now(asio::buffer(dropped, std::min(dropped.size(), frame_size() - got)));
        settle();
        pass(3s);
        ASSERT_EQ(server->stats().timeouts, 0U) << got;
    }
    EXPECT_EQ(next(client).opcode, ping);
}

TEST_F(WebSocketPeers, AreWaitedForWhenTheyHaveBeenBehindSinceThePing) {
    start();
    Client client = open_small();
    pass(25s);
    write(4U << 20U);
    EXPECT_EQ(user.written, 0U) << "it is not behind: the test tests nothing";
    EXPECT_EQ(next(client).opcode, ping);
    EXPECT_EQ(run(client.take(frame_size())).size(), frame_size());
    run(until([this] { return user.written == 1; }));
    pass(10s);
    settle();
    EXPECT_EQ(server->stats().timeouts, 0U);
    pass(25s);
    EXPECT_EQ(next(client).opcode, ping);
    pass(10s);
    EXPECT_EQ(next(client).close_code(), 4008U) << "this one it has seen";
}

TEST_F(WebSocketPeers, AreNotWaitedForWhenTheyAcceptNothing) {
    options.max_unsent = 1U << 20U;
    start();
    Client client = open_small();
    write(400'000);
    run(until([this] { return user.written == 1; }));
    // What its own kernel takes at first counts as progress.
    for (std::uint64_t before = 0, now = 1; now > before; settle())
        before = std::exchange(now, user.socket->bytes_accepted());
    EXPECT_LT(user.socket->bytes_accepted(), frame_size());
    pass(25s);
    pass(9'999ms);
    EXPECT_EQ(server->stats().timeouts, 0U);
    pass(1ms);
    EXPECT_EQ(server->stats().timeouts, 1U);
    pass(5s);
    expect_ended();
}

TEST_F(WebSocketPeers, AreSeenToAcceptWhatTheyHaveRead) {
    start();
    Client client = open();
    const std::uint64_t before = user.socket->bytes_accepted();
    write(100'000);
    EXPECT_EQ(next(client).payload.size(), 100'000U);
    run(until([&] { return user.socket->bytes_accepted() >= before + frame_size(); }));
}

TEST_F(WebSocketPeers, ThatSayTooMuchAreReadNoFaster) {
    options.websocket_rate = 1'000;
    options.websocket_burst = 3;
    user.echoes = false;
    start();
    Client client = open();
    std::string all;
    for (char c = 'a'; c <= 'g'; ++c) all += client_frame(text, std::string(1, c));
    run(client.send(all));
    run(until([this] { return user.messages.size() == 7; }));
    std::string heard;
    for (const User::Message& message : user.messages) heard += message.data;
    EXPECT_EQ(heard, "abcdefg") << "none is lost";
    EXPECT_EQ(server->stats().messages_held, 4U);
}

// Each ping has its pong, and none is kept here for one who does not read: what he goes on sending waits in the kernel.
TEST_F(WebSocketPeers, ThatPingAndDoNotReadAreNotReadEither) {
    user.echoes = false;
    start();
    Client client = open_small();
    write(4U << 20U);
    EXPECT_EQ(user.written, 0U) << "it is not behind: the test tests nothing";
    const std::string pings = client_frame(ping, std::string(125, 'p'));
    for (int i = 0; i < 100; ++i) run(client.send(pings));
    run(client.send_frame(text, "behind them"));
    settle();
    EXPECT_TRUE(user.messages.empty());
    EXPECT_EQ(run(client.take(frame_size())).size(), frame_size());
    for (int i = 0; i < 100; ++i) EXPECT_EQ(next(client).opcode, pong) << i;
    run(until([this] { return user.messages.size() == 1; }));
    EXPECT_EQ(user.messages.front().data, "behind them");
}

TEST_F(WebSocketPeers, ThatAreHeldBackAreCutWithTheServer) {
    options.websocket_rate = 1;
    options.websocket_burst = 1;
    user.echoes = false;
    start();
    Client client = open();
    std::string all;
    for (int i = 0; i < 100; ++i) all += client_frame(text, "x");
    run(client.send(all));
    run(until([this] { return server->stats().messages_held > 0; }));
    run(server->shutdown(std::chrono::steady_clock::now()));
    EXPECT_EQ(server->stats().websockets, 0U);
}

}  // namespace
}  // namespace confcast::test
