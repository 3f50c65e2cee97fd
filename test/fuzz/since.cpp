// Positions and cursors: a text is what it was made from, and no other text is taken for it.
#include "confcast/push/hub.hpp"
#include "cursor.hpp"
#include "target.hpp"

FUZZ_TARGET(since) {
    if (const auto since = push::Since::parse(bytes)) {
        demand(since->revision > 0, "a position is positive");
        const std::string text =
            (since->epoch ? since->epoch->to_string() + ":" : std::string()) + std::to_string(since->revision);
        const auto again = push::Since::parse(text);
        demand(again && again->epoch == since->epoch && again->revision == since->revision, "a position stays");
    }
    if (const auto cursor = api::Cursor::parse(bytes)) demand(cursor->to_text() == bytes, "a cursor has one text");
    if (const auto epoch = store::Epoch::parse(bytes)) demand(epoch->to_string() == bytes, "an epoch has one text");
}
