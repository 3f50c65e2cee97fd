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

struct Welcome {
    std::string session;
    std::string epoch;
    std::string resume;  // none, changes, snapshot
    std::string reason;
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
    std::variant<Other, Welcome, SnapshotPage, Update, Bookmark, InForce, Refused, GoAway> content;
};

/// nullopt when it is not one.
std::optional<ServerMessage> parse_server_message(std::string_view text);

// What a client says.

std::string subscribe_message(std::int64_t id, const FilterSet& filters);
std::string unsubscribe_message(std::int64_t id, const FilterSet& filters);
std::string auth_message(std::string_view token);
std::string ack_message(Revision seq_id, bool failed, std::string_view key, std::string_view error);

}  // namespace confcast::client
