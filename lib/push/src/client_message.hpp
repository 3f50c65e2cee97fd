// What a client may say on a stream (push-protocol.md, "Client messages"), read by hand so that a refusal names the
// field. Depth and size of what it keeps are bounded.
#pragma once

#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/push/hub.hpp"

namespace confcast::push {

struct ClientMessage {
    enum class Type : std::uint8_t { subscribe, unsubscribe, ping, auth, ack };
    Type type = Type::ping;
    Filters filters;    // of subscribe and unsubscribe: at least one
    Ack ack;            // of ack, but not when
    std::string token;  // of auth
};

struct ParsedMessage {
    std::string id;  // as JSON text, ready to be echoed; "" when there was none (that can be echoed)
    Result<ClientMessage> message;
};

/// No object may have a member twice. Errors: malformed_json ("position", "problem"); json_too_deep (detail "limit");
/// unknown_field ("field", "pointer"); invalid_message
/// ("pointer", "reason"); invalid_key ("key", "rule"). The id is set with an error too, when it could be read.
ParsedMessage parse_client_message(std::string_view text);

/// invalid_key ("key", "rule"): a key, glob or topic breaks the rules of keys (check_glob()), or no key can begin with
/// a prefix.
Result<> check_filters(const Filters& filters);

inline constexpr std::size_t max_message_depth = 8;
inline constexpr std::size_t max_id_bytes = 128;
/// Of an ack's key and error more is not kept.
inline constexpr std::size_t max_ack_bytes = 512;

}  // namespace confcast::push
