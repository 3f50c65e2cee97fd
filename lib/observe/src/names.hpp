// The rules that names, help texts and labels of metrics keep. Private to the registry.
#pragma once

#include <cstdint>
#include <string_view>

#include "confcast/observe/metrics.hpp"

namespace confcast::observe {

enum class Kind : std::uint8_t { counter, gauge, histogram };

/// Throws std::invalid_argument with a sentence that names the metric when a rule is broken (see Registry).
void check_metric(Kind kind, std::string_view name, std::string_view help, const Labels& labels);

/// The same with what went wrong as an argument: for rules that concern several metrics.
[[noreturn]] void refuse_metric(std::string_view name, std::string_view why);

}  // namespace confcast::observe
