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

/// How much of the front is certainly ASCII. Nearly all of what is checked is: eight bytes at a time.
std::size_t ascii_prefix(std::string_view bytes) {
    std::size_t n = 0;
    std::uint64_t eight = 0;
    for (; bytes.size() - n >= sizeof eight; n += sizeof eight) {
        std::memcpy(&eight, bytes.data() + n, sizeof eight);
        if ((eight & 0x8080808080808080U) != 0) break;
    }
    return n;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t ascii = ascii_prefix(bytes);
        bytes.remove_prefix(ascii);
        if (ascii > 0) continue;
        const std::size_t n = sequence(bytes);
        if (n == 0) return false;
        bytes.remove_prefix(n);
    }
    return true;
}

bool Utf8Check::take(std::string_view piece) {
    // What cannot be decided from the front of a character alone (RFC 3629, section 4) is said by its first two bytes.
    while (!piece.empty()) {
        if (wanted_ == 0) {
            const std::size_t ascii = ascii_prefix(piece);
            piece.remove_prefix(ascii);
            if (piece.empty()) return true;
            const auto first = static_cast<unsigned char>(piece.front());
            if (first >= 0x80) {
                if (first < 0xC2 || first > 0xF4) return false;
                wanted_ = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
                least_ = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
                most_ = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            }
        } else {
            const auto next = static_cast<unsigned char>(piece.front());
            if (next < least_ || next > most_) return false;
            --wanted_;
            least_ = 0x80;
            most_ = 0xBF;
        }
        piece.remove_prefix(1);
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
