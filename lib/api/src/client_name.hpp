// How a client calls itself in the watch query, and how an operator asks for it: `client_id=` and `label=key:value`.
#pragma once

#include "confcast/push/client.hpp"
#include "query.hpp"

namespace confcast::api {

inline constexpr std::size_t max_client_id_bytes = 128;
inline constexpr std::size_t max_label_key_bytes = 63;
inline constexpr std::size_t max_label_value_bytes = 128;
inline constexpr std::size_t max_labels = 16;

/// Both are optional. Error: invalid_parameter (details "parameter", "rule"): too long, a character that is not
/// allowed, too many labels, a label key twice.
Result<push::ClientName> read_client_name(const Query& query);

}  // namespace confcast::api
