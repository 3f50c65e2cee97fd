// JSON text for the answers that are written by hand (RFC 8259).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace confcast::api {

/// `"…"`, escaped, `<`, `>` and `&` with the rest. Bytes that are not UTF-8 are shown as \xNN, so that what is appended
/// is always valid JSON.
void append_json_string(std::string& out, std::string_view text);
void append_json_number(std::string& out, std::int64_t number);

}  // namespace confcast::api
