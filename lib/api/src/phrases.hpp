// The rules and reasons that errors carry are written once, in English, where they are found. Here is their Chinese.
#pragma once

#include <optional>
#include <string_view>

namespace confcast::api {

/// nullopt for a text that is not a known phrase (a key, a number, a store's own words): it is shown as it is.
std::optional<std::string_view> phrase_zh(std::string_view english);

}  // namespace confcast::api
