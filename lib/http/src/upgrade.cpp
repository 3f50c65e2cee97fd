#include "confcast/http/upgrade.hpp"

#include <algorithm>

#include "characters.hpp"

namespace confcast::http {
namespace {

bool lists(const Request& request, std::string_view name, std::string_view token) {
    bool found = false;
    for (const Header& header : request.headers)
        if (iequals(header.name, name))
            for_each_element(header.value, [&](std::string_view element) { found |= iequals(element, token); });
    return found;
}

/// Base64 of 16 bytes: 22 digits and two paddings.
bool is_valid_key(std::string_view key) {
    auto digit = [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '/'; };
    return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, digit);
}

}  // namespace

bool wants_upgrade(const Request& request) { return lists(request, "Upgrade", "websocket"); }

Result<> check_upgrade(const Request& request) {
    if (request.method != Method::get || request.version != 11 || !wants_upgrade(request) ||
        !lists(request, "Connection", "upgrade"))
        return Errc::upgrade_required;
    unsigned versions = 0;
    unsigned keys = 0;
    bool good_version = true;
    bool good_key = true;
    for (const Header& header : request.headers) {
        if (iequals(header.name, "Sec-WebSocket-Version")) ++versions, good_version &= header.value == "13";
        if (iequals(header.name, "Sec-WebSocket-Key")) ++keys, good_key &= is_valid_key(header.value);
    }
    if (versions != 1 || !good_version) return Error(Errc::upgrade_required).with("version", "13");
    if (keys != 1 || !good_key) return Error(Errc::invalid_header).with("header", "Sec-WebSocket-Key");
    return {};
}

}  // namespace confcast::http
