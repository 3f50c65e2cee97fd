// WebSocket frames (RFC 6455, section 5) as a client makes and reads them. No socket here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace confcast::load {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct Frame {
    Opcode opcode = Opcode::text;
    bool final = true;
    std::string_view payload;
};

/// A masked frame, as a client must send. The key need not be random here: it protects proxies, not us.
std::string client_frame(Opcode opcode, std::string_view payload, bool final = true);

/// The payload of a close frame.
std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// The frame at the head of `bytes`: how long it is, 0 when it is not all there. Throws std::runtime_error when the
/// frame is masked or uses reserved bits: a server must not.
std::size_t parse_server_frame(std::string_view bytes, Frame& frame);

/// Cuts a stream of bytes into frames; what is incomplete is kept until the rest comes.
class FrameReader {
  public:
    /// Calls on_frame(const Frame&) for each whole frame; payloads are valid during the call.
    template <class OnFrame>
    void feed(std::string_view bytes, OnFrame&& on_frame) {
        if (!rest_.empty()) {
            rest_.append(bytes);
            rest_.erase(0, take(rest_, on_frame));
        } else {
            const auto used = take(bytes, on_frame);
            if (used < bytes.size()) rest_.assign(bytes.substr(used));
        }
        if (rest_.empty() && rest_.capacity() > 4096) rest_ = {};
    }

  private:
    template <class OnFrame>
    static std::size_t take(std::string_view bytes, OnFrame& on_frame) {
        std::size_t used = 0;
        Frame frame;
        while (const auto size = parse_server_frame(bytes.substr(used), frame)) {
            on_frame(static_cast<const Frame&>(frame));
            used += size;
        }
        return used;
    }

    std::string rest_;
};

}  // namespace confcast::load
