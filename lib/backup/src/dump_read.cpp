#include <boost/json/value.hpp>

#include "confcast/backup/dump.hpp"
#include "confcast/base/base64.hpp"
#include "confcast/json/parse.hpp"

namespace confcast::backup {
namespace {

namespace json = boost::json;

Error bad(std::string_view why) { return Error(Errc::invalid_parameter).with("reason", why); }

// Takes the members of a line one by one; what is left at the end is not understood. Remembers the first problem.
class Members {
  public:
    explicit Members(const json::object& object) : object_(object) {}

    std::string text(std::string_view name) {
        const json::value* found = take(name, true);
        if (found == nullptr) return {};
        if (found->is_string()) return std::string(found->get_string());
        fail(name, "is no text");
        return {};
    }
    std::int64_t number(std::string_view name, std::int64_t least) {
        const json::value* found = take(name, true);
        return found != nullptr ? number_of(*found, name, least) : 0;
    }
    std::string text_or_none(std::string_view name) { return object_.contains(view(name)) ? text(name) : ""; }
    std::optional<std::int64_t> number_or_none(std::string_view name, std::int64_t least) {
        if (!object_.contains(view(name))) return std::nullopt;
        return number(name, least);
    }
    bool flag(std::string_view name) {
        const json::value* found = take(name, false);
        if (found == nullptr) return false;
        if (!found->is_bool() || !found->get_bool()) fail(name, "can only be true");
        return true;
    }
    /// Text, or base64 when "encoding" says so.
    std::string bytes(std::string_view name) {
        std::string out = text(name);
        if (!object_.contains("encoding")) return out;
        if (text("encoding") != "base64") fail("encoding", "can only be base64");
        std::optional<std::string> decoded = base64_decode(out);
        if (!decoded) fail(name, "is not base64");
        return std::move(decoded).value_or("");
    }
    std::optional<Error> problem() {
        if (!problem_ && taken_ != object_.size()) problem_ = bad("it has members that this version does not know");
        return problem_;
    }

  private:
    static json::string_view view(std::string_view text) { return {text.data(), text.size()}; }
    const json::value* take(std::string_view name, bool needed) {
        const json::value* found = object_.if_contains(view(name));
        if (found != nullptr) ++taken_;
        if (found == nullptr && needed) fail(name, "is missing");
        return found;
    }
    std::int64_t number_of(const json::value& value, std::string_view name, std::int64_t least) {
        if (value.is_int64() && value.get_int64() >= least) return value.get_int64();
        fail(name, "is no number, or too small");
        return least;
    }
    void fail(std::string_view name, std::string_view what) {
        if (!problem_) problem_ = bad('"' + std::string(name) + "\" " + std::string(what));
    }

    const json::object& object_;
    std::size_t taken_ = 0;
    std::optional<Error> problem_;
};

template <class T>
Result<DumpLine> whole(T record, Members& members) {
    if (const std::optional<Error> problem = members.problem()) return *problem;
    return DumpLine(std::move(record));
}

constexpr std::int64_t any = INT64_MIN;

Result<DumpLine> read_header(Members& members) {
    DumpHeader header;
    if (members.number("confcast_dump", 1) != format_version)
        return bad("it is a dump of a later version: restore it with that one");
    header.epoch = members.text("epoch");
    header.revision = members.number("revision", 1);
    header.time_ms = members.number("time_ms", 0);
    header.prefix = members.text("prefix");
    header.server = members.text("server");
    return whole(std::move(header), members);
}

// What an instant has room for.
constexpr auto latest_ms = std::chrono::duration_cast<std::chrono::milliseconds>(SystemTime::duration::max()).count();

Result<DumpLine> read_setting(Members& members) {
    DumpSetting setting;
    setting.key = members.text("setting");
    setting.value = members.bytes("value");
    setting.meta.content_type = members.text_or_none("content_type");
    setting.meta.author = members.text_or_none("author");
    setting.meta.message = members.text_or_none("message");
    if (const auto ms = members.number_or_none("updated_at_ms", -latest_ms)) {
        if (*ms > latest_ms) return bad("\"updated_at_ms\" is too large");
        setting.meta.updated_at = SystemTime{std::chrono::milliseconds{*ms}};
    }
    setting.meta.ttl_s = members.number_or_none("ttl", any);
    setting.create_revision = members.number("create_revision", 1);
    setting.mod_revision = members.number("mod_revision", 1);
    setting.version = members.number("version", 1);
    setting.ttl_left = members.number_or_none("ttl_left", 1);
    setting.foreign_lease = members.flag("foreign_lease");
    if (const Result<> good = store::check_key(setting.key); !good) return bad(good.error().detail("rule"));
    return whole(std::move(setting), members);
}

Result<DumpLine> read_token(Members& members) {
    DumpToken token;
    token.id = members.text("token");
    token.record = members.bytes("record");
    token.mod_revision = members.number("mod_revision", 1);
    if (const Result<> good = store::check_key(token.id); !good) return bad(good.error().detail("rule"));
    return whole(std::move(token), members);
}

Result<DumpLine> read_totals(Members& members) {
    DumpTotals totals;
    members.flag("end");
    totals.settings = members.number("settings", 0);
    totals.tokens = members.number("tokens", 0);
    totals.left_out = members.number("left_out", 0);
    members.text("sha256");
    return whole(totals, members);
}

}  // namespace

Result<DumpLine> parse_line(std::string_view line) {
    const Result<json::value> parsed = json_text::parse(line, 2);
    if (!parsed || !parsed->is_object()) return bad("it is no line of a dump");
    const json::object& object = parsed->get_object();
    Members members(object);
    if (object.contains("setting")) return read_setting(members);
    if (object.contains("token")) return read_token(members);
    if (object.contains("end")) return read_totals(members);
    if (object.contains("confcast_dump")) return read_header(members);
    return bad("it is no line of a dump");
}

}  // namespace confcast::backup
