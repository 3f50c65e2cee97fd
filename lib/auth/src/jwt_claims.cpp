#include "jwt_claims.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>
#include <optional>
#include <vector>

#include "confcast/auth/refusal.hpp"
#include "confcast/base/utf8.hpp"
#include "confcast/json/parse.hpp"
#include "time_text.hpp"

namespace confcast::auth {
namespace json = boost::json;

namespace {

constexpr std::size_t max_payload_depth = 32;
constexpr std::size_t max_name_bytes = 256;  // of sub and iss

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

/// A string that may be part of a name in logs; nullopt when it is something else.
std::optional<std::string> name_in(const json::value& value) {
    if (!value.is_string()) return std::nullopt;
    const std::string_view text = view_of(value.get_string());
    if (text.empty() || text.size() > max_name_bytes || has_control(text)) return std::nullopt;
    return std::string(text);
}

/// RFC 7519's NumericDate: seconds, which may have a fraction.
std::optional<SystemTime> time_in(const json::value& value) {
    if (value.is_int64()) return from_seconds(value.get_int64());
    if (value.is_uint64()) return SystemTime(from_seconds(INT64_MAX));
    if (!value.is_double()) return std::nullopt;
    constexpr double beyond = 1e15;  // from_seconds brings it nearer
    const double seconds = std::floor(value.get_double());
    if (std::isnan(seconds)) return std::nullopt;
    return from_seconds(static_cast<std::int64_t>(std::clamp(seconds, -beyond, beyond)));
}

bool is_or_has(const json::value& value, std::string_view wanted) {
    if (value.is_string()) return view_of(value.get_string()) == wanted;
    if (!value.is_array()) return false;
    const json::array& all = value.get_array();
    return std::any_of(all.begin(), all.end(),
                       [&](const json::value& one) { return one.is_string() && view_of(one.get_string()) == wanted; });
}

std::optional<std::vector<std::string>> texts_in(const json::value& claim) {
    if (!claim.is_array()) return std::nullopt;
    std::vector<std::string> out;
    for (const json::value& element : claim.get_array()) {
        if (!element.is_string()) return std::nullopt;
        out.emplace_back(view_of(element.get_string()));
    }
    return out;
}

// Other words of `scope` are other services' (RFC 8693, 4.2).
std::vector<std::string> words_that_permit(std::string_view scope) {
    std::vector<std::string> out;
    while (!scope.empty()) {
        const std::size_t end = std::min(scope.find(' '), scope.size());
        std::string word(scope.substr(0, end));
        if (Permissions::parse({&word, 1})) out.push_back(std::move(word));
        scope.remove_prefix(std::min(end + 1, scope.size()));
    }
    return out;
}

Result<Permissions> permissions_in(const json::object& claims, const std::string& claim_name) {
    std::optional<std::vector<std::string>> texts(std::in_place);
    if (const json::value* claim = claims.if_contains(claim_name)) {
        texts = texts_in(*claim);
    } else if (const json::value* scope = claims.if_contains("scope")) {
        if (!scope->is_string()) return refuse(Refusal::bad_claims);
        texts = words_that_permit(view_of(scope->get_string()));
    }
    if (!texts) return refuse(Refusal::bad_claims);
    auto permissions = Permissions::parse(*texts);
    if (!permissions) return refuse(Refusal::bad_claims);
    return permissions;
}

/// In an id, ':' stands between the issuer and the subject: in an issuer it is written %3A.
std::string escaped(std::string_view issuer) {
    std::string out;
    for (const char c : issuer) out += c == ':' ? "%3A" : c == '%' ? "%25" : std::string(1, c);
    return out;
}

struct Times {
    SystemTime expires;  // of exp
    std::optional<SystemTime> not_before, issued_at;
};

std::optional<Times> times_in(const json::object& claims) {
    const json::value* exp = claims.if_contains("exp");
    const auto expires = exp != nullptr ? time_in(*exp) : std::nullopt;
    if (!expires) return std::nullopt;
    Times out{*expires, std::nullopt, std::nullopt};
    if (const json::value* nbf = claims.if_contains("nbf"))
        if (out.not_before = time_in(*nbf); !out.not_before) return std::nullopt;
    if (const json::value* iat = claims.if_contains("iat"))
        if (out.issued_at = time_in(*iat); !out.issued_at) return std::nullopt;
    return out;
}

}  // namespace

Result<std::shared_ptr<Principal>> read_claims(std::string_view payload, const JwtOptions& options, SystemTime now) {
    const auto document = json_text::parse(payload, max_payload_depth);
    if (!document || !document->is_object()) return refuse(Refusal::malformed);
    const json::object& claims = document->get_object();

    const json::value* sub = claims.if_contains("sub");
    const auto subject = sub != nullptr ? name_in(*sub) : std::nullopt;
    const json::value* iss = claims.if_contains("iss");
    const auto issuer = iss != nullptr ? name_in(*iss) : std::string();
    const auto times = times_in(claims);
    if (!subject || !issuer || !times) return refuse(Refusal::bad_claims);
    auto permissions = permissions_in(claims, options.permissions_claim);
    if (!permissions) return permissions.error();

    if (options.issuer && *issuer != *options.issuer) return refuse(Refusal::wrong_issuer);
    const json::value* aud = claims.if_contains("aud");
    if (options.audience && (aud == nullptr || !is_or_has(*aud, *options.audience)))
        return refuse(Refusal::wrong_audience);
    const SystemTime ends = times->expires + options.leeway;
    if (now >= ends) return refuse(Refusal::expired);
    const SystemTime latest_begin = now + options.leeway;
    if ((times->not_before && *times->not_before > latest_begin) ||
        (times->issued_at && *times->issued_at > latest_begin))
        return refuse(Refusal::not_yet_valid);

    auto out = std::make_shared<Principal>();
    out->kind = Principal::Kind::jwt;
    out->id = "jwt:" + escaped(*issuer) + ':' + *subject;
    out->name = *subject;
    out->permissions = *std::move(permissions);
    out->expires = ends;
    return out;
}

}  // namespace confcast::auth
