// The header of an unmasked, final server frame (RFC 6455, 5.2).
#pragma once

#include <cstdint>
#include <string>

namespace confcast::http {

enum class FrameKind : std::uint8_t { text = 1, binary = 2 };

inline std::string frame_header(FrameKind kind, std::uint64_t size) {
    std::string out(1, static_cast<char>(0x80U | static_cast<unsigned>(kind)));
    const int length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
    out += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126U : 127U);
    for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFFU);
    return out;
}

}  // namespace confcast::http
