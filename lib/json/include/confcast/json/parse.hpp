// JSON text of somebody else's, taken strictly: RFC 8259 and UTF-8, bounded in depth, no member named twice in an
// object (Boost.JSON by itself keeps the last one, and another reader of the same text may keep the first).
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::json_text {

/// The document; its memory is `storage`'s. Errors: malformed_json (details "position" in bytes, "problem"; an empty
/// text, invalid UTF-8 and trailing bytes too), json_too_deep (detail "limit"), invalid_field for a member that an
/// object has twice (detail "name").
Result<boost::json::value> parse(std::string_view text, std::size_t max_depth, boost::json::storage_ptr storage = {});

}  // namespace confcast::json_text
