// A server message of the push protocol, read out of its JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/verify/history.hpp"

namespace confcast::verify {

struct Message {
    enum class Type : std::uint8_t { welcome, snapshot, update, bookmark, goaway, other };
    Type type = Type::other;
    Revision seq_id = 0;
    std::vector<Event> events;               // of an update; of a snapshot: its entries, as puts
    std::optional<Revision> coalesced_from;  // update
    bool more = false;                       // snapshot
    std::string epoch;                       // welcome
    std::string resume;                      // welcome
    std::string reason;                      // welcome
};

/// Throws std::runtime_error when the text is no message of the protocol.
Message read_message(std::string_view text);
/// One entry as the REST API and snapshots have it: {"key", "value", "mod_revision", …}. Throws std::runtime_error.
Event read_entry(std::string_view text);

}  // namespace confcast::verify
