// JSON text as it was sent: a parser's numbers need not come out as they went in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace confcast::api {

/// The text of the member of that name, without the white space between its tokens. nullopt when no member's name is
/// spelled exactly so (it may be there with escapes). Precondition: `object` is a JSON object, parsed and found good.
std::optional<std::string> raw_member(std::string_view object, std::string_view name);

}  // namespace confcast::api
