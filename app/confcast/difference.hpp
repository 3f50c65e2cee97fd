// What differs between two texts, for people.
#pragma once

#include <string>
#include <string_view>

#include "output.hpp"

namespace confcast::cli {

/// Lines that go with '-', lines that come with '+', three lines around them; "" when both are the same. What is not
/// text is only said to differ.
std::string difference_of(const Output& out, std::string_view before, std::string_view after);

}  // namespace confcast::cli
