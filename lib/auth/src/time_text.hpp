// Instants as people write them in files and as JWTs do. What lies beyond what the clock can hold is its far end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/async.hpp"

namespace confcast::auth {

/// A date-time of RFC 3339 in UTC, "2026-11-23T08:00:00Z", with up to nine digits of a second (kept to the
/// millisecond). From 1970 on; no leap second.
std::optional<SystemTime> parse_time(std::string_view text);
/// With milliseconds only where there are some.
std::string format_time(SystemTime time);

/// Rounded down, and brought within what the texts above can say.
SystemTime to_milliseconds(SystemTime time);
/// Seconds since 1970 (a JWT's NumericDate), from the far past to the far future.
SystemTime from_seconds(std::int64_t seconds);

}  // namespace confcast::auth
