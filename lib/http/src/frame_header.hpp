// The header of an unmasked, final server frame (RFC 6455, 5.2), and the short frames that are made whole.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace confcast::http {

enum class FrameKind : std::uint8_t { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

inline std::string frame_header(FrameKind kind, std::uint64_t size) {
    std::string out(1, static_cast<char>(0x80U | static_cast<unsigned>(kind)));
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    out += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126U : 127U);
    for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFFU);
    return out;
}

constexpr std::size_t max_control_payload = 125;  // RFC 6455, 5.5

/// A control frame, made where it is used. A payload is cut to what one may have.
class ControlFrame {
  public:
    ControlFrame(FrameKind kind, std::string_view payload) { begin(kind), add(payload); }
    /// A close frame. Code 0 = without a payload (RFC 6455, 5.5.1).
    ControlFrame(std::uint16_t code, std::string_view reason) {
        begin(FrameKind::close);
        if (code == 0) return;
        const char bytes[] = {static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
        add({bytes, sizeof bytes});
        add(reason);
    }
    std::string_view bytes() const { return {bytes_.data(), size_}; }

  private:
    void begin(FrameKind kind) {
        bytes_[0] = static_cast<char>(0x80U | static_cast<unsigned>(kind));
        bytes_[1] = 0;
    }
    void add(std::string_view payload) {
        payload = payload.substr(0, bytes_.size() - size_);
        std::copy(payload.begin(), payload.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += payload.size();
        bytes_[1] = static_cast<char>(size_ - 2);
    }

    std::array<char, 2 + max_control_payload> bytes_;
    std::size_t size_ = 2;
};

}  // namespace confcast::http
