#include "confcast/push/entry_json.hpp"

#include <chrono>

#include "json_text.hpp"

namespace confcast::push {
namespace {

void append_padded(std::string& out, unsigned number, unsigned width) {
    std::string digits = std::to_string(number);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    out += digits;
}

std::string_view content_type(const feed::Entry& entry, bool utf8) {
    if (!entry.meta.content_type.empty()) return entry.meta.content_type;
    return utf8 ? "text/plain; charset=utf-8" : "application/octet-stream";
}

void append_value(std::string& out, const std::string& value, bool utf8) {
    out += ",\"value\":";
    if (utf8) {
        append_json_string(out, value);
        return;
    }
    append_json_base64(out, value);
    out += R"(,"encoding":"base64")";
}

void append_metadata(std::string& out, const store::Metadata& meta) {
    if (meta.updated_at) {
        out += ",\"updated_at\":";
        append_instant(out, *meta.updated_at);
    }
    if (!meta.author.empty()) {
        out += ",\"author\":";
        append_json_text(out, meta.author);
    }
    if (!meta.message.empty()) {
        out += ",\"message\":";
        append_json_text(out, meta.message);
    }
    if (meta.ttl_s) {
        out += ",\"ttl\":";
        append_json_number(out, *meta.ttl_s);
    }
}

}  // namespace

void append_instant(std::string& out, SystemTime time) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(ms);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(ms - day);
    out += '"';
    append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_padded(out, static_cast<unsigned>(clock.hours().count()), 2);
    out += ':';
    append_padded(out, static_cast<unsigned>(clock.minutes().count()), 2);
    out += ':';
    append_padded(out, static_cast<unsigned>(clock.seconds().count()), 2);
    out += '.';
    append_padded(out, static_cast<unsigned>(clock.subseconds().count()), 3);
    out += "Z\"";
}

std::string_view content_type_of(const feed::Entry& entry) { return content_type(entry, is_utf8(entry.value)); }

void append_entry_members(std::string& out, const feed::Entry& entry, bool meta_only) {
    const bool utf8 = is_utf8(entry.value);
    out += "\"key\":";
    append_json_text(out, entry.key);
    if (!meta_only) append_value(out, entry.value, utf8);
    out += ",\"content_type\":";
    append_json_text(out, content_type(entry, utf8));
    out += ",\"create_revision\":";
    append_json_number(out, entry.create_revision);
    out += ",\"mod_revision\":";
    append_json_number(out, entry.mod_revision);
    out += ",\"version\":";
    append_json_number(out, entry.version);
    append_metadata(out, entry.meta);
}

void append_entry(std::string& out, const feed::Entry& entry, bool meta_only) {
    out += '{';
    append_entry_members(out, entry, meta_only);
    out += '}';
}

}  // namespace confcast::push
