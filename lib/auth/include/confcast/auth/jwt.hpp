// JSON Web Tokens of other issuers (RFC 7519), verified as RFC 8725 asks: the algorithm belongs to the key and never to
// the token, so that a public key cannot serve as a secret; HS256, RS256 and ES256 and no others; nothing that a token
// says of keys is looked at.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/auth/principal.hpp"
#include "confcast/base/error.hpp"

namespace confcast::auth {

inline constexpr std::size_t max_jwt_bytes = 8192;
inline constexpr std::size_t max_jwt_keys = 16;

enum class JwtAlgorithm : std::uint8_t { hs256, rs256, es256 };

class JwtKey;  // private: a key, its algorithm, its `kid`

/// The keys that may sign. From one file: a PEM public key or certificate (RSA of 2048 bits and more: RS256; P-256:
/// ES256), a JWK set, or a secret of at least 32 bytes for HS256 (a last newline is not part of it). A value; to reload
/// is to make another. A certificate is only a wrapping: its dates and issuer are not looked at.
class JwtKeys {
  public:
    /// Refused with a sentence: private keys where public ones belong, weak and foreign keys, more than one PEM block,
    /// two keys of one algorithm and `kid`, more than max_jwt_keys, none that can be used, and a secret that looks like
    /// a public key in some form. Skipped with a note: keys of a JWK set that are for something else (`kty`, `crv`,
    /// `alg`, `use`, `key_ops`). Error: invalid_parameter ("parameter" = "jwt_keys", "reason").
    static Result<JwtKeys> parse(std::string_view bytes);
    /// Refuses a file that its group or others may write, and one with a secret that others may read.
    static Result<JwtKeys> load(const std::filesystem::path& path);

    std::size_t size() const { return keys_.size(); }
    /// There is a key that is also able to sign (HS256).
    bool has_secret() const;
    /// Sentences about keys that were skipped.
    const std::vector<std::string>& notes() const { return notes_; }
    /// By SHA-256 of its kind and material, which stays over reloads.
    bool has(std::string_view thumbprint) const;

    /// The thumbprint of the key that signed; nullopt when none did. With `kid`: the keys of that kid, and those that
    /// have none (a PEM file names nothing). Without: all of the algorithm.
    std::optional<std::string> verify(JwtAlgorithm algorithm, const std::optional<std::string>& kid,
                                      std::string_view signed_part, std::string_view signature) const;

  private:
    std::vector<std::shared_ptr<const JwtKey>> keys_;
    std::vector<std::string> notes_;
};

struct JwtOptions {
    std::optional<std::string> issuer;    // set: `iss` must be it
    std::optional<std::string> audience;  // set: `aud` must be it or have it; else `aud` is not looked at
    std::chrono::seconds leeway{60};      // for other clocks, at exp, nbf and iat
    std::string permissions_claim = "confcast";
};

class JwtVerifier {
  public:
    JwtVerifier(JwtKeys keys, JwtOptions options);

    /// Errors: unauthenticated with a Refusal. Demands `exp` and `sub`; claims are looked at only when the signature is
    /// good. Permissions: the array of texts in permissions_claim, else those words of `scope` that are permissions,
    /// else none. Never throws, whatever the bytes.
    Result<PrincipalPtr> verify(std::string_view token, SystemTime now) const;

    /// Whether a principal that a verifier (this or an earlier one) made would still be let in but for its expiry: its
    /// key is there, and no less is demanded.
    bool stands_for(const Principal& then) const;

    const JwtKeys& keys() const { return keys_; }
    const JwtOptions& options() const { return options_; }

  private:
    JwtKeys keys_;
    JwtOptions options_;
    std::string demands_;  // a digest of the options
};

}  // namespace confcast::auth
