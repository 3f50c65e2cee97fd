#include "confcast/push/message.hpp"

#include <gtest/gtest.h>

#include "confcast/push/hub.hpp"

namespace confcast::push {
namespace {

Message of_size(std::size_t size) { return {"update", "", std::string(size, 'x')}; }

std::string header(const Message& message) {
    const std::string& frame = message.framed(Framing::websocket);
    return frame.substr(0, frame.size() - message.json().size());
}

TEST(Message, WebSocketFrameIsOneFinalUnmaskedTextFrame) {
    const Message message("pong", "", "{}");
    EXPECT_EQ(message.framed(Framing::websocket), "\x81\x02{}");
}

TEST(Message, WebSocketLengthIsInItsShortestForm) {
    EXPECT_EQ(header(of_size(0)), std::string("\x81\x00", 2));
    EXPECT_EQ(header(of_size(125)), "\x81\x7d");
    EXPECT_EQ(header(of_size(126)), std::string("\x81\x7e\x00\x7e", 4));
    EXPECT_EQ(header(of_size(0xFFFF)), "\x81\x7e\xff\xff");
    EXPECT_EQ(header(of_size(0x10000)), std::string("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}

TEST(Message, SseEventHasIdTypeAndData) {
    const Message message("update", "00000000000000aa:7", R"({"seq_id":7})");
    EXPECT_EQ(message.framed(Framing::sse), "id: 00000000000000aa:7\nevent: update\ndata: {\"seq_id\":7}\n\n");
}

TEST(Message, SseEventWithoutPositionClearsTheBrowsersLastEventId) {
    const Message message("snapshot", "", "{}");
    EXPECT_EQ(message.framed(Framing::sse), "id\nevent: snapshot\ndata: {}\n\n");
}

TEST(Message, SseEventMaySayWhenToComeBack) {
    const Message message("goaway", "", "{}", 1500);
    EXPECT_EQ(message.framed(Framing::sse), "retry: 1500\nid\nevent: goaway\ndata: {}\n\n");
    EXPECT_EQ(message.framed(Framing::ndjson), "{}\n");
}

TEST(Message, NdjsonIsALine) { EXPECT_EQ(Message("pong", "", "{}").framed(Framing::ndjson), "{}\n"); }

TEST(Message, FramingIsMadeOnce) {
    const Message message("pong", "", "{}");
    EXPECT_EQ(message.framed(Framing::sse).data(), message.framed(Framing::sse).data());
    EXPECT_EQ(message.framed(Framing::websocket).data(), message.framed(Framing::websocket).data());
}

TEST(Since, ReadsARevisionWithAndWithoutEpoch) {
    const auto plain = Since::parse("42");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->revision, 42);
    EXPECT_FALSE(plain->epoch);
    const auto full = Since::parse("00000000000000ab:9223372036854775807");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->revision, INT64_MAX);
    EXPECT_EQ(full->epoch, feed::Epoch{0xab});
}

TEST(Since, RefusesEverythingElseAndSaysWhy) {
    for (const char* text : {"", "-1", "1x", " 1", "+1", "0x1", "9223372036854775808", ":", "1:", ":1", "ab:1",
                             "00000000000000AB:1", "00000000000000ab:", "00000000000000ab:-1", "1:2:3", "\xff"}) {
        const auto since = Since::parse(text);
        ASSERT_FALSE(since) << text;
        EXPECT_EQ(since.error().code(), Errc::invalid_since);
        EXPECT_NE(since.error().detail("reason"), "");
    }
}

TEST(Since, ZeroIsNoPosition) {
    EXPECT_FALSE(Since::parse("0"));
    const auto zero = Since::parse("00000000000000ab:0");
    ASSERT_FALSE(zero);
    EXPECT_EQ(zero.error().detail("reason"), "0 is not a position: resume without since");
}

}  // namespace
}  // namespace confcast::push
