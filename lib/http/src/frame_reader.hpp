// What a WebSocket client sends, from bytes to messages and control frames (RFC 6455, 5). Without I/O: bytes in, frames
// out, however the bytes are cut.
//
// Invariant: nothing is kept but what has come of a frame or a message that is not whole yet, so a reader that waits
// for the next frame is little more than a pointer. No byte is kept because a header has announced it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace confcast::http {

class FrameReader {
  public:
    enum class Kind : std::uint8_t { none, text, binary, ping, pong, close, failed };
    struct Frame {
        Kind kind = Kind::none;
        /// Of a message or a control frame. Valid until the next call, and no longer than the bytes that were given.
        std::string_view data{};
        /// close: the peer's code, 0 when it gave none. failed: what to close with (RFC 6455, 7.4.1).
        std::uint16_t code = 0;
    };

    /// `message_limit`: of a whole message, in bytes; 0 = none.
    explicit FrameReader(std::size_t message_limit);
    ~FrameReader();
    FrameReader(const FrameReader&) = delete;
    FrameReader& operator=(const FrameReader&) = delete;

    /// Takes bytes from the front of `bytes`, which are unmasked where they are, until they make a whole message or
    /// control frame, or are wrong: as soon as that shows, not only when the frame is whole. `none`: all were taken,
    /// more are needed. Precondition: it has not failed.
    Frame next(std::span<char>& bytes);

  private:
    struct Header;
    struct Partial;

    Frame take_header(std::span<char>& bytes, Header& header);
    Frame take_payload(std::span<char>& bytes);
    bool is_message_open() const;
    std::size_t received() const;
    Partial& partial();

    std::size_t limit_;
    std::unique_ptr<Partial> partial_;  // null between two messages
};

}  // namespace confcast::http
