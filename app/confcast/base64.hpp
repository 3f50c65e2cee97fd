// RFC 4648, section 4, by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confcast::cli {

std::string to_base64(std::string_view bytes);
/// nullopt unless it is base64 with padding.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace confcast::cli
