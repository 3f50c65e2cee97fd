#include "wire.hpp"

#include <algorithm>
#include <variant>

#include "confcast/push/client.hpp"
#include "confcast/push/entry_json.hpp"
#include "json_text.hpp"
#include "valid_json.hpp"

namespace confcast::push {
namespace {

// A client that would come back at once would find the server that sends it away.
constexpr std::chrono::milliseconds shortest_retry{250};

std::string begin_message(feed::Revision seq_id, std::string_view type) {
    std::string out;
    out.reserve(256);
    out += "{\"seq_id\":";
    append_json_number(out, seq_id);
    out += ",\"type\":\"";
    out += type;
    out += "\",\"payload\":";
    return out;
}

MessagePtr finish_message(feed::Position at, std::string_view type, std::string text, std::uint32_t retry = 0) {
    text += '}';
    std::string position;
    if (at.revision != 0) {
        position = at.epoch.to_string();
        position += ':';
        append_json_number(position, at.revision);
    }
    return std::make_shared<const Message>(type, std::move(position), std::move(text), retry);
}

std::string_view name_of(Resume resume) {
    switch (resume) {
        case Resume::none:
            return "none";
        case Resume::changes:
            return "changes";
        case Resume::snapshot:
            return "snapshot";
    }
    return "";
}

std::string_view name_of(Reason reason) {
    switch (reason) {
        case Reason::fresh:
            return "fresh";
        case Reason::current:
            return "current";
        case Reason::caught_up:
            return "caught_up";
        case Reason::compacted:
            return "compacted";
        case Reason::epoch_changed:
            return "epoch_changed";
        case Reason::ahead:
            return "ahead";
        case Reason::rights_changed:
            return "rights_changed";
    }
    return "";
}

void append_texts(std::string& out, FilterSpan filters, FilterKind kind) {
    out += '[';
    for (const FilterLink& filter : filters) {
        if (filter.bucket->kind != kind) continue;
        if (out.back() != '[') out += ',';
        append_json_text(out, filter.bucket->text);
    }
    out += ']';
}

void append_limits(std::string& out, const Scope* limited_to) {
    if (limited_to == nullptr) return;
    out += ",\"limited_to\":[";
    for (const std::string& glob : limited_to->names.globs()) {
        if (out.back() != '[') out += ',';
        append_json_text(out, glob);
    }
    out += ']';
}

void append_trace(std::string& out, std::string_view traceparent) {
    if (traceparent.empty()) return;
    out += ",\"traceparent\":";
    append_json_text(out, traceparent);
}

// What is said to be JSON was written into the store by anybody: if it is none, it is told as a text.
void append_json_or_text(std::string& out, std::string_view text) {
    if (is_json_line(text))
        out += text;
    else
        append_json_text(out, text);
}

}  // namespace

MessagePtr encode_welcome(feed::Position at, const Welcome& welcome, const HubOptions& options) {
    std::string out = begin_message(at.revision, "welcome");
    out += R"({"protocol":1,"session":")";
    out += session_name(welcome.session);
    out += R"(","epoch":")";
    out += at.epoch.to_string();
    out += R"(","server":)";
    append_json_text(out, options.server);
    out += R"(,"heartbeat_ms":)";
    append_json_number(out, options.heartbeat.count());
    out += R"(,"resume":")";
    out += name_of(welcome.resume);
    out += R"(","reason":")";
    out += name_of(welcome.reason);
    out += '"';
    append_limits(out, welcome.limited_to);
    out += '}';
    return finish_message(at, "welcome", std::move(out));
}

MessagePtr encode_bookmark(feed::Position at) {
    return finish_message(at, "bookmark", begin_message(at.revision, "bookmark") + "{}");
}

MessagePtr encode_goaway(feed::Position at, std::string_view reason, std::chrono::milliseconds reconnect_after) {
    std::string out = begin_message(at.revision, "goaway");
    out += "{\"reason\":";
    append_json_text(out, reason);
    out += ",\"reconnect_after_ms\":";
    append_json_number(out, reconnect_after.count());
    out += '}';
    const auto retry = std::clamp<std::int64_t>(reconnect_after.count(), shortest_retry.count(), UINT32_MAX);
    return finish_message(at, "goaway", std::move(out), static_cast<std::uint32_t>(retry));
}

MessagePtr encode_page(feed::Position at, std::span<const feed::EntryPtr> entries, bool more, bool meta_only) {
    std::string out = begin_message(at.revision, "snapshot");
    out += "{\"entries\":[";
    for (const feed::EntryPtr& entry : entries) {
        if (out.back() != '[') out += ',';
        append_entry(out, *entry, meta_only);
    }
    out += more ? "],\"more\":true}" : "],\"more\":false}";
    return finish_message(at, "snapshot", std::move(out));
}

