#include "client_message.hpp"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <initializer_list>

#include "confcast/base/utf8.hpp"
#include "confcast/json/parse.hpp"
#include "confcast/store/layout.hpp"
#include "glob.hpp"

namespace confcast::push {
namespace {

namespace json = boost::json;
using Type = ClientMessage::Type;
using Names = std::initializer_list<std::string_view>;

Error invalid(std::string_view pointer, std::string_view reason) {
    return Error(Errc::invalid_message).with("pointer", pointer).with("reason", reason);
}

Result<> only(const json::object& object, std::string_view pointer, Names allowed) {
    for (const json::key_value_pair& member : object) {
        const std::string_view name(member.key().data(), member.key().size());
        if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) continue;
        const std::string shown(name.substr(0, 64));
        return Error(Errc::unknown_field)
            .with("field", escape_invalid_utf8(shown))
            .with("pointer", std::string(pointer) + '/' + escape_invalid_utf8(shown));
    }
    return {};
}

Result<std::string> read_id(const json::value& id) {
    if (id.is_int64() || id.is_uint64()) return json::serialize(id);
    if (!id.is_string()) return invalid("/id", "an id is a string or a whole number");
    if (id.get_string().size() > max_id_bytes) return invalid("/id", "an id has at most 128 bytes");
    return json::serialize(id);
}

Result<Type> read_type(const json::object& message) {
    const json::value* type = message.if_contains("type");
    if (type == nullptr) return invalid("/type", "the field is missing");
    if (!type->is_string()) return invalid("/type", "it must be a string");
    const json::string& name = type->get_string();
    if (name == "subscribe") return Type::subscribe;
    if (name == "unsubscribe") return Type::unsubscribe;
    if (name == "ping") return Type::ping;
    if (name == "auth") return Type::auth;
    if (name == "ack") return Type::ack;
    return invalid("/type", "it must be subscribe, unsubscribe, ping, auth or ack");
}

Result<> read_texts(const json::object& payload, std::string_view name, std::vector<std::string>& out) {
    const json::value* field = payload.if_contains(name);
    if (field == nullptr) return {};
    const std::string pointer = "/payload/" + std::string(name);
    if (!field->is_array()) return invalid(pointer, "it must be an array of strings");
    for (const json::value& element : field->get_array()) {
        if (!element.is_string()) return invalid(pointer + '/' + std::to_string(out.size()), "it must be a string");
        out.emplace_back(element.get_string());
    }
    return {};
}

Result<> read_filters(const json::object& payload, Filters& filters) {
    if (auto known = only(payload, "/payload", {"keys", "prefixes", "globs", "topics"}); !known) return known;
    if (auto keys = read_texts(payload, "keys", filters.keys); !keys) return keys;
    if (auto prefixes = read_texts(payload, "prefixes", filters.prefixes); !prefixes) return prefixes;
    if (auto globs = read_texts(payload, "globs", filters.globs); !globs) return globs;
    if (auto topics = read_texts(payload, "topics", filters.topics); !topics) return topics;
    // On a live stream "nothing named" is more likely a mistake than a wish for everything, which is the prefix "".
    if (filters.empty())
        return invalid("/payload", "name at least one key, prefix, glob or topic (the prefix \"\" is every setting)");
    return check_filters(filters);
}

Result<> read_text(const json::object& payload, std::string_view name, bool required) {
    const json::value* field = payload.if_contains(name);
    const std::string pointer = "/payload/" + std::string(name);
    if (field == nullptr) {
        if (required) return invalid(pointer, "the field is missing");
        return {};
    }
    if (!field->is_string()) return invalid(pointer, "it must be a string");
    return {};
}

// In whole characters: the text is UTF-8.
std::string text_of(const json::object& payload, std::string_view name) {
    const json::value* field = payload.if_contains(name);
    if (field == nullptr) return {};
    std::string_view text = field->get_string();
    if (text.size() > max_ack_bytes) {
        std::size_t end = max_ack_bytes;
        while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text = text.substr(0, end);
    }
    return std::string(text);
}

Result<> read_ack(const json::object& payload, Ack& ack) {
    if (auto known = only(payload, "/payload", {"seq_id", "status", "key", "error"}); !known) return known;
    const json::value* seq_id = payload.if_contains("seq_id");
    if (seq_id == nullptr) return invalid("/payload/seq_id", "the field is missing");
    if (!seq_id->is_int64() || seq_id->get_int64() < 0)
        return invalid("/payload/seq_id", "it must be a revision: a whole number, not negative");
    if (auto status = read_text(payload, "status", true); !status) return status;
    const json::string& status = payload.at("status").get_string();
    if (status != "applied" && status != "failed") return invalid("/payload/status", "it must be applied or failed");
    if (auto key = read_text(payload, "key", false); !key) return key;
    if (auto error = read_text(payload, "error", false); !error) return error;
    ack = {seq_id->get_int64(), status == "failed", text_of(payload, "key"), text_of(payload, "error"), {}};
    return {};
}

Result<> read_payload(const json::object& payload, ClientMessage& message) {
    switch (message.type) {
        case Type::subscribe:
        case Type::unsubscribe:
            return read_filters(payload, message.filters);
        case Type::ping:
            return only(payload, "/payload", {});
        case Type::auth:
            if (auto known = only(payload, "/payload", {"token"}); !known) return known;
            if (auto token = read_text(payload, "token", true); !token) return token;
            message.token = payload.at("token").get_string();
            return {};
        case Type::ack:
            return read_ack(payload, message.ack);
    }
    return {};
}

Result<ClientMessage> read_message(const json::object& object) {
    if (auto known = only(object, "", {"type", "id", "payload"}); !known) return known.error();
    const auto type = read_type(object);
    if (!type) return type.error();
    ClientMessage message;
    message.type = *type;
    const json::object none;
    const json::value* payload = object.if_contains("payload");
    if (payload != nullptr && !payload->is_object()) return invalid("/payload", "it must be an object");
    if (auto read = read_payload(payload != nullptr ? payload->get_object() : none, message); !read)
        return read.error();
    return message;
}

Error key_error(std::string_view shown, const Error& why) {
    return Error(Errc::invalid_key)
        .with("key", escape_invalid_utf8(shown.substr(0, 64)))
        .with("rule", why.detail("rule"));
}

}  // namespace

