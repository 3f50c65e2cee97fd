#include "json_entry.hpp"

#include "bytes.hpp"
#include "confcast/base/utf8.hpp"

namespace confcast::client {
namespace json = boost::json;

std::optional<std::string_view> text_in(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string_view(found->get_string());
}

std::optional<std::int64_t> number_in(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return found->get_int64();
}

std::optional<Entry> entry_from(const json::object& object) {
    const auto key = text_in(object, "key");
    const auto mod_revision = number_in(object, "mod_revision");
    if (!key || key->empty() || !mod_revision) return std::nullopt;
    Entry entry;
    entry.key = *key;
    entry.mod_revision = *mod_revision;
    entry.value = text_in(object, "value").value_or("");
    if (const auto encoding = text_in(object, "encoding")) {
        if (*encoding != "base64") return std::nullopt;
        auto bytes = base64_decode(entry.value);
        if (!bytes) return std::nullopt;
        entry.value = std::move(*bytes);
    }
    entry.content_type = text_in(object, "content_type").value_or("");
    entry.create_revision = number_in(object, "create_revision").value_or(0);
    entry.version = number_in(object, "version").value_or(0);
    entry.updated_at = text_in(object, "updated_at").value_or("");
    entry.author = text_in(object, "author").value_or("");
    entry.message = text_in(object, "message").value_or("");
    entry.ttl = number_in(object, "ttl");
    return entry;
}

namespace {

/// Whether escapes make the text longer than base64 would be: it would not fit where its bytes do.
bool grows(std::string_view text) {
    std::size_t added = 0;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20) added += 5;
        if (c == '"' || c == '\\') added += 1;
    }
    return added > text.size() / 3;
}

}  // namespace

void set_value(json::object& object, std::string_view value) {
    if (is_valid_utf8(value) && !grows(value)) {
        object["value"] = value;
        return;
    }
    object["value"] = base64_encode(value);
    object["encoding"] = "base64";
}

json::object to_json(const Entry& entry) {
    json::object object;
    object["key"] = entry.key;
    set_value(object, entry.value);
    object["content_type"] = entry.content_type;
    object["create_revision"] = entry.create_revision;
    object["mod_revision"] = entry.mod_revision;
    object["version"] = entry.version;
    if (!entry.updated_at.empty()) object["updated_at"] = entry.updated_at;
    if (!entry.author.empty()) object["author"] = entry.author;
    if (!entry.message.empty()) object["message"] = entry.message;
    if (entry.ttl) object["ttl"] = *entry.ttl;
    return object;
}

}  // namespace confcast::client
