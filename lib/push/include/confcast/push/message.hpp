// One server message, encoded once and shared by every session that takes it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "confcast/store/types.hpp"

namespace confcast::push {

/// How a transport wraps a message's JSON. A message keeps each framing it was asked for.
enum class Framing : std::uint8_t { websocket, sse, ndjson };
inline constexpr std::size_t framing_count = 3;

/// `{"seq_id":…,"type":…,"payload":…}` and its framings. Immutable for everybody but its own cache; loop thread only.
class Message {
  public:
    /// `json` is the whole message. `position` is "<epoch>:<seq_id>" for SSE's id line, "" when seq_id is 0. `retry`,
    /// unless 0, is SSE's line of that name: after how many ms a client that has lost its connection comes back.
    Message(std::string_view type, std::string position, std::string json, std::uint32_t retry = 0)
        : retry_(retry), type_(type), position_(std::move(position)), json_(std::move(json)) {}

    std::string_view type() const { return type_; }
    const std::string& json() const { return json_; }
    /// The bytes that go on the wire: an unmasked final text frame (RFC 6455, 5.2), an SSE event, a line. Made at the
    /// first call, then shared; lives as long as the message.
    const std::string& framed(Framing framing) const;

  private:
    std::uint32_t retry_;
    std::string type_;
    std::string position_;
    std::string json_;
    mutable std::array<std::string, framing_count> framed_;
};
using MessagePtr = std::shared_ptr<const Message>;

}  // namespace confcast::push