ParsedMessage parse_client_message(std::string_view text) {
    std::array<unsigned char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): the resource's space
    json::monotonic_resource memory(buffer.data(), buffer.size());
    const Result<json::value> parsed = json_text::parse(text, max_message_depth, &memory);
    if (!parsed && parsed.error() == Errc::invalid_field)
        return {"", invalid("", "an object has the same member twice")};
    if (!parsed) return {"", parsed.error()};
    const json::value& root = *parsed;
    if (!root.is_object()) return {"", invalid("", "a message is a JSON object")};

    std::string id;
    if (const json::value* field = root.get_object().if_contains("id"); field != nullptr) {
        auto read = read_id(*field);
        if (!read) return {"", read.error()};
        id = std::move(*read);
    }
    return {std::move(id), read_message(root.get_object())};
}

Result<> check_filters(const Filters& filters) {
    for (const std::string& key : filters.keys)
        if (const auto valid = store::check_key(key); !valid) return key_error(key, valid.error());
    // A prefix is good when a key can begin with it.
    for (const std::string& prefix : filters.prefixes)
        if (const auto valid = store::check_key(prefix + 'x'); !valid) return key_error(prefix, valid.error());
    for (const std::string& glob : filters.globs)
        if (const auto valid = check_glob(glob); !valid) return key_error(glob, valid.error());
    for (const std::string& topic : filters.topics)
        if (const auto valid = store::check_key(topic); !valid) return key_error(topic, valid.error());
    return {};
}

}  // namespace confcast::push
