#include "confcast/base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace confcast {
namespace {

bool continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Length of the valid sequence at the front (RFC 3629, section 4), 0 when there is none.
std::size_t sequence(std::string_view s) {
    const auto a = static_cast<unsigned char>(s[0]);
    if (a < 0x80) return 1;
    if (s.size() < 2 || !continuation(s[1])) return 0;
    const auto b = static_cast<unsigned char>(s[1]);
    if (a >= 0xC2 && a <= 0xDF) return 2;
    if (s.size() < 3 || !continuation(s[2])) return 0;
    if (a == 0xE0) return b >= 0xA0 ? 3 : 0;
    if (a == 0xED) return b <= 0x9F ? 3 : 0;
    if (a >= 0xE1 && a <= 0xEF) return 3;
    if (s.size() < 4 || !continuation(s[3])) return 0;
    if (a == 0xF0) return b >= 0x90 ? 4 : 0;
    if (a == 0xF4) return b <= 0x8F ? 4 : 0;
    if (a >= 0xF1 && a <= 0xF3) return 4;
    return 0;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        // Nearly all of what is checked is ASCII: eight bytes at a time.
        std::uint64_t eight = 0;
        if (bytes.size() >= sizeof eight) {
            std::memcpy(&eight, bytes.data(), sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                bytes.remove_prefix(sizeof eight);
                continue;
            }
        }
        const std::size_t n = sequence(bytes);
        if (n == 0) return false;
        bytes.remove_prefix(n);
    }
    return true;
}

bool has_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F) return true;
        // U+0080..U+009F are C2 80..9F.
        if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
    }
    return false;
}

std::string escape_invalid_utf8(std::string_view bytes) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t n = sequence(bytes);
        if (n == 0) {
            const auto byte = static_cast<unsigned char>(bytes[0]);
            out += "\\x";
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        }
        out.append(bytes.substr(0, n));
        bytes.remove_prefix(n == 0 ? 1 : n);
    }
    return out;
}

}  // namespace confcast
