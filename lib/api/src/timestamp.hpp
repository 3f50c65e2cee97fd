// Instants as clients write them.
#pragma once

#include <string_view>

namespace confcast::api {

/// A date-time of RFC 3339, section 5.6, that exists: "2026-11-23T08:00:00.5Z", "2026-11-23T16:00:00+08:00".
bool is_rfc3339(std::string_view text);

}  // namespace confcast::api
