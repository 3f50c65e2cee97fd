// One key that may sign JWTs, tied to its one algorithm: what a token says of algorithms only chooses among keys.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/auth/jwt.hpp"

namespace confcast::auth {

struct FreePkey {
    void operator()(EVP_PKEY* key) const;
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;

/// invalid_parameter ("parameter" = "jwt_keys", "reason").
Error key_error(std::string_view reason);

class JwtKey {
  public:
    /// Refused: fewer than 32 bytes (RFC 7518, 3.2) or more than 4096.
    static Result<std::shared_ptr<const JwtKey>> make_secret(std::string secret, std::optional<std::string> kid);
    /// RSA of 2048 to 8192 bits with an odd exponent of 3 or more, or a point of P-256. Refused: all else.
    static Result<std::shared_ptr<const JwtKey>> make_public(Pkey key, std::optional<std::string> kid);

    JwtAlgorithm algorithm() const { return algorithm_; }
    const std::optional<std::string>& kid() const { return kid_; }
    /// SHA-256 of the algorithm and the key, as hex digits. Not of the kid: the same key under another name is the
    /// same.
    const std::string& thumbprint() const { return thumbprint_; }
    bool verify(std::string_view signed_part, std::string_view signature) const;

  private:
    JwtKey() = default;
    JwtAlgorithm algorithm_ = JwtAlgorithm::hs256;
    std::optional<std::string> kid_;
    std::string secret_;  // hs256
    Pkey key_;            // rs256, es256
    std::string thumbprint_;
};

}  // namespace confcast::auth
