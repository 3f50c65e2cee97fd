// How the client's one stream stands.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "confcast/client/entry.hpp"
#include "confcast/client/failure.hpp"

namespace confcast::client {

enum class StreamState : std::uint8_t {
    idle,   // nobody watches
    stale,  // no stream: what was told may be old; the client is trying to come back
    live,   // what was told is what the server knows
    failed  // refused in a way that trying again does not mend: failure says why; Client::reconnect() tries again
};

std::string_view name_of(StreamState state);

struct Status {
    StreamState state = StreamState::idle;
    Position position{};                                  // of what was told
    bool from_file = false;                               // what was told comes from the last-known-good file
    std::string server{};                                 // of the stream, or the last one that was tried
    std::string session{};                                // as the server names the stream
    std::optional<Failure> failure{};                     // why it is stale or failed
    std::optional<std::chrono::milliseconds> retry_in{};  // stale: when the next attempt is
};

/// Called when the state changes, and at each failed attempt.
using StatusCallback = std::function<void(const Status&)>;

}  // namespace confcast::client
