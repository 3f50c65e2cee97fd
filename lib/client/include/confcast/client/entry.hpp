// What a client sees of the settings: entries, and changes of them. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace confcast::client {

using Revision = std::int64_t;

/// A point in a history. Revisions of two epochs cannot be compared.
struct Position {
    std::string epoch;
    Revision revision = 0;  // 0 = none
    /// "<epoch>:<revision>".
    std::string to_string() const { return epoch + ':' + std::to_string(revision); }
    friend bool operator==(const Position&, const Position&) = default;
};

struct Entry {
    std::string key;
    std::string value;  // the bytes, whatever they are
    std::string content_type{};
    Revision create_revision = 0;
    Revision mod_revision = 0;
    std::int64_t version = 0;
    std::string updated_at{};  // RFC 3339, "" when it was written by hand
    std::string author{};
    std::string message{};
    std::optional<std::int64_t> ttl{};  // seconds, as granted
    friend bool operator==(const Entry&, const Entry&) = default;
};

/// What happened to one key. Of a delete only `key` and `mod_revision` are set: the revision that deleted it, or, when
/// it was found to be gone, the one at which that was seen.
struct Event : Entry {
    enum class Op : std::uint8_t { put, del };
    Op op = Op::put;
    bool deleted() const { return op == Op::del; }
    friend bool operator==(const Event&, const Event&) = default;
};

/// What a subscriber is called with.
struct Change {
    enum class Cause : std::uint8_t {
        initial,  // all that matches, once, first; no events = nothing matches
        update,   // one revision's events, or several folded into the latest of each key (coalesced_from)
        snapshot  // the difference to what was known, where the history in between could not be had
    };
    Cause cause = Cause::update;
    Position position;                         // after this change
    std::optional<Revision> coalesced_from{};  // (coalesced_from, position.revision] are folded into this one
    std::vector<Event> events;
};

}  // namespace confcast::client
