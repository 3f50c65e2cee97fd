// What the feed holds: immutable, shared settings and the changes between revisions. Keys here are the user's keys.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "confcast/store/layout.hpp"
#include "confcast/store/notification.hpp"
#include "confcast/store/types.hpp"

namespace confcast::feed {

using store::Epoch;
using store::Revision;

/// One setting at one revision. Never changes once made: State, Journal, snapshots under way and encoders share it.
struct Entry {
    std::string key;
    std::string value;
    Revision create_revision = 0;
    Revision mod_revision = 0;
    std::int64_t version = 0;
    store::Metadata meta;  // empty when there is none that counts
};
using EntryPtr = std::shared_ptr<const Entry>;

/// One event of a revision. `entry` is null for a delete.
struct KeyChange {
    std::string key;
    EntryPtr entry;
    bool is_delete() const { return entry == nullptr; }
};

/// An event that is not a setting: nothing keeps it but the store, as long as its time to live.
struct Notification {
    std::string id;         // names it in the store
    Revision revision = 0;  // that it was made in
    store::Notification content;
    std::string traceparent{};  // of the write that made it; "" when it belongs to no trace
};
using NotificationPtr = std::shared_ptr<const Notification>;

/// In the order in which they are told.
inline bool is_before(const NotificationPtr& a, const NotificationPtr& b) {
    return a->revision != b->revision ? a->revision < b->revision : a->id < b->id;
}

/// All that one revision did, never nothing: to settings, ascending by key, and the notifications that it made,
/// ascending by revision. When this node saw only the result of several revisions (a list in place of the watch): the
/// difference that they made, told at the last one.
struct Change {
    Revision revision = 0;
    std::vector<KeyChange> events;
    bool is_difference = false;
    std::vector<NotificationPtr> notifications{};
    std::string traceparent{};  // of the write that made the events; "" when it belongs to no trace
};
using ChangePtr = std::shared_ptr<const Change>;

/// A node's or a client's place in history.
struct Position {
    Epoch epoch;
    Revision revision = 0;
    friend bool operator==(Position, Position) = default;
};

}  // namespace confcast::feed
