#include "websocket_transport.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "fake_socket.hpp"

namespace confcast::api {
namespace {

class Session final : public push::TransportEvents {
  public:
    void on_sent() override { ++sent; }
    void on_text(std::string_view text) override { texts.emplace_back(text); }
    void on_binary() override { ++binary; }
    void on_closed() override { ++closed; }
    int binary = 0;
    int sent = 0;
    int closed = 0;
    std::vector<std::string> texts;
};

TEST(WebSocketTransport, KeepsMessagesAliveWhileTheyAreInFlight) {
    asio::io_context io;
    FakeSocket socket(io);
    socket.held = true;
    Session session;
    WebSocketTransport transport(socket);
    transport.attach(session);
    auto message = std::make_shared<push::Message>("update", "", R"({"a":1})");
    const std::weak_ptr<const push::Message> watched = message;
    const std::vector<push::MessagePtr> batch{std::move(message)};
    EXPECT_FALSE(transport.send(batch));
    const_cast<std::vector<push::MessagePtr>&>(batch).clear();
    EXPECT_FALSE(watched.expired());
    EXPECT_EQ(socket.messages, std::vector<std::string>{R"({"a":1})"});
    transport.on_written();
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(session.sent, 1);
}

TEST(WebSocketTransport, KeepsNothingOfWhatTheKernelHasAtOnce) {
    asio::io_context io;
    FakeSocket socket(io);
    socket.at_once = true;
    Session session;
    WebSocketTransport transport(socket);
    transport.attach(session);
    auto message = std::make_shared<push::Message>("update", "", R"({"a":1})");
    const std::weak_ptr<const push::Message> watched = message;
    {
        const std::vector<push::MessagePtr> batch{std::move(message)};
        EXPECT_TRUE(transport.send(batch));
    }
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(session.sent, 0);
}

TEST(WebSocketTransport, TellsItsSessionOfItsEnd) {
    asio::io_context io;
    FakeSocket socket(io);
    Session session;
    {
        WebSocketTransport transport(socket);
        transport.attach(session);
    }
    EXPECT_EQ(session.closed, 1);
}

TEST(WebSocketTransport, WritesABatchAsOneGatheredWrite) {
    asio::io_context io;
    FakeSocket socket(io);
    socket.held = true;
    Session session;
    WebSocketTransport transport(socket);
    transport.attach(session);
    std::vector<push::MessagePtr> batch;
    for (int i = 0; i < 50; ++i)
        batch.push_back(
            std::make_shared<push::Message>("update", "", std::string(static_cast<std::size_t>(i) * 10, 'x')));
    transport.send(batch);
    EXPECT_EQ(socket.writes, 1U);
    EXPECT_EQ(socket.messages.size(), 50U);
    transport.on_written();
    transport.send(std::span(batch).first(1));
    EXPECT_EQ(socket.messages.size(), 51U);
    transport.on_written();
}

TEST(WebSocketTransport, PassesTextOnAndClosesWithTheReasonsCode) {
    asio::io_context io;
    FakeSocket socket(io);
    Session session;
    WebSocketTransport transport(socket);
    transport.attach(session);
    transport.on_message("hello", false);
    transport.on_message("\x01\x02", true);
    EXPECT_EQ(session.texts, (std::vector<std::string>{"hello"}));
    EXPECT_EQ(session.binary, 1);
    transport.close(push::close::come_back);
    EXPECT_EQ(socket.close_code, 1012);
}

}  // namespace
}  // namespace confcast::api
