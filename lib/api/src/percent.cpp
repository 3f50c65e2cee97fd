#include "percent.hpp"

namespace confcast::api {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Result<std::string> percent_decode(std::string_view raw, std::string_view part) {
    std::size_t percent = raw.find('%');
    if (percent == std::string_view::npos) return std::string(raw);
    std::string out;
    out.reserve(raw.size());
    std::size_t at = 0;
    while (percent != std::string_view::npos) {
        out += raw.substr(at, percent - at);
        const int high = percent + 2 < raw.size() ? hex_digit(raw[percent + 1]) : -1;
        const int low = percent + 2 < raw.size() ? hex_digit(raw[percent + 2]) : -1;
        if (high < 0 || low < 0)
            return Error(Errc::invalid_encoding).with("part", part).with("near", raw.substr(percent, 3));
        out += static_cast<char>(high * 16 + low);
        at = percent + 3;
        percent = raw.find('%', at);
    }
    out += raw.substr(at);
    return out;
}

}  // namespace confcast::api
