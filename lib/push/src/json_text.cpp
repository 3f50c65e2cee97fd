#include "json_text.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "confcast/base/utf8.hpp"

namespace confcast::push {
namespace {

constexpr bool must_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

/// Is there a byte in the word that must be escaped? Eight bytes at a time: values are mostly plain text.
bool any_escape(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t highs = 0x8080808080808080U;
    const auto has_zero = [](std::uint64_t v) { return (v - ones) & ~v & highs; };
    const std::uint64_t control = (word - (ones * 0x20U)) & ~word & highs;
    return (control | has_zero(word ^ (ones * '"')) | has_zero(word ^ (ones * '\\'))) != 0;
}

std::size_t plain_prefix(std::string_view s) {
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) <= s.size(); i += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, s.data() + i, sizeof word);
        if (any_escape(word)) break;
    }
    while (i < s.size() && !must_escape(static_cast<unsigned char>(s[i]))) ++i;
    return i;
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += hex[static_cast<unsigned char>(c) >> 4U];
            out += hex[static_cast<unsigned char>(c) & 15U];
    }
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
    out += '"';
    while (!utf8.empty()) {
        const std::size_t plain = plain_prefix(utf8);
        out.append(utf8.substr(0, plain));
        utf8.remove_prefix(plain);
        if (utf8.empty()) break;
        append_escape(out, utf8.front());
        utf8.remove_prefix(1);
    }
    out += '"';
}

void append_json_text(std::string& out, std::string_view bytes) {
    if (is_utf8(bytes))
        append_json_string(out, bytes);
    else
        append_json_string(out, escape_invalid_utf8(bytes));
}

void append_json_base64(std::string& out, std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
    out.reserve(out.size() + ((bytes.size() + 2) / 3 * 4) + 2);
    out += '"';
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t three = (byte(i) << 16U) | (byte(i + 1) << 8U) | byte(i + 2);
        out += digits[three >> 18U];
        out += digits[(three >> 12U) & 63U];
        out += digits[(three >> 6U) & 63U];
        out += digits[three & 63U];
    }
    if (const std::size_t left = bytes.size() - i; left != 0) {
        const std::uint32_t last = (byte(i) << 16U) | (left == 2 ? byte(i + 1) << 8U : 0U);
        out += digits[last >> 18U];
        out += digits[(last >> 12U) & 63U];
        out += left == 2 ? digits[(last >> 6U) & 63U] : '=';
        out += '=';
    }
    out += '"';
}

void append_json_number(std::string& out, std::int64_t number) {
    std::array<char, 24> text{};
    const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), number);
    out.append(text.data(), end);
}

bool is_utf8(std::string_view bytes) {
    constexpr std::uint64_t highs = 0x8080808080808080U;
    while (bytes.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        if ((word & highs) != 0) break;
        bytes.remove_prefix(sizeof word);
    }
    return is_valid_utf8(bytes);
}

}  // namespace confcast::push
