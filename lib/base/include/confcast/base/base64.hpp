// Base64 as it comes from outside (RFC 4648): strict, with padding for values, the URL alphabet without it for
// cursors and credentials.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confcast {

/// nullopt unless `text` is canonical: the alphabet only, full padding, no stray bits (RFC 4648, 3.5).
std::optional<std::string> base64_decode(std::string_view text);

std::string base64url_encode(std::string_view bytes);
/// Without padding; nullopt unless it is what base64url_encode makes.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace confcast
