// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace confcast {

bool is_valid_utf8(std::string_view bytes);

/// Whether there is a control character in it: U+0000..U+001F, U+007F..U+009F. Precondition: valid UTF-8.
bool has_control(std::string_view text);

/// The same bytes with every byte that is not part of valid UTF-8 written as \xNN: safe for logs and JSON.
std::string escape_invalid_utf8(std::string_view bytes);

}  // namespace confcast
