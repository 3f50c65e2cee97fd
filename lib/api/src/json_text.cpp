#include "json_text.hpp"

#include <array>
#include <charconv>

#include "confcast/base/utf8.hpp"

namespace confcast::api {
namespace {

// Markup is escaped too: what a client has sent comes back in errors, and nothing shall take it for a page.
bool stands_for_itself(unsigned char byte) {
    return byte >= 0x20 && byte != '"' && byte != '\\' && byte != '<' && byte != '>' && byte != '&';
}

void append_escaped(std::string& out, std::string_view utf8) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::size_t copied = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (stands_for_itself(byte)) continue;
        out.append(utf8.substr(copied, i - copied));
        copied = i + 1;
        switch (byte) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            default:
                out += "\\u00";
                out += digits[byte >> 4U];
                out += digits[byte & 0xFU];
        }
    }
    out.append(utf8.substr(copied));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    if (is_valid_utf8(text)) {
        append_escaped(out, text);
    } else {
        append_escaped(out, escape_invalid_utf8(text));
    }
    out += '"';
}

void append_json_number(std::string& out, std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end.ptr);
}

}  // namespace confcast::api
