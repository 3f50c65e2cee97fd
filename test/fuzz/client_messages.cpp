// What a client may say on a stream: what is taken keeps its bounds, and can be echoed as JSON.
#include "client_message.hpp"

#include "confcast/json/parse.hpp"
#include "target.hpp"

FUZZ_TARGET(client_messages) {
    const push::ParsedMessage parsed = push::parse_client_message(bytes);
    if (!parsed.id.empty()) {
        demand(parsed.id.size() <= 6 * push::max_id_bytes + 2,  // each byte escaped, and quotes
               "an id is bounded");
        demand(json_text::parse(parsed.id, push::max_message_depth).has_value(), "an id is JSON");
    }
    if (!parsed.message) return;
    demand(json_text::parse(bytes, push::max_message_depth).has_value(), "a message is JSON, each name once");
    const push::ClientMessage& message = *parsed.message;
    using Type = push::ClientMessage::Type;
    if (message.type == Type::subscribe || message.type == Type::unsubscribe)
        demand(push::check_filters(message.filters).has_value(), "filters keep the rules of keys");
    if (message.type == Type::ack)
        demand(message.ack.key.size() <= push::max_ack_bytes && message.ack.error.size() <= push::max_ack_bytes,
               "an ack is bounded");
}
