// Media types as far as they matter here (RFC 9110, 8.3.1).
#pragma once

#include <string_view>

namespace confcast::api {

inline constexpr std::size_t max_content_type_bytes = 255;

/// type "/" subtype with parameters behind it, visible ASCII, at most max_content_type_bytes.
bool is_media_type(std::string_view text);
/// application/json, whatever its case and parameters.
bool is_json_media_type(std::string_view text);

}  // namespace confcast::api
