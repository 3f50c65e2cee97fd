// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <string>
#include <string_view>

namespace confcast {

bool is_valid_utf8(std::string_view bytes);

/// The same bytes with every byte that is not part of valid UTF-8 written as \xNN: safe for logs and JSON.
std::string escape_invalid_utf8(std::string_view bytes);

}  // namespace confcast
