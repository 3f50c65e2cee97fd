#include <utility>

#include "confcast/auth/jwt.hpp"
#include "confcast/auth/refusal.hpp"
#include "digest.hpp"
#include "jwt_claims.hpp"
#include "jwt_form.hpp"

namespace confcast::auth {
namespace {

std::string digest_of(const JwtOptions& options) {
    std::string text;
    const auto add = [&](const std::optional<std::string>& value) {
        text += value ? std::to_string(value->size()) + ' ' + *value : std::string("none ");
    };
    add(options.issuer);
    add(options.audience);
    add(options.permissions_claim);
    return sha256_hex(text);
}

constexpr std::size_t thumbprint_digits = 64;

}  // namespace

JwtVerifier::JwtVerifier(JwtKeys keys, JwtOptions options)
    : keys_(std::move(keys)), options_(std::move(options)), demands_(digest_of(options_)) {}

Result<PrincipalPtr> JwtVerifier::verify(std::string_view token, SystemTime now) const {
    const auto form = read_form(token);
    if (!form) return form.error();
    const auto key = keys_.verify(form->algorithm, form->kid, form->signed_part, form->signature);
    if (!key) return refuse(Refusal::invalid);
    auto principal = read_claims(form->payload, options_, now);
    if (!principal) return principal.error();
    (*principal)->proof = *key + ':' + demands_;
    return PrincipalPtr(*std::move(principal));
}

bool JwtVerifier::stands_for(const Principal& then) const {
    const std::string_view proof = then.proof;
    return proof.size() > thumbprint_digits && proof.substr(thumbprint_digits + 1) == demands_ &&
           keys_.has(proof.substr(0, thumbprint_digits));
}

}  // namespace confcast::auth
