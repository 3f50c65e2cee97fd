#include "client_json.hpp"

#include <algorithm>

#include "confcast/push/entry_json.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace {

std::string_view name_of(push::ClientState state) {
    switch (state) {
        case push::ClientState::waiting:
            return "waiting";
        case push::ClientState::snapshot:
            return "snapshot";
        case push::ClientState::behind:
            return "behind";
        case push::ClientState::live:
            return "live";
        case push::ClientState::closing:
            return "closing";
    }
    return "";
}

void append_name(std::string& out, std::string_view name) {
    if (out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    append_name(out, name);
    append_json_string(out, text);
}

void append_number(std::string& out, std::string_view name, std::int64_t number) {
    append_name(out, name);
    append_json_number(out, number);
}

void append_texts(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
    append_name(out, name);
    out += '[';
    for (const std::string& text : texts) {
        if (out.back() != '[') out += ',';
        append_json_string(out, text);
    }
    out += ']';
}

void append_labels(std::string& out, const std::vector<push::Label>& labels) {
    append_name(out, "labels");
    out += '{';
    for (const push::Label& label : labels) append_text(out, label.key, label.value);
    out += '}';
}

void append_filters(std::string& out, const push::Filters& filters) {
    append_name(out, "filters");
    out += '{';
    append_texts(out, "keys", filters.keys);
    append_texts(out, "prefixes", filters.prefixes);
    append_texts(out, "globs", filters.globs);
    append_texts(out, "topics", filters.topics);
    out += '}';
}

// How far the client's word is behind what it was sent. Without a position it is not known how far that was.
void append_ack(std::string& out, const push::Ack& ack, store::Revision told) {
    append_name(out, "ack");
    out += '{';
    append_number(out, "seq_id", ack.seq_id);
    append_text(out, "status", ack.failed ? "failed" : "applied");
    if (!ack.key.empty()) append_text(out, "key", ack.key);
    if (!ack.error.empty()) append_text(out, "error", ack.error);
    append_name(out, "at");
    push::append_instant(out, ack.at);
    append_number(out, "lag", told == 0 ? 0 : std::max<std::int64_t>(told - ack.seq_id, 0));
    out += '}';
}

}  // namespace

std::string_view name_of(push::Framing transport) {
    switch (transport) {
        case push::Framing::websocket:
            return "websocket";
        case push::Framing::sse:
            return "sse";
        case push::Framing::ndjson:
            return "ndjson";
    }
    return "";
}

void append_client(std::string& out, const push::Client& client) {
    out += '{';
    append_text(out, "id", push::session_name(client.session));
    append_text(out, "address", client.address);
    append_text(out, "transport", name_of(client.transport));
    if (!client.principal.empty()) append_text(out, "principal", client.principal);
    if (!client.name.id.empty()) append_text(out, "client_id", client.name.id);
    append_labels(out, client.name.labels);
    append_filters(out, client.filters);
    append_name(out, "position");
    out += '{';
    append_text(out, "epoch", client.epoch.to_string());
    append_number(out, "seq_id", client.seq_id);
    out += '}';
    append_number(out, "lag", client.lag);
    append_name(out, "connected_since");
    push::append_instant(out, client.since);
    append_number(out, "bytes_sent", static_cast<std::int64_t>(client.bytes_sent));
    append_text(out, "state", name_of(client.state));
    if (client.ack) append_ack(out, *client.ack, client.seq_id);
    out += '}';
}

}  // namespace confcast::api
