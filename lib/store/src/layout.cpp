#include "confcast/store/layout.hpp"

#include <charconv>

#include "confcast/base/utf8.hpp"
#include "confcast/store/record.hpp"

namespace confcast::store {
namespace {

constexpr std::string_view header = "confcast-meta 1\n";

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t n = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return n;
}

// What an instant has room for: a record may have been written by anybody.
constexpr auto latest_ms = std::chrono::duration_cast<std::chrono::milliseconds>(SystemTime::duration::max()).count();
constexpr auto earliest_ms = -latest_ms;

Error bad_key(std::string_view key, std::string_view rule) {
    std::string shown = escape_invalid_utf8(key.substr(0, 64));
    if (key.size() > 64) shown += "…";
    return Error(Errc::invalid_key).with("key", shown).with("rule", rule);
}

}  // namespace

std::string encode_metadata(const Metadata& metadata, const std::optional<TraceContext>& trace) {
    std::string out(header);
    append_line(out, "content-type", metadata.content_type);
    append_line(out, "author", metadata.author);
    append_line(out, "message", metadata.message);
    if (metadata.updated_at) {
        const auto since = metadata.updated_at->time_since_epoch();
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
        append_line(out, "updated-at-ms", std::to_string(ms));
    }
    if (metadata.ttl_s) append_line(out, "ttl-s", std::to_string(*metadata.ttl_s));
    append_trace(out, trace);
    return out;
}

std::optional<Metadata> decode_metadata(std::string_view bytes) {
    Metadata metadata;
    const bool good = read_record(bytes, header, [&](std::string_view name, std::string value) {
        if (name == "content-type")
            metadata.content_type = std::move(value);
        else if (name == "author")
            metadata.author = std::move(value);
        else if (name == "message")
            metadata.message = std::move(value);
        else if (name == "updated-at-ms") {
            const auto ms = number(value);
            if (!ms || *ms < earliest_ms || *ms > latest_ms) return false;
            metadata.updated_at = SystemTime{std::chrono::milliseconds{*ms}};
        } else if (name == "ttl-s") {
            metadata.ttl_s = number(value);
            if (!metadata.ttl_s) return false;
        }
        return true;
    });
    if (!good) return std::nullopt;
    return metadata;
}

Result<Layout> Layout::make(std::string_view prefix) {
    if (prefix.size() < 2 || prefix.front() != '/' || prefix.back() != '/')
        return Error(Errc::invalid_parameter).with("parameter", "prefix").with("reason", "it begins and ends with '/'");
    const auto inside = check_key(prefix.substr(1, prefix.size() - 2));
    if (!inside)
        return Error(Errc::invalid_parameter).with("parameter", "prefix").with("reason", inside.error().detail("rule"));
    return Layout(std::string(prefix));
}

Layout::Layout(std::string prefix) : prefix_(std::move(prefix)) {
    const std::string beside = prefix_.substr(0, prefix_.size() - 1) + ".confcast/";
    meta_prefix_ = beside + "meta/";
    notification_prefix_ = beside + "notify/";
    idempotency_prefix_ = beside + "idempotency/";
    token_prefix_ = beside + "tokens/";
    ticket_prefix_ = beside + "tickets/";
    trace_key_ = beside + "trace";
}

std::string Layout::entry_key(std::string_view key) const { return prefix_ + std::string(key); }
std::string Layout::meta_key(std::string_view key) const { return meta_prefix_ + std::string(key); }
std::string Layout::notification_key(std::string_view id) const { return notification_prefix_ + std::string(id); }
std::string Layout::idempotency_key(std::string_view id) const { return idempotency_prefix_ + std::string(id); }
std::string Layout::token_key(std::string_view id) const { return token_prefix_ + std::string(id); }
std::string Layout::ticket_key(std::string_view id) const { return ticket_prefix_ + std::string(id); }

// '.' < '/' < '0' in ASCII: the range holds exactly the keys that begin with "/config." or "/config/".
KeyRange Layout::watched() const {
    const std::string stem = prefix_.substr(0, prefix_.size() - 1);
    return {stem + ".", stem + "0"};
}

Layout::Place Layout::place_of(std::string_view store_key) const {
    if (store_key.starts_with(prefix_)) return {Kind::entry, store_key.substr(prefix_.size())};
    if (store_key.starts_with(meta_prefix_)) return {Kind::metadata, store_key.substr(meta_prefix_.size())};
    if (store_key.starts_with(notification_prefix_))
        return {Kind::notification, store_key.substr(notification_prefix_.size())};
    if (store_key.starts_with(token_prefix_)) return {Kind::token, store_key.substr(token_prefix_.size())};
    if (store_key == trace_key_) return {Kind::trace, {}};
    return {};
}

Result<> check_key(std::string_view key) {
    if (key.empty()) return bad_key(key, "a key has at least one byte");
    if (key.size() > max_key_bytes) return bad_key(key, "a key has at most 512 bytes");
    if (!is_valid_utf8(key)) return bad_key(key, "a key is valid UTF-8");
    if (has_control(key)) return bad_key(key, "a key has no control characters");
    for (std::size_t begin = 0; begin <= key.size();) {
        const auto end = std::min(key.find('/', begin), key.size());
        const auto segment = key.substr(begin, end - begin);
        if (segment.empty()) return bad_key(key, "a key has no empty segment: no '/' at its ends, no '//'");
        if (segment == "." || segment == "..") return bad_key(key, "a key has no segment '.' or '..'");
        begin = end + 1;
    }
    return {};
}

}  // namespace confcast::store
