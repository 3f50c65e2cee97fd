// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace confcast {

bool is_valid_utf8(std::string_view bytes);

/// The same of a text that comes in pieces, cut anywhere: wrong at the first byte that no text can have there.
class Utf8Check {
  public:
    /// False: not UTF-8, whatever follows.
    bool take(std::string_view piece);
    /// No character has only begun.
    bool is_whole() const { return wanted_ == 0; }

  private:
    std::uint8_t wanted_ = 0;  // bytes of the character that has begun
    std::uint8_t least_ = 0;   // of the next of them
    std::uint8_t most_ = 0;
};

/// Whether there is a control character in it: U+0000..U+001F, U+007F..U+009F. Precondition: valid UTF-8.
bool has_control(std::string_view text);

/// The same bytes with every byte that is not part of valid UTF-8 written as \xNN: safe for logs and JSON.
std::string escape_invalid_utf8(std::string_view bytes);

}  // namespace confcast
