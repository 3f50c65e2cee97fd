// The frame reader against another implementation of the same chapter (Beast's stream), on frames that are nearly good;
// and against itself, with the same bytes cut otherwise.
#include <gtest/gtest.h>

#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <random>
#include <string>
#include <vector>

#include "client.hpp"
#include "frame_events.hpp"

namespace confcast::test {
namespace {

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

constexpr unsigned closing = 8;
constexpr std::size_t limit = 600;

using Random = std::mt19937;

std::string random_text(Random& random) {
    static const std::string pieces[] = {"a", "hello ", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF"};
    std::string text;
    for (auto n = random() % 8; n > 0; --n) text += pieces[random() % std::size(pieces)];
    return text;
}

std::string random_data_frame(Random& random) {
    const unsigned pick = random() % 8;
    if (pick == 0) return client_frame(9, std::string(random() % 126, 'p'));
    if (pick == 1) return client_frame(10, random_text(random));
    if (pick == 2) return client_frame(2, std::string(random() % 300, 'b'), random() % 3 != 0);
    if (pick < 5) return client_frame(0, random_text(random), random() % 2 == 0);
    return client_frame(1, random_text(random), random() % 2 == 0);
}

/// Beast takes codes that nobody has (RFC 6455, 7.4.2, ends at 4999), so the code of a close is none of them.
std::string random_close(Random& random) { return client_frame(closing, close_payload(1000 + random() % 16, "bye")); }

std::string random_frames(Random& random) {
    std::string bytes;
    for (auto n = 1 + random() % 6; n > 0; --n) {
        std::string frame = random_data_frame(random);
        if (random() % 16 == 0) frame[random() % frame.size()] = static_cast<char>(random());
        bytes += random() % 30 == 0 ? random_close(random) : frame;
    }
    return bytes;
}

std::vector<std::size_t> random_cuts(Random& random, std::size_t size) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = 0; at < size; at += cuts.back()) cuts.push_back(1 + random() % 20);
    return cuts;
}

/// As outcome_of() says it.
class Peer {
  public:
    explicit Peer(std::string_view bytes) : stream_(io_), client_(io_) {
        stream_.next_layer().connect(client_);
        const std::string request =
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        client_.write_some(boost::asio::buffer(request));
        stream_.accept();
        client_.write_some(boost::asio::buffer(bytes.data(), bytes.size()));
        client_.close();
        stream_.read_message_max(limit);
        stream_.control_callback([this](ws::frame_type kind, beast::string_view payload) {
            if (kind != ws::frame_type::close)
                out_ += (kind == ws::frame_type::ping ? "ping:" : "pong:") + std::string(payload) + " ";
        });
    }
    std::string outcome() {
        for (;;) {
            beast::flat_buffer buffer;
            beast::error_code ec;
            stream_.read(buffer, ec);
            if (ec == ws::error::closed) return out_ + closed();
            if (ec == boost::asio::error::eof) {
                is_cut_off_ = true;
                return out_;
            }
            if (ec) return out_ + failure(ec);
            out_ += stream_.got_text() ? "text:" : "binary:";
            out_ += beast::buffers_to_string(buffer.data()) + " ";
        }
    }

    /// The bytes ended inside of a frame.
    bool is_cut_off() const { return is_cut_off_; }

  private:
    std::string closed() const {
        const auto code = static_cast<unsigned>(stream_.reason().code);
        return "close:" + std::to_string(code == 1005 ? 0 : code) + " ";
    }
    static std::string failure(const beast::error_code& ec) {
        if (ec == ws::error::message_too_big) return "failed:1009 ";
        if (ec == ws::error::bad_frame_payload || ec == ws::error::bad_close_payload) return "failed:1007 ";
        if (ec == ws::condition::protocol_violation) return "failed:1002 ";
        return ec.message();
    }

    boost::asio::io_context io_;
    ws::stream<beast::test::stream> stream_;
    beast::test::stream client_;
    std::string out_;
    bool is_cut_off_ = false;
};

bool ends_badly(std::string_view outcome) { return outcome.find("failed:") != std::string_view::npos; }

/// What comes behind a close is not looked at.
std::string up_to_close(std::string outcome) {
    const auto close = outcome.find("close:");
    return close == std::string::npos ? outcome : outcome.substr(0, outcome.find(' ', close) + 1);
}

TEST(FrameReader, FindsWhatAnotherFinds) {
    Random random(20260101);
    unsigned failed = 0;
    unsigned closed = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string bytes = random_frames(random);
        const std::string ours = up_to_close(outcome_of(bytes, limit));
        Peer peer(bytes);
        std::string theirs = peer.outcome();
        // Beast looks at a frame's head when it is whole, we at each byte when it comes: of a head that is cut off and
        // wrong already it says nothing yet.
        if (peer.is_cut_off() && ours == theirs + "failed:1002 ") theirs = ours;
        ASSERT_EQ(ours, theirs) << "round " << round;
        failed += ends_badly(ours);
        closed += ours.find("close:") != std::string::npos;
    }
    EXPECT_GT(failed, 1000U);
    EXPECT_GT(closed, 100U);
}

TEST(FrameReader, FindsTheSameHoweverTheBytesAreCut) {
    Random random(7);
    for (int round = 0; round < 50'000; ++round) {
        const std::string bytes = random_frames(random);
        const std::string whole = outcome_of(bytes, limit);
        ASSERT_EQ(outcome_of(bytes, limit, random_cuts(random, bytes.size())), whole) << "round " << round;
    }
}

}  // namespace
}  // namespace confcast::test
