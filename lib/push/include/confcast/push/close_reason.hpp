// Every reason for which a stream is closed, with its code (push-protocol.md). "reconnect" = may the client come back
// by itself?
#pragma once

#include <cstdint>
#include <string_view>

namespace confcast::push {

struct CloseReason {
    std::uint16_t code;
    std::string_view text;
    bool reconnect;
};

namespace close {
inline constexpr CloseReason normal{1000, "bye", false};
inline constexpr CloseReason going_away{1001, "going away", true};
inline constexpr CloseReason not_allowed{1008, "not allowed", false};
inline constexpr CloseReason revoked{1008, "the credential is no longer good", false};
inline constexpr CloseReason dismissed{1008, "closed by an operator", false};
inline constexpr CloseReason message_too_big{1009, "message too big", false};
inline constexpr CloseReason come_back{1012, "server is draining, come back", true};
inline constexpr CloseReason token_expired{4001, "token expired", false};
inline constexpr CloseReason protocol_error{4002, "protocol error", false};
inline constexpr CloseReason too_many_connections{4003, "too many connections", true};
inline constexpr CloseReason heartbeat_missed{4008, "heartbeat missed", true};
inline constexpr CloseReason slow_consumer{4008, "no byte accepted in time", true};
}  // namespace close

}  // namespace confcast::push
