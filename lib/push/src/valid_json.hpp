// Whether bytes that somebody else wrote may go into a message as JSON.
#pragma once

#include <cstddef>
#include <string_view>

namespace confcast::push {

/// One JSON value (RFC 8259) on one line, nested no deeper than this.
bool is_json_line(std::string_view text);
inline constexpr std::size_t max_payload_depth = 32;

}  // namespace confcast::push
