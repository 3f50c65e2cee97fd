// Signatures are checked with OpenSSL itself and not with libjwt 1.10.2, which is Debian 12's. That takes the algorithm
// from the token, compares a MAC with strcmp (a patch of Debian's mends it, other builds have it), refuses the access
// tokens of RFC 9068 for their `typ` "at+jwt", parses the PEM anew for each token, knows no JWK, passes over bytes that
// are no base64, and leaves OpenSSL's queue of errors full, where TLS on the same thread finds them. The tests have it
// sign what is verified here.
#include "jwt_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "digest.hpp"

namespace confcast::auth {
namespace {

constexpr std::size_t min_secret_bytes = 32;
constexpr std::size_t max_secret_bytes = 4096;
constexpr int min_rsa_bits = 2048;
constexpr int max_rsa_bits = 8192;
constexpr std::size_t half_signature = 32;  // RFC 7518, 3.4: R and S, 32 bytes each

struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// The DER of ECDSA's own form; "" when there is none.
std::string to_der(std::string_view raw) {
    const auto number = [](std::string_view bytes) {
        return Owned<BIGNUM>(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
    };
    Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
    auto r = number(raw.substr(0, half_signature));
    auto s = number(raw.substr(half_signature));
    if (!signature || !r || !s) return {};
    ECDSA_SIG_set0(signature.get(), r.release(), s.release());  // fails for null pointers only
    const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
    if (size <= 0) return {};
    std::string out(static_cast<std::size_t>(size), '\0');
    auto* end = reinterpret_cast<unsigned char*>(out.data());
    i2d_ECDSA_SIG(signature.get(), &end);
    return out;
}

bool verify_with(EVP_PKEY* key, std::string_view message, std::string_view signature) {
    const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) ==
               1;
}

std::string der_of(EVP_PKEY* key) {
    const int size = i2d_PUBKEY(key, nullptr);
    if (size <= 0) return {};
    std::string out(static_cast<std::size_t>(size), '\0');
    auto* end = reinterpret_cast<unsigned char*>(out.data());
    i2d_PUBKEY(key, &end);
    return out;
}

// With the exponent 1 everybody signs; an even one is no key.
bool has_good_exponent(EVP_PKEY* key) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &number) != 1) return false;
    const Owned<BIGNUM> exponent(number);
    return BN_is_odd(number) == 1 && BN_is_one(number) == 0;
}

bool is_p256(EVP_PKEY* key) {
    std::string name(64, '\0');
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return false;
    name.resize(size);
    return name == "prime256v1" || name == "P-256";
}

bool passes_public_check(EVP_PKEY* key) {
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context && EVP_PKEY_public_check(context.get()) == 1;
}

}  // namespace

void FreePkey::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

Error key_error(std::string_view reason) {
    return Error(Errc::invalid_parameter).with("parameter", "jwt_keys").with("reason", reason);
}

Result<std::shared_ptr<const JwtKey>> JwtKey::make_secret(std::string secret, std::optional<std::string> kid) {
    if (secret.size() < min_secret_bytes) return key_error("a secret for HS256 has at least 32 bytes");
    if (secret.size() > max_secret_bytes) return key_error("a secret for HS256 has at most 4096 bytes");
    std::shared_ptr<JwtKey> out(new JwtKey);
    out->algorithm_ = JwtAlgorithm::hs256;
    out->kid_ = std::move(kid);
    out->thumbprint_ = sha256_hex("HS256\n" + secret);
    out->secret_ = std::move(secret);
    return std::shared_ptr<const JwtKey>(std::move(out));
}

Result<std::shared_ptr<const JwtKey>> JwtKey::make_public(Pkey key, std::optional<std::string> kid) {
    const ErrorGuard guard;
    std::shared_ptr<JwtKey> out(new JwtKey);
    std::string_view name;
    if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA) {
        const int bits = EVP_PKEY_get_bits(key.get());
        if (bits < min_rsa_bits) return key_error("an RSA key has at least 2048 bits");
        if (bits > max_rsa_bits) return key_error("an RSA key has at most 8192 bits");
        if (!has_good_exponent(key.get())) return key_error("the RSA key's exponent is not odd and above 1");
        out->algorithm_ = JwtAlgorithm::rs256;
        name = "RS256\n";
    } else if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC && is_p256(key.get())) {
        out->algorithm_ = JwtAlgorithm::es256;
        name = "ES256\n";
    } else {
        return key_error("a public key is RSA (for RS256) or on the curve P-256 (for ES256)");
    }
    if (!passes_public_check(key.get())) return key_error("the public key's numbers are not those of a key");
    out->kid_ = std::move(kid);
    out->thumbprint_ = sha256_hex(std::string(name) + der_of(key.get()));
    out->key_ = std::move(key);
    return std::shared_ptr<const JwtKey>(std::move(out));
}

bool JwtKey::verify(std::string_view signed_part, std::string_view signature) const {
    const ErrorGuard guard;
    switch (algorithm_) {
        case JwtAlgorithm::hs256:
            return same_secret(hmac_sha256(secret_, signed_part), signature);
        case JwtAlgorithm::rs256:
            return verify_with(key_.get(), signed_part, signature);
        case JwtAlgorithm::es256:
            return signature.size() == 2 * half_signature && verify_with(key_.get(), signed_part, to_der(signature));
    }
    return false;
}

}  // namespace confcast::auth
