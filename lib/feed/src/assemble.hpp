// From a store's events to changes of settings: an entry and its metadata record are joined when they are of one
// revision. What a watch makes of a key here, and what a list makes of it (listing.hpp), is the same by construction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "confcast/feed/state.hpp"
#include "confcast/feed/token_records.hpp"
#include "confcast/store/layout.hpp"

namespace confcast::feed {

/// The entry of that key; the value is moved out of `kv`. `record` is the bytes of the metadata record that counts,
/// null when there is none.
EntryPtr make_entry(std::string_view key, store::KeyValue& kv, const std::string* record);

/// Null when the bytes are no notification, or when it is not its first version: then it is known.
NotificationPtr make_notification(std::string_view id, const store::KeyValue& kv);

/// The same entry without metadata: what it becomes when its record is written or removed without it.
EntryPtr without_metadata(const Entry& entry);

/// `record` is nullopt when the token is gone.
struct TokenChange {
    std::string id;
    std::optional<TokenRecord> record;
};

/// What one revision means.
struct Assembled {
    std::vector<KeyChange> events;  // ascending by key; may be empty
    std::vector<EntryPtr> amended;  // entries whose metadata became void: no event
    std::vector<NotificationPtr> notifications;
    std::vector<std::string> expired;  // ids of notifications that the store has no more
    std::vector<TokenChange> tokens;
    std::string traceparent;    // of the write; "" when it belongs to no trace
    std::uint64_t foreign = 0;  // events of keys or notifications that break their rules (written by hand)
};

/// `events` are of one revision, ascending by key, and are moved from; `state` is what was before them.
Assembled assemble(std::span<store::Event> events, const store::Layout& layout, const State& state);

}  // namespace confcast::feed
