// An issuer for the tests: keys of its own, and tokens that say whatever a test wants, signed as it wants.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "confcast/auth/jwt.hpp"

namespace confcast::auth::test {

/// A key pair; to be made once, for that takes time.
class KeyPair {
  public:
    static KeyPair rsa(unsigned bits, unsigned long exponent = 65537);
    static KeyPair ec(const char* curve = "P-256");
    static KeyPair ed25519();

    std::string public_pem() const;
    std::string private_pem() const;
    std::string public_der() const;
    /// As a key of a JWK set; `more` is members with a comma before each: `,"kid":"a"`.
    std::string jwk(const std::string& more = "") const;
    std::string certificate_pem() const;
    /// RS256, or ES256 as a JWT has it (64 bytes), or as OpenSSL has it.
    std::string sign(std::string_view message, bool raw = true) const;
    /// RSASSA-PSS, which is PS256.
    std::string sign_pss(std::string_view message) const;

  private:
    explicit KeyPair(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) {}
    std::shared_ptr<EVP_PKEY> key_;
};

const KeyPair& rsa_key();
const KeyPair& other_rsa_key();
const KeyPair& ec_key();
const KeyPair& other_ec_key();
const std::string& secret();  // 32 bytes of text

std::string base64url(std::string_view bytes);
std::string hmac(std::string_view key, std::string_view message);

/// header.payload, which is what is signed.
std::string unsigned_token(std::string_view header, std::string_view payload);
std::string with_signature(const std::string& signed_part, std::string_view signature);

/// {"alg":"RS256"}, …, with `more` as above.
std::string hs256(std::string_view payload, const std::string& more = "", std::string_view key = secret());
std::string rs256(std::string_view payload, const std::string& more = "", const KeyPair& key = rsa_key());
std::string es256(std::string_view payload, const std::string& more = "", const KeyPair& key = ec_key());

/// The time of these tests, in seconds, and as an instant.
inline constexpr std::int64_t now_s = 1'800'000'000;
SystemTime at(std::int64_t seconds);
/// {"sub":"alice","exp":now+600 …} with `more` as above.
std::string claims(const std::string& more = "");

/// Precondition: the keys are good.
JwtKeys keys_of(std::string_view bytes);

/// The detail "reason" of a refusal; "" for a success.
template <class T>
std::string reason_of(const Result<T>& result) {
    return result ? "" : result.error().detail("reason");
}

}  // namespace confcast::auth::test
