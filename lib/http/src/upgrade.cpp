#include "upgrade.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>

#include "characters.hpp"
#include "confcast/http/upgrade.hpp"

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

struct FreeDigest {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

/// Proves that this is a server that knows of WebSockets, and nothing else: what SHA-1 is worth does not matter.
std::string accept_key(std::string_view key) {
    // Looked up once: for each connection it would be the dearest part.
    static const std::unique_ptr<EVP_MD, FreeDigest> sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr));
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (!sha1 || EVP_Digest(text.data(), text.size(), digest, &size, sha1.get(), nullptr) != 1) throw std::bad_alloc();
    unsigned char digits[2 * EVP_MAX_MD_SIZE];
    const int written = EVP_EncodeBlock(digits, digest, static_cast<int>(size));
    return {digits, digits + written};
}

}  // namespace

std::string upgrade_lines(std::string_view key) {
    std::string lines = "Upgrade: websocket\r\nConnection: Upgrade\r\nServer: confcast\r\nSec-WebSocket-Accept: ";
    lines += accept_key(key);
    lines += "\r\n";
    return lines;
}

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