MessagePtr encode_notification(feed::Position at, const feed::Notification& notification) {
    const store::Notification& content = notification.content;
    std::string out = begin_message(at.revision, "notification");
    out += "{\"topic\":";
    append_json_text(out, content.topic);
    out += ",\"event_id\":";
    append_json_text(out, content.event_id);
    out += ",\"timestamp\":";
    append_json_or_text(out, content.timestamp);
    out += ",\"payload\":";
    append_json_or_text(out, content.payload);
    out += ",\"revision\":";
    append_json_number(out, notification.revision);
    append_trace(out, notification.traceparent);
    out += '}';
    return finish_message(at, "notification", std::move(out));
}

MessagePtr encode_notifications_lost(feed::Position at, feed::Revision from, feed::Revision to) {
    std::string out = begin_message(at.revision, "notifications_lost");
    out += "{\"from\":";
    append_json_number(out, from);
    out += ",\"to\":";
    append_json_number(out, to);
    out += '}';
    return finish_message(at, "notifications_lost", std::move(out));
}

MessagePtr encode_pong(feed::Position at, std::string_view id) {
    std::string out = begin_message(at.revision, "pong");
    out += '{';
    if (!id.empty()) {
        out += "\"id\":";
        out += id;
    }
    out += '}';
    return finish_message(at, "pong", std::move(out));
}

MessagePtr encode_filters(feed::Position at, std::string_view type, std::string_view id, FilterSpan in_force,
                          const Scope* limited_to) {
    std::string out = begin_message(at.revision, type);
    out += '{';
    if (!id.empty()) {
        out += "\"id\":";
        out += id;
        out += ',';
    }
    out += "\"keys\":";
    append_texts(out, in_force, FilterKind::key);
    out += ",\"prefixes\":";
    append_texts(out, in_force, FilterKind::prefix);
    out += ",\"globs\":";
    append_texts(out, in_force, FilterKind::glob);
    out += ",\"topics\":";
    append_texts(out, in_force, FilterKind::topic);
    append_limits(out, limited_to);
    out += '}';
    return finish_message(at, type, std::move(out));
}

MessagePtr encode_error(feed::Position at, std::string_view id, std::string_view envelope) {
    std::string out = begin_message(at.revision, "error");
    if (id.empty()) {
        out += envelope;
    } else {
        out += "{\"id\":";
        out += id;
        out += ',';
        out += envelope.substr(1);
    }
    return finish_message(at, "error", std::move(out));
}

MessagePtr encode_access(feed::Position at, std::string_view id, const AccessNews& news) {
    std::string out = begin_message(at.revision, "access");
    out += '{';
    if (!id.empty()) {
        out += "\"id\":";
        out += id;
        out += ',';
    }
    out += "\"status\":\"";
    out += news.status;
    out += '"';
    if (news.expires) {
        out += ",\"expires_at\":";
        append_instant(out, *news.expires);
    }
    if (news.shown_again) out += R"(,"snapshot":true)";
    append_limits(out, news.limited_to);
    out += '}';
    return finish_message(at, "access", std::move(out));
}

std::string plain_envelope(const Error& error) {
    std::string out = "{\"code\":";
    append_json_number(out, static_cast<std::int64_t>(error.code()));
    out += ",\"message\":";
    append_json_text(out, confcast::name_of(error.code()));
    out += ",\"data\":{";
    for (const Detail& detail : error.details()) {
        if (out.back() != '{') out += ',';
        append_json_text(out, detail.name);
        out += ':';
        if (const auto* text = std::get_if<std::string>(&detail.value))
            append_json_text(out, *text);
        else
            append_json_number(out, std::get<std::int64_t>(detail.value));
    }
    out += "}}";
    return out;
}

UpdateEncoder::UpdateEncoder(feed::Position at, bool meta_only)
    : at_(at), meta_only_(meta_only), text_(begin_message(at.revision, "update")) {
    text_ += "{\"events\":[";
}

void UpdateEncoder::add(feed::Revision revision, const feed::KeyChange& event) {
    if (events_++ != 0) text_ += ',';
    if (event.is_delete()) {
        text_ += R"({"op":"delete","key":)";
        append_json_text(text_, event.key);
        text_ += ",\"mod_revision\":";
        append_json_number(text_, revision);
    } else {
        text_ += R"({"op":"put",)";
        append_entry_members(text_, *event.entry, meta_only_);
    }
    text_ += '}';
}

MessagePtr UpdateEncoder::finish(std::string_view traceparent) && {
    text_ += ']';
    append_trace(text_, traceparent);
    text_ += '}';
    return finish_message(at_, "update", std::move(text_));
}

MessagePtr UpdateEncoder::finish_coalesced(feed::Revision from) && {
    text_ += "],\"coalesced_from\":";
    append_json_number(text_, from);
    text_ += '}';
    return finish_message(at_, "update", std::move(text_));
}

std::size_t estimate(const feed::Entry& entry, bool meta_only) {
    constexpr std::size_t members = 160;
    return members + entry.key.size() + entry.meta.message.size() + (meta_only ? 0 : entry.value.size());
}

std::size_t estimate(const feed::KeyChange& event, bool meta_only) {
    constexpr std::size_t members = 48;
    return event.is_delete() ? members + event.key.size() : estimate(*event.entry, meta_only);
}

}  // namespace confcast::push
