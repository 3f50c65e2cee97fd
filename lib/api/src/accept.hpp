// What a client takes, by its Accept header (RFC 9110, 12.5.1). Parameters of media types other than q do not matter
// here.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "confcast/http/message.hpp"

namespace confcast::api {

/// The index of the offer that the client likes best: the highest q; among equals the one that is named more exactly,
/// then the one that is named first, then the first offer. nullopt when it takes none, or has no Accept header.
std::optional<std::size_t> best_accepted(const http::Request& request, std::span<const std::string_view> offers);

}  // namespace confcast::api
