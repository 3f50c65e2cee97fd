// What a server says on a stream (docs/push-protocol.md), as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "confcast/client/entry.hpp"
#include "confcast/client/failure.hpp"
#include "filter_set.hpp"

namespace confcast::client {

/// The globs that may be read; unset = all that the filters match.
using LimitedTo = std::optional<std::vector<std::string>>;

struct Welcome {
    std::string session;
    std::string epoch;
    std::string resume;  // none, changes, snapshot
    std::string reason;
    LimitedTo limited_to;
};
struct SnapshotPage {
    std::vector<Entry> entries;
    bool more = false;
};
struct Update {
    std::vector<Event> events;
    std::optional<Revision> coalesced_from;
};
struct Bookmark {};
struct InForce {
    bool subscribed = true;  // or unsubscribed
    FilterSet filters;
    LimitedTo limited_to;
};
/// Of the credential.
struct Access {
    std::int64_t id = 0;
    std::string status;  // renewed, changed, expiring
    std::optional<std::string> expires_at;
    bool snapshot = false;  // something else is to be seen from now on
    LimitedTo limited_to;
};
struct Refused {
    std::int64_t id = 0;
    Failure failure;
};
struct GoAway {
    std::string reason;
    std::chrono::milliseconds reconnect_after{0};
};
struct Other {};  // pong, and what newer servers may say

struct ServerMessage {
    Revision seq_id = 0;
    std::variant<Other, Welcome, SnapshotPage, Update, Bookmark, InForce, Access, Refused, GoAway> content;
};

/// nullopt when it is not one.
std::optional<ServerMessage> parse_server_message(std::string_view text);

// What a client says.

std::string subscribe_message(std::int64_t id, const FilterSet& filters);
std::string unsubscribe_message(std::int64_t id, const FilterSet& filters);
std::string auth_message(std::int64_t id, std::string_view token);
std::string ack_message(Revision seq_id, bool failed, std::string_view key, std::string_view error);

}  // namespace confcast::client
