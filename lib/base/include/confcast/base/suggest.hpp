// "Did you mean …?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace confcast {

/// The candidate that differs from the word in the fewest letters, "" when none is close.
std::string closest(std::string_view word, std::span<const std::string> candidates);

}  // namespace confcast
