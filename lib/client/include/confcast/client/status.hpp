// How the client's one stream stands.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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
    /// The filters reach beyond what may be read: the globs that may. What lies outside does not exist here.
    std::optional<std::vector<std::string>> limited_to{};
    /// The server has said that the token ends then (RFC 3339), in less than a minute, and it was not renewed since.
    std::optional<std::string> expires_at{};
};

/// Called when the state changes, at each failed attempt, and when the server says something new of what may be read.
using StatusCallback = std::function<void(const Status&)>;

}  // namespace confcast::client
