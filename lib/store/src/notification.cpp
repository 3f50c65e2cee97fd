#include "confcast/store/notification.hpp"

#include "confcast/base/utf8.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/record.hpp"

namespace confcast::store {
namespace {

constexpr std::string_view header = "confcast-notification 1\n";

}  // namespace

std::string encode_notification(const Notification& notification, const std::optional<TraceContext>& trace) {
    std::string out(header);
    append_line(out, "topic", notification.topic);
    append_line(out, "event-id", notification.event_id);
    append_line(out, "timestamp", notification.timestamp);
    append_line(out, "payload", notification.payload);
    append_trace(out, trace);
    return out;
}

std::optional<Notification> decode_notification(std::string_view bytes) {
    Notification notification;
    const bool good = read_record(bytes, header, [&](std::string_view name, std::string value) {
        if (name == "topic")
            notification.topic = std::move(value);
        else if (name == "event-id")
            notification.event_id = std::move(value);
        else if (name == "timestamp")
            notification.timestamp = std::move(value);
        else if (name == "payload")
            notification.payload = std::move(value);
        return true;
    });
    if (!good || !check_key(notification.topic) || !check_event_id(notification.event_id)) return std::nullopt;
    return notification;
}

Result<> check_event_id(std::string_view id) {
    const auto broken = [](std::string_view rule) { return Error(Errc::invalid_field).with("rule", rule); };
    if (id.empty()) return broken("an event id has at least one byte");
    if (id.size() > max_event_id_bytes) return broken("an event id has at most 256 bytes");
    if (!is_valid_utf8(id)) return broken("an event id is valid UTF-8");
    if (has_control(id)) return broken("an event id has no control characters");
    return {};
}

}  // namespace confcast::store
