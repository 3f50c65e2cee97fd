#include "confcast/verify/message.hpp"

#include <boost/json.hpp>
#include <stdexcept>

namespace confcast::verify {
namespace {

namespace json = boost::json;

std::int64_t number(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? 0 : value->to_number<std::int64_t>();
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? std::string{} : std::string(value->as_string());
}

Event event_of(const json::object& object) {
    Event event;
    event.is_delete = text_of(object, "op") == "delete";
    event.key = text_of(object, "key");
    event.mod_revision = number(object, "mod_revision");
    if (event.is_delete) return event;
    event.value = fingerprint(text_of(object, "value"));
    event.create_revision = number(object, "create_revision");
    event.version = number(object, "version");
    return event;
}

std::vector<Event> events_of(const json::object& payload, std::string_view name) {
    std::vector<Event> events;
    for (const auto& each : payload.at(name).as_array()) events.push_back(event_of(each.as_object()));
    return events;
}

Message message_of(const json::object& object) {
    using Type = Message::Type;
    Message message;
    message.seq_id = number(object, "seq_id");
    const auto type = text_of(object, "type");
    const auto& payload = object.at("payload").as_object();
    if (type == "welcome") {
        message.type = Type::welcome;
        message.epoch = text_of(payload, "epoch");
        message.resume = text_of(payload, "resume");
        message.reason = text_of(payload, "reason");
    } else if (type == "snapshot") {
        message.type = Type::snapshot;
        message.events = events_of(payload, "entries");
        message.more = payload.at("more").as_bool();
    } else if (type == "update") {
        message.type = Type::update;
        message.events = events_of(payload, "events");
        if (payload.contains("coalesced_from")) message.coalesced_from = number(payload, "coalesced_from");
    } else if (type == "bookmark") {
        message.type = Type::bookmark;
    } else if (type == "goaway") {
        message.type = Type::goaway;
    }
    return message;
}

}  // namespace

Message read_message(std::string_view text) {
    try {
        return message_of(json::parse(json::string_view(text.data(), text.size())).as_object());
    } catch (const std::exception& error) {
        throw std::runtime_error("not a message of the protocol (" + std::string(error.what()) +
                                 "): " + std::string(text.substr(0, 200)));
    }
}

Event read_entry(std::string_view text) {
    try {
        return event_of(json::parse(json::string_view(text.data(), text.size())).as_object());
    } catch (const std::exception& error) {
        throw std::runtime_error("not an entry (" + std::string(error.what()) +
                                 "): " + std::string(text.substr(0, 200)));
    }
}

}  // namespace confcast::verify
