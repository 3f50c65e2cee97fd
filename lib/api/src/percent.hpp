// Percent-decoding of what came in a request target (RFC 3986, 2.1).
#pragma once

#include <string>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::api {

/// The bytes. `+` stays a plus: this is RFC 3986, not a form. Error: invalid_encoding (details "part", "near").
Result<std::string> percent_decode(std::string_view raw, std::string_view part);

}  // namespace confcast::api
