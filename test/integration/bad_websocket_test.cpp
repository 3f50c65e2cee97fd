// Frames and messages that no client should send: each has its answer, and the server goes on.
#include <gtest/gtest.h>

#include <string>

#include "watcher.hpp"

namespace confcast::test {
namespace {

using load::client_frame;
using load::Opcode;

class BadWebSocket : public testing::Test {
  protected:
    /// Sends the bytes on a new stream; the code it is closed with.
    std::uint16_t close_code_after(std::string_view bytes) {
        load::WebSocketClient socket(server_.endpoint(), "/ws?prefix=app/");
        socket.send_raw(bytes);
        while (socket.receive()) {
        }
        return socket.close_code();
    }

    /// Sends a text message on a new stream; the code of the error that answers it. The stream must go on.
    std::int64_t error_after(std::string_view text) {
        Watcher watcher(server_, "prefix=app/");
        watcher.socket().send_text(text);
        const auto error = watcher.next_of("error");
        if (!error) return 0;
        const auto& payload = error->at("payload").as_object();
        EXPECT_TRUE(payload.contains("message") && payload.contains("data")) << json::serialize(*error);
        watcher.socket().send_text(R"({"type":"ping"})");
        EXPECT_TRUE(watcher.next_of("pong")) << "the stream did not go on after " << text;
        return payload.at("code").to_number<std::int64_t>();
    }

    void TearDown() override {
        EXPECT_EQ(server_.http().get("/livez").status, 200U) << server_.output();
        Watcher watcher(server_, "prefix=app/");
        const auto revision = server_.put("app/alive", "yes");
        EXPECT_TRUE(watcher.until([&](const Model& model) { return model.position() >= revision; }));
    }

    Server server_;
};

TEST_F(BadWebSocket, AnUnmaskedFrameIsAProtocolError) {
    EXPECT_EQ(close_code_after(std::string("\x81\x02hi", 4)), 1002);
}

TEST_F(BadWebSocket, ReservedBitsAreAProtocolError) {
    auto frame = client_frame(Opcode::text, "hi");
    frame[0] = static_cast<char>(0xF1);
    EXPECT_EQ(close_code_after(frame), 1002);
}

TEST_F(BadWebSocket, AReservedOpcodeIsAProtocolError) {
    auto frame = client_frame(Opcode::text, "hi");
    frame[0] = static_cast<char>(0x83);
    EXPECT_EQ(close_code_after(frame), 1002);
}

TEST_F(BadWebSocket, AFragmentedPingIsAProtocolError) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::ping, "hi", false)), 1002);
}

TEST_F(BadWebSocket, ALongPingIsAProtocolError) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::ping, std::string(126, 'p'))), 1002);
}

TEST_F(BadWebSocket, AContinuationOfNothingIsAProtocolError) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::continuation, "hi")), 1002);
}

TEST_F(BadWebSocket, ANewMessageInsideAMessageIsAProtocolError) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::text, "a", false) + client_frame(Opcode::text, "b")), 1002);
}

TEST_F(BadWebSocket, ACloseCodeThatMayNotBeSentIsAProtocolError) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::close, load::close_payload(1005))), 1002);
}

TEST_F(BadWebSocket, TextThatIsNotUtf8IsRefused) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::text, "\xC3\x28")), 1007);
}

TEST_F(BadWebSocket, AMessageOverTheLimitIsTooBig) {
    EXPECT_EQ(close_code_after(client_frame(Opcode::text, std::string((64U << 10U) + 1, ' '))), 1009);
}

TEST_F(BadWebSocket, FragmentsOverTheLimitAreTooBigTogether) {
    const std::string part(32U << 10U, ' ');
    EXPECT_EQ(
        close_code_after(client_frame(Opcode::text, part, false) + client_frame(Opcode::continuation, part, false) +
                         client_frame(Opcode::continuation, part)),
        1009);
}

