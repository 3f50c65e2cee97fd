#include "json_web_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "confcast/base/base64.hpp"
#include "confcast/base/utf8.hpp"
#include "confcast/json/parse.hpp"
#include "digest.hpp"

namespace confcast::auth {
namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 8;
constexpr std::size_t max_kid_bytes = 256;
constexpr std::size_t coordinate_bytes = 32;

using KeyPtr = std::shared_ptr<const JwtKey>;

struct Free {
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

/// The member when it is a string, else "".
std::string_view text_of(const json::object& jwk, std::string_view name) {
    const json::value* value = jwk.if_contains(name);
    return value != nullptr && value->is_string() ? view_of(value->get_string()) : std::string_view();
}

std::string bytes_of(const json::object& jwk, std::string_view name) {
    return base64url_decode(text_of(jwk, name)).value_or("");
}

Owned<BIGNUM> to_number(std::string_view bytes) {
    return Owned<BIGNUM>(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

Pkey make_pkey(const char* type, OSSL_PARAM_BLD* builder) {
    const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return Pkey(key);
}

Pkey read_rsa(const json::object& jwk) {
    const auto modulus = to_number(bytes_of(jwk, "n"));
    const auto exponent = to_number(bytes_of(jwk, "e"));
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || !builder || BN_is_zero(modulus.get()) || BN_is_zero(exponent.get()) ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return nullptr;
    return make_pkey("RSA", builder.get());
}

Pkey read_p256(const json::object& jwk) {
    constexpr char uncompressed = 4;
    const std::string x = bytes_of(jwk, "x");
    const std::string y = bytes_of(jwk, "y");
    if (x.size() != coordinate_bytes || y.size() != coordinate_bytes) return nullptr;
    const std::string point = uncompressed + x + y;
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return nullptr;
    return make_pkey("EC", builder.get());
}

// Why the key is for something else; "" when it is for what we do.
std::string foreign(const json::object& jwk) {
    const std::string_view kty = text_of(jwk, "kty");
    if (kty != "RSA" && kty != "EC" && kty != "oct") return "its kty is not RSA, EC or oct";
    if (kty == "EC" && text_of(jwk, "crv") != "P-256") return "its curve is not P-256";
    if (jwk.if_contains("use") != nullptr && text_of(jwk, "use") != "sig") return "its use is not sig";
    const std::string_view ours = kty == "RSA" ? "RS256" : kty == "EC" ? "ES256" : "HS256";
    if (jwk.if_contains("alg") != nullptr && text_of(jwk, "alg") != ours) return "its alg is not " + std::string(ours);
    if (const json::value* ops = jwk.if_contains("key_ops")) {
        const auto is_verify = [](const json::value& one) {
            return one.is_string() && view_of(one.get_string()) == "verify";
        };
        if (!ops->is_array() || std::none_of(ops->get_array().begin(), ops->get_array().end(), is_verify))
            return "its key_ops do not have verify";
    }
    return {};
}

bool is_private(const json::object& jwk) {
    constexpr std::array<std::string_view, 7> members{"d", "p", "q", "dp", "dq", "qi", "oth"};
    return text_of(jwk, "kty") != "oct" && std::any_of(members.begin(), members.end(), [&](std::string_view name) {
               return jwk.if_contains(name) != nullptr;
           });
}

Result<KeyPtr> read_key(const json::object& jwk) {
    std::optional<std::string> kid;
    if (jwk.if_contains("kid") != nullptr) {
        kid = std::string(text_of(jwk, "kid"));
        if (kid->empty() || kid->size() > max_kid_bytes) return key_error("its kid is no string of 1 to 256 bytes");
    }
    const std::string_view kty = text_of(jwk, "kty");
    if (kty == "oct") return JwtKey::make_secret(bytes_of(jwk, "k"), std::move(kid));
    const ErrorGuard guard;
    Pkey key = kty == "RSA" ? read_rsa(jwk) : read_p256(jwk);
    if (!key) return key_error(kty == "RSA" ? "n and e are no RSA key" : "x and y are no point of P-256");
    return JwtKey::make_public(std::move(key), std::move(kid));
}

std::string place_of(std::size_t index, const json::value& jwk) {
    std::string out = "key " + std::to_string(index);
    if (!jwk.is_object()) return out;
    if (const std::string_view kid = text_of(jwk.get_object(), "kid"); !kid.empty() && !has_control(kid))
        out += " (kid " + escape_invalid_utf8(kid.substr(0, 64)) + ')';
    return out;
}

}  // namespace

Result<WebKeys> read_web_keys(std::string_view text) {
    const auto document = json_text::parse(text, max_depth);
    if (!document) return key_error("the JWK set is not JSON, or says something twice");
    const json::object* set = document->if_object();
    const json::value* all = set != nullptr ? set->if_contains("keys") : nullptr;
    if (all == nullptr || !all->is_array()) return key_error("a JWK set is an object with an array called keys");
    WebKeys out;
    for (std::size_t i = 0; i < all->get_array().size(); ++i) {
        const json::value& jwk = all->get_array()[i];
        const std::string place = place_of(i, jwk);
        if (!jwk.is_object()) return key_error(place + ": it is no object");
        // Before anything else: a private key is one to be taken away whatever it is for.
        if (is_private(jwk.get_object()))
            return key_error(place + ": it is a private key; only its public half belongs here");
        if (const std::string why = foreign(jwk.get_object()); !why.empty()) {
            out.notes.push_back(std::string(place).append(" is not used: ").append(why));
            continue;
        }
        auto key = read_key(jwk.get_object());
        if (!key) return key_error(place + ": " + key.error().detail("reason"));
        out.keys.push_back(*std::move(key));
    }
    return out;
}

}  // namespace confcast::auth
