#include "confcast/base/base64.hpp"

#include <array>
#include <cstdint>

namespace confcast {
namespace {

constexpr std::string_view standard_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using Inverse = std::array<int, 256>;

constexpr Inverse invert(std::string_view alphabet) {
    Inverse inverse{};
    inverse.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        inverse[static_cast<unsigned char>(alphabet[i])] = static_cast<int>(i);
    return inverse;
}

// `text` without padding.
std::optional<std::string> decode(std::string_view text, const Inverse& inverse) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const int digit = inverse[static_cast<unsigned char>(c)];
        if (digit < 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>((bits >> held) & 0xFFU);
    }
    if ((bits & ((1U << held) - 1U)) != 0) return std::nullopt;
    return out;
}

}  // namespace

std::optional<std::string> base64_decode(std::string_view text) {
    static constexpr Inverse inverse = invert(standard_alphabet);
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
    return decode(text, inverse);
}

std::string base64url_encode(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(c);
        held += 8;
        while (held >= 6) {
            held -= 6;
            out += url_alphabet[(bits >> held) & 0x3FU];
        }
    }
    if (held > 0) out += url_alphabet[(bits << (6 - held)) & 0x3FU];
    return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    static constexpr Inverse inverse = invert(url_alphabet);
    return decode(text, inverse);
}

}  // namespace confcast
