#include "server_message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "confcast/base/utf8.hpp"
#include "json_entry.hpp"

namespace confcast::client {
namespace json = boost::json;

namespace {

using Content = decltype(ServerMessage::content);

const json::array* array_in(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    return found != nullptr ? found->if_array() : nullptr;
}

/// False when there is something else under that name.
bool read_limit(const json::object& payload, LimitedTo& limited_to) {
    if (!payload.contains("limited_to")) return true;
    const json::array* globs = array_in(payload, "limited_to");
    if (globs == nullptr) return false;
    limited_to.emplace();
    for (const json::value& glob : *globs) {
        if (!glob.is_string()) return false;
        limited_to->emplace_back(glob.get_string());
    }
    return true;
}

std::optional<Content> welcome_from(const json::object& payload) {
    const auto epoch = text_in(payload, "epoch");
    const auto resume = text_in(payload, "resume");
    if (!epoch || epoch->empty() || !resume) return std::nullopt;
    Welcome welcome;
    welcome.session = text_in(payload, "session").value_or("");
    welcome.epoch = *epoch;
    welcome.resume = *resume;
    welcome.reason = text_in(payload, "reason").value_or("");
    if (!read_limit(payload, welcome.limited_to)) return std::nullopt;
    return welcome;
}

std::optional<Content> page_from(const json::object& payload) {
    const json::array* entries = array_in(payload, "entries");
    const json::value* more = payload.if_contains("more");
    if (entries == nullptr || more == nullptr || !more->is_bool()) return std::nullopt;
    SnapshotPage page;
    page.more = more->get_bool();
    page.entries.reserve(entries->size());
    for (const json::value& element : *entries) {
        auto entry = element.is_object() ? entry_from(element.get_object()) : std::nullopt;
        if (!entry) return std::nullopt;
        page.entries.push_back(std::move(*entry));
    }
    return page;
}

std::optional<Content> update_from(const json::object& payload) {
    const json::array* events = array_in(payload, "events");
    if (events == nullptr) return std::nullopt;
    Update update;
    update.coalesced_from = number_in(payload, "coalesced_from");
    update.events.reserve(events->size());
    for (const json::value& element : *events) {
        const json::object* object = element.if_object();
        if (object == nullptr) return std::nullopt;
        const auto op = text_in(*object, "op");
        auto entry = entry_from(*object);
        if (!entry || !op || (*op != "put" && *op != "delete")) return std::nullopt;
        update.events.push_back({std::move(*entry), *op == "put" ? Event::Op::put : Event::Op::del});
    }
    return update;
}

std::optional<Content> filters_from(const json::object& payload, bool subscribed) {
    InForce in_force;
    in_force.subscribed = subscribed;
    using Kind = std::pair<const char*, FilterKind>;
    for (const auto& [name, kind] :
         {Kind{"keys", FilterKind::key}, Kind{"prefixes", FilterKind::prefix}, Kind{"globs", FilterKind::glob}}) {
        const json::array* texts = array_in(payload, name);
        if (texts == nullptr) return std::nullopt;
        for (const json::value& text : *texts) {
            if (!text.is_string()) return std::nullopt;
            in_force.filters.insert({kind, std::string(text.get_string())});
        }
    }
    if (!read_limit(payload, in_force.limited_to)) return std::nullopt;
    return in_force;
}

std::optional<Content> access_from(const json::object& payload) {
    Access access;
    access.id = number_in(payload, "id").value_or(0);
    access.status = text_in(payload, "status").value_or("");
    if (const auto at = text_in(payload, "expires_at")) access.expires_at = std::string(*at);
    const json::value* snapshot = payload.if_contains("snapshot");
    access.snapshot = snapshot != nullptr && snapshot->is_bool() && snapshot->get_bool();
    if (!read_limit(payload, access.limited_to)) return std::nullopt;
    return access;
}

Content refusal_from(const json::object& payload) {
    Refused refused;
    refused.id = number_in(payload, "id").value_or(0);
    refused.failure.kind = FailureKind::answered;
    refused.failure.code = static_cast<std::int32_t>(number_in(payload, "code").value_or(0));
    refused.failure.message = text_in(payload, "message").value_or("");
    if (const json::value* data = payload.if_contains("data"); data != nullptr && !data->is_null())
        refused.failure.data = json::serialize(*data);
    return refused;
}

std::optional<Content> content_from(std::string_view type, const json::object& payload) {
    if (type == "welcome") return welcome_from(payload);
    if (type == "snapshot") return page_from(payload);
    if (type == "update") return update_from(payload);
    if (type == "bookmark") return Bookmark{};
    if (type == "subscribed") return filters_from(payload, true);
    if (type == "unsubscribed") return filters_from(payload, false);
    if (type == "access") return access_from(payload);
    if (type == "error") return refusal_from(payload);
    if (type == "goaway") {
        const std::chrono::milliseconds after(number_in(payload, "reconnect_after_ms").value_or(0));
        return GoAway{std::string(text_in(payload, "reason").value_or("")), after};
    }
    return Other{};
}

json::array texts_of(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

std::string filters_message(std::string_view type, std::int64_t id, const FilterSet& set) {
    const Filters filters = set.to_filters();
    return json::serialize(json::object{{"type", json::string(type)},
                                        {"id", id},
                                        {"payload",
                                         {{"keys", texts_of(filters.keys)},
                                          {"prefixes", texts_of(filters.prefixes)},
                                          {"globs", texts_of(filters.globs)}}}});
}

}  // namespace

std::optional<ServerMessage> parse_server_message(std::string_view text) {
    boost::system::error_code error;
    const json::value document = json::parse(text, error);
    const json::object* object = error ? nullptr : document.if_object();
    if (object == nullptr) return std::nullopt;
    const auto seq_id = number_in(*object, "seq_id");
    const auto type = text_in(*object, "type");
    const json::value* payload = object->if_contains("payload");
    if (!seq_id || *seq_id < 0 || !type || payload == nullptr || !payload->is_object()) return std::nullopt;
    auto content = content_from(*type, payload->get_object());
    if (!content) return std::nullopt;
    return ServerMessage{*seq_id, std::move(*content)};
}

std::string subscribe_message(std::int64_t id, const FilterSet& filters) {
    return filters_message("subscribe", id, filters);
}

std::string unsubscribe_message(std::int64_t id, const FilterSet& filters) {
    return filters_message("unsubscribe", id, filters);
}

std::string auth_message(std::int64_t id, std::string_view token) {
    return json::serialize(json::object{{"type", "auth"}, {"id", id}, {"payload", {{"token", json::string(token)}}}});
}

std::string ack_message(Revision seq_id, bool failed, std::string_view key, std::string_view error) {
    json::object payload{{"seq_id", seq_id}, {"status", failed ? "failed" : "applied"}};
    if (!key.empty()) payload["key"] = escape_invalid_utf8(key);
    if (!error.empty()) payload["error"] = escape_invalid_utf8(error.substr(0, 512));
    return json::serialize(json::object{{"type", "ack"}, {"payload", std::move(payload)}});
}

}  // namespace confcast::client
