// The few pieces of JSON text that hot frames are made of (RFC 8259). Each appends to the caller's string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace confcast::push {

/// `"…"` with what must be escaped escaped. Precondition: valid UTF-8.
void append_json_string(std::string& out, std::string_view utf8);
/// The same for bytes of any origin: those that are not UTF-8 are shown as \xNN (as text: the backslash is escaped).
void append_json_text(std::string& out, std::string_view bytes);
/// `"…"` in base64 with padding (RFC 4648, section 4).
void append_json_base64(std::string& out, std::string_view bytes);
void append_json_number(std::string& out, std::int64_t number);

/// is_valid_utf8 with a quick way through ASCII.
bool is_utf8(std::string_view bytes);

}  // namespace confcast::push
