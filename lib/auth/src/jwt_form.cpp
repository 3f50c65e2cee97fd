#include "jwt_form.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>

#include "confcast/auth/refusal.hpp"
#include "confcast/base/base64.hpp"
#include "confcast/json/parse.hpp"

namespace confcast::auth {
namespace json = boost::json;

namespace {

constexpr std::size_t max_header_depth = 8;

struct Parts {
    std::string_view header, payload, signature, signed_part;
};

std::optional<Parts> split(std::string_view token) {
    const std::size_t first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                 token.substr(0, second)};
}

std::optional<JwtAlgorithm> algorithm_of(std::string_view name) {
    if (name == "HS256") return JwtAlgorithm::hs256;
    if (name == "RS256") return JwtAlgorithm::rs256;
    if (name == "ES256") return JwtAlgorithm::es256;
    return std::nullopt;
}

// RFC 8725, 3.11: a JWT that says what it is for is not taken for something else (a logout token, a DPoP proof).
bool is_access_type(std::string_view type) {
    std::string lower;
    for (const char c : type) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string_view rest = lower;
    if (constexpr std::string_view tree = "application/"; rest.starts_with(tree)) rest.remove_prefix(tree.size());
    return rest == "jwt" || rest == "at+jwt";
}

// What would change how the signature is checked, or with which key, if anybody obeyed it.
bool asks_too_much(const json::object& header) {
    constexpr std::array<std::string_view, 8> names{"crit", "jku", "jwk", "x5u", "x5c", "b64", "enc", "zip"};
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return header.if_contains(name) != nullptr; });
}

}  // namespace

Result<JwtForm> read_form(std::string_view token) {
    if (token.size() > max_jwt_bytes) return refuse(Refusal::malformed);
    const auto parts = split(token);
    if (!parts) return refuse(Refusal::malformed);
    const auto header_text = base64url_decode(parts->header);
    auto payload = base64url_decode(parts->payload);
    auto signature = base64url_decode(parts->signature);
    if (!header_text || !payload || !signature) return refuse(Refusal::malformed);

    const auto header = json_text::parse(*header_text, max_header_depth);
    if (!header || !header->is_object()) return refuse(Refusal::malformed);
    const json::object& members = header->get_object();
    const json::value* alg = members.if_contains("alg");
    const json::value* kid = members.if_contains("kid");
    const json::value* typ = members.if_contains("typ");
    if (alg == nullptr || !alg->is_string()) return refuse(Refusal::malformed);
    if ((kid != nullptr && !kid->is_string()) || (typ != nullptr && !typ->is_string()))
        return refuse(Refusal::malformed);
    const auto algorithm = algorithm_of(alg->get_string());
    if (!algorithm || asks_too_much(members)) return refuse(Refusal::unsupported);
    if (typ != nullptr && !is_access_type(typ->get_string())) return refuse(Refusal::unsupported);

    JwtForm form;
    form.algorithm = *algorithm;
    if (kid != nullptr) form.kid = std::string(std::string_view(kid->get_string()));
    form.signed_part = parts->signed_part;
    form.signature = *std::move(signature);
    form.payload = *std::move(payload);
    return form;
}

}  // namespace confcast::auth
