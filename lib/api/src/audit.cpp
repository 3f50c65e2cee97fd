#include "audit.hpp"

#include <algorithm>

#include "catalogue.hpp"
#include "confcast/push/entry_json.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace {

// A line is for people and machines that look for something: nothing in it may be as long as a client likes.
constexpr std::size_t longest_text = 512;

bool is_plain(std::string_view text) {
    return text.size() <= longest_text &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%'; });
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
    out += ",\"";
    out += name;
    out += "\":";
    // Nearly every text is of this kind, with every write: it needs no look at each character more than this one.
    if (is_plain(text)) {
        out += '"';
        out += text;
        out += '"';
        return;
    }
    append_json_string(out, shown(text, longest_text));
}

void append_number(std::string& out, std::string_view name, std::int64_t number) {
    out += ",\"";
    out += name;
    out += "\":";
    append_json_number(out, number);
}

}  // namespace

std::string Audit::begin(std::string_view event) const {
    std::string line = R"({"time":)";
    push::append_instant(line, clock_.wall());
    append_text(line, "event", event);
    return line;
}

std::string Audit::begin(std::string_view event, const http::Context& context) const {
    std::string line = begin(event);
    append_text(line, "principal", context.caller_name);
    append_text(line, "from", context.request.remote);
    append_text(line, "request_id", context.request_id);
    if (context.trace) append_text(line, "trace_id", context.trace->trace_id());
    return line;
}

void Audit::wrote(const http::Context& context, std::span<const AuditedKey> keys, store::Revision done) {
    for (const AuditedKey& one : keys) {
        std::string line = begin(one.operation, context);
        append_text(line, "key", one.key);
        if (one.operation != "notify") append_number(line, "before", one.before);
        if (done != 0)
            append_number(line, "after", done);
        else
            append_text(line, "outcome", "unknown");
        finish(std::move(line));
    }
}

void Audit::administered(const http::Context& context, std::string_view event, std::string_view subject,
                         store::Revision done) {
    std::string line = begin(event, context);
    append_text(line, "subject", subject);
    if (done != 0) append_number(line, "after", done);
    finish(std::move(line));
}

void Audit::refused(const http::Context& context, const Error& why) {
    std::string line = begin("refused", context);
    append_text(line, "method", http::to_string(context.request.method));
    append_text(line, "route", context.route);
    append_number(line, "code", static_cast<std::int64_t>(why.code()));
    if (const std::string key = why.detail("key"); !key.empty()) append_text(line, "key", key);
    if (const std::string reason = why.detail("reason"); !reason.empty()) append_text(line, "reason", reason);
    finish(std::move(line));
}

void Audit::streamed(std::string_view event, std::string_view principal, std::string_view reason) {
    std::string line = begin(event);
    append_text(line, "principal", principal);
    if (!reason.empty()) append_text(line, "reason", reason);
    finish(std::move(line));
}

void Audit::finish(std::string line) {
    line += '}';
    ++lines_;
    if (sink_) sink_(line);
    if (kept_.size() >= max_kept) kept_.pop_front();
    kept_.push_back(std::move(line));
}

}  // namespace confcast::api
