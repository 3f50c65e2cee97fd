// What confcast keeps in the store and reads back: anything may stand there, and what it wrote itself comes back as it
// was.
#include <string>

#include "confcast/auth/token.hpp"
#include "confcast/base/utf8.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/notification.hpp"
#include "target.hpp"

namespace confcast::fuzz {
namespace {

constexpr std::string_view id = "0123456789abcdef";

void decode_all(std::string_view bytes) {
    if (const auto metadata = store::decode_metadata(bytes))
        demand(store::decode_metadata(store::encode_metadata(*metadata)) == metadata, "metadata stays what it is");
    if (const auto notification = store::decode_notification(bytes))
        demand(store::decode_notification(store::encode_notification(*notification)) == notification,
               "a notification stays what it is");
    if (const auto token = auth::decode_token(id, bytes))
        demand(auth::decode_token(id, auth::encode_token(*token)) == token, "a token stays what it is");
}

/// Whatever people put into the fields.
void encode_fields(std::string_view bytes) {
    if (!is_valid_utf8(bytes)) return;
    Input input(bytes);
    store::Metadata metadata;
    metadata.content_type = input.line();
    metadata.author = input.line();
    metadata.message = input.rest();
    demand(store::decode_metadata(store::encode_metadata(metadata)) == metadata, "what was written is read");
}

}  // namespace
}  // namespace confcast::fuzz

FUZZ_TARGET(records) {
    decode_all(bytes);
    encode_fields(bytes);
    for (const std::string_view prefix : {"/config/", "/config.confcast/meta/", "/config.confcast/tokens/"}) {
        const auto layout = store::Layout::make("/config/");
        const auto place = layout->place_of(std::string(prefix) + std::string(bytes));
        demand(place.kind == store::Layout::Kind::other || place.key.size() <= bytes.size() + prefix.size(),
               "a place is within the key");
    }
}
