#include "confcast/load/websocket_frame.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace confcast::load {
namespace {

std::string unmask(std::string frame, std::size_t head) {
    auto payload = frame.substr(head + 4);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ frame[head + i % 4]);
    return payload;
}

std::string server_frame(char first, std::string_view payload) {
    std::string bytes{first};
    if (payload.size() < 126) {
        bytes.push_back(static_cast<char>(payload.size()));
    } else {
        bytes.push_back(126);
        bytes.push_back(static_cast<char>(payload.size() >> 8U));
        bytes.push_back(static_cast<char>(payload.size() & 0xFFU));
    }
    return bytes.append(payload);
}

TEST(ClientFrame, IsMaskedInAllThreeLengths) {
    EXPECT_EQ(unmask(client_frame(Opcode::text, "hello"), 2), "hello");
    const std::string medium(300, 'm');
    EXPECT_EQ(unmask(client_frame(Opcode::text, medium), 4), medium);
    const std::string large(70'000, 'l');
    EXPECT_EQ(unmask(client_frame(Opcode::text, large), 10), large);
    EXPECT_EQ(static_cast<unsigned char>(client_frame(Opcode::text, "x")[1]), 0x81U);
    EXPECT_EQ(static_cast<unsigned char>(client_frame(Opcode::text, "x", false)[0]), 0x01U);
}

TEST(FrameReader, FindsFramesInAnySplit) {
    const auto bytes =
        server_frame('\x81', "one") + server_frame('\x89', "") + server_frame('\x81', std::string(200, 'z'));
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        FrameReader reader;
        std::vector<std::string> seen;
        for (std::size_t at = 0; at < bytes.size(); at += piece)
            reader.feed(std::string_view(bytes).substr(at, piece),
                        [&](const Frame& frame) { seen.emplace_back(frame.payload); });
        EXPECT_EQ(seen, (std::vector<std::string>{"one", "", std::string(200, 'z')})) << "in pieces of " << piece;
    }
}

TEST(FrameReader, RefusesMaskedAndReserved) {
    FrameReader reader;
    const auto ignore = [](const Frame&) {};
    EXPECT_THROW(reader.feed(client_frame(Opcode::text, "x"), ignore), std::runtime_error);
    EXPECT_THROW(reader.feed("\xC1\x01x", ignore), std::runtime_error);
}

}  // namespace
}  // namespace confcast::load
