// A template cut into pieces: plain text, and the words of each action. White space that a dash asks for is gone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "template.hpp"

namespace confcast::cli::templates {

struct Word {
    enum class Kind : std::uint8_t { name, field, string };
    Kind kind = Kind::name;
    std::string text;  // of a string: without its quotes and escapes; of a field: without its dot
    Place place;
};

/// Text, or an action with at least one word.
struct Piece {
    Place place;
    std::string text;
    std::vector<Word> words;  // empty = this is text
};

Result<std::vector<Piece>> split(std::string_view text);

}  // namespace confcast::cli::templates
