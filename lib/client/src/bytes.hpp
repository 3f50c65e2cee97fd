// Base64 with padding (RFC 4648, section 4), and SHA-256: OpenSSL's, under names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confcast::client {

std::string base64_encode(std::string_view bytes);
/// nullopt when it is none.
std::optional<std::string> base64_decode(std::string_view text);

/// 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace confcast::client
