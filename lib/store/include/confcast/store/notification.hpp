// An event that is not a setting, on its way to everybody who has subscribed to its topic.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/base/trace_context.hpp"

namespace confcast::store {

struct Notification {
    std::string topic;      // keeps the rules of keys
    std::string event_id;   // 1..256 bytes of UTF-8 without control characters; names the event within its topic
    std::string timestamp;  // as JSON text, as the publisher said it
    std::string payload;    // as JSON text
    friend bool operator==(const Notification&, const Notification&) = default;
};

inline constexpr std::size_t max_event_id_bytes = 256;

/// The bytes that are kept in the store: text, readable with etcdctl. With the trace that the write belongs to
/// (trace_of()), when there is one.
std::string encode_notification(const Notification& notification,
                                const std::optional<TraceContext>& trace = std::nullopt);
/// nullopt when the bytes are no record of a notification with a topic and an event id that keep their rules.
std::optional<Notification> decode_notification(std::string_view bytes);

/// The rules of event ids. Error: invalid_field (detail "rule").
Result<> check_event_id(std::string_view id);

}  // namespace confcast::store
