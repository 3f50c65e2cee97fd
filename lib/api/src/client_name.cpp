#include "client_name.hpp"

#include <algorithm>

namespace confcast::api {
namespace {

// Names are for logs, queries and shells: nothing in them needs quotes.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._:/@-").find(c) != std::string_view::npos;
    });
}

Result<push::Label> read_label(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return bad_parameter("label", "it is key:value");
    const std::string_view key = text.substr(0, colon);
    const std::string_view value = text.substr(colon + 1);
    if (key.empty() || key.size() > max_label_key_bytes || !is_plain(key))
        return bad_parameter("label", "its key has 1 to 63 letters, digits or any of . _ / @ -");
    if (value.size() > max_label_value_bytes || !is_plain(value))
        return bad_parameter("label", "its value has at most 128 letters, digits or any of . _ : / @ -");
    return push::Label{std::string(key), std::string(value)};
}

}  // namespace

Result<push::ClientName> read_client_name(const Query& query) {
    push::ClientName name;
    if (const auto id = query.get("client_id")) {
        if (id->empty() || id->size() > max_client_id_bytes || !is_plain(*id))
            return bad_parameter("client_id", "it has 1 to 128 letters, digits or any of . _ : / @ -");
        name.id = *id;
    }
    for (const std::string& text : query.all("label")) {
        if (name.labels.size() == max_labels) return bad_parameter("label", "a client has at most 16 labels");
        Result<push::Label> label = read_label(text);
        if (!label) return label.error();
        if (std::ranges::find(name.labels, label->key, &push::Label::key) != name.labels.end())
            return bad_parameter("label", "each key is given once");
        name.labels.push_back(std::move(*label));
    }
    return name;
}

}  // namespace confcast::api
