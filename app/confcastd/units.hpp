// Durations and sizes as people write them on a command line: 500ms, 10s, 5m, 24h; 4096, 64KiB, 1MiB, 2GiB.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace confcast::app {

/// nullopt unless it is a whole number with one of the units ms, s, m, h; or when it overflows.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// nullopt unless it is a whole number, alone (bytes) or with KiB, MiB or GiB; or when it overflows.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// In the largest unit that divides it: what the parsers above read.
std::string to_text(std::chrono::milliseconds duration);
std::string bytes_to_text(std::uint64_t bytes);

}  // namespace confcast::app