TEST_F(BadWebSocket, ADeclaredLengthOfExabytesIsTooBig) {
    const std::string head("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 14);
    EXPECT_EQ(close_code_after(head), 1009);
}

TEST_F(BadWebSocket, ABinaryMessageIsRefused) {
    load::WebSocketClient socket(server_.endpoint(), "/ws?prefix=app/");
    socket.send_raw(client_frame(Opcode::binary, R"({"type":"ping"})"));
    bool refused = false;
    while (const auto message = socket.receive(std::chrono::seconds{5})) {
        refused = json::parse(*message).at("type").as_string() == "error";
        if (refused) break;
    }
    EXPECT_TRUE(refused || socket.close_code() == 4002 || socket.close_code() == 1003) << socket.close_code();
}

TEST_F(BadWebSocket, AMessageInFragmentsWithAPingBetweenThemIsUnderstood) {
    Watcher watcher(server_, "prefix=app/");
    watcher.socket().send_raw(client_frame(Opcode::text, R"({"type":"subscr)", false) +
                              client_frame(Opcode::ping, "?") +
                              client_frame(Opcode::continuation, R"(ibe","id":"f","payload":)", false) +
                              client_frame(Opcode::continuation, R"({"keys":["x"]}})"));
    EXPECT_TRUE(watcher.next_of("subscribed"));
    EXPECT_EQ(watcher.socket().pongs(), 1U);
}

TEST_F(BadWebSocket, AMessageByteByByteIsUnderstood) {
    Watcher watcher(server_, "prefix=app/");
    for (const char byte : client_frame(Opcode::text, R"({"type":"ping"})")) watcher.socket().send_raw({&byte, 1});
    EXPECT_TRUE(watcher.next_of("pong"));
}

TEST_F(BadWebSocket, MessagesThatCannotBeUnderstoodAreAnsweredWithAnError) {
    EXPECT_EQ(error_after("not json"), 40001);
    EXPECT_EQ(error_after(""), 40001);
    EXPECT_EQ(error_after(std::string(10'000, '[')), 40008);
    for (const auto* text : {"[]", "null", "{}", R"({"type":1})", R"({"type":"nonsense"})"})
        EXPECT_EQ(error_after(text) / 100, 400) << text;
    for (const auto* text :
         {R"({"type":"subscribe"})", R"({"type":"subscribe","payload":[]})",
          R"({"type":"subscribe","payload":{"keys":"a"}})", R"({"type":"subscribe","payload":{"keys":[1]}})",
          R"({"type":"subscribe","payload":{"keys":["/bad//key"]}})",
          R"({"type":"subscribe","payload":{"unknown":[]}})", R"({"type":"ping","unknown":1})",
          R"({"type":"ack","payload":{"seq_id":"x"}})"})
        EXPECT_EQ(error_after(text) / 100, 400) << text;
}

TEST_F(BadWebSocket, MoreFiltersThanTheLimitAreRefused) {
    json::array keys;
    for (int i = 0; i < 101; ++i) keys.emplace_back("k" + std::to_string(i));
    EXPECT_EQ(error_after(json::serialize(json::object{{"type", "subscribe"}, {"payload", {{"keys", keys}}}})), 40014);
}

TEST_F(BadWebSocket, BadUpgradesAreAnsweredInTheEnvelope) {
    const auto refused = [&](const std::string& target) {
        try {
            load::WebSocketClient socket(server_.endpoint(), target);
        } catch (const load::UpgradeRefused& refusal) {
            return code_of(refusal.response);
        }
        return std::int64_t{0};
    };
    EXPECT_EQ(refused("/ws?since=junk"), 40010);
    EXPECT_EQ(refused("/ws?since=-1"), 40010);
    EXPECT_EQ(refused("/ws?since=xyz:5"), 40010);
    EXPECT_EQ(refused("/ws?since=99999999999999999999"), 40010);
    EXPECT_EQ(refused("/ws?key=a//b"), 40004);
    EXPECT_EQ(refused("/ws?unknown=1"), 40002);
    EXPECT_EQ(refused("/ws?fields=nonsense"), 40003);
    EXPECT_EQ(refused("/ws?snapshot=maybe"), 40003);
    std::string many = "/ws?";
    for (int i = 0; i < 101; ++i) many += "key=k" + std::to_string(i) + "&";
    many.pop_back();
    EXPECT_EQ(refused(many), 40014);

    auto http = server_.http();
    EXPECT_EQ(http.get("/ws").status, 426U);
    http.disconnect();
    http.send(
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
        "8\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    const auto old_version = http.receive();
    EXPECT_EQ(old_version.status, 426U);
    EXPECT_EQ(old_version.header("Sec-WebSocket-Version"), "13");
    http.disconnect();
    http.send(
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
        "13\r\n"
        "Sec-WebSocket-Key: short\r\n\r\n");
    EXPECT_EQ(http.receive().status, 400U);
}

TEST_F(BadWebSocket, AFrameBehindTheUpgradeRequestIsNotLost) {
    auto socket = load::Socket::connect(server_.endpoint());
    const auto deadline = load::Clock::now() + std::chrono::seconds{20};
    socket.write_all(load::upgrade_request("/ws?prefix=app/") + client_frame(Opcode::text, R"({"type":"ping"})"),
                     deadline);
    std::string seen;
    std::array<char, 4096> bytes;
    while (seen.find("\"pong\"") == std::string::npos && socket.wait_readable(deadline)) {
        const auto n = socket.read_some(bytes);
        if (n == 0U) break;
        seen.append(bytes.data(), n.value_or(0));
    }
    EXPECT_NE(seen.find("\"pong\""), std::string::npos) << seen;
}

TEST_F(BadWebSocket, ManyClientsThatVanishLeaveNothingBehind) {
    for (int i = 0; i < 200; ++i) {
        auto socket = load::Socket::connect(server_.endpoint());
        socket.write_all(load::upgrade_request("/ws?prefix=app/"), load::Clock::now() + std::chrono::seconds{10});
        socket.reset_on_close();
    }
}

}  // namespace
}  // namespace confcast::test
