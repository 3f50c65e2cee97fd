// What this room asks of OpenSSL: SHA-256, random bytes, the one comparison of secrets, and that a failed call leaves
// nothing behind.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace confcast::auth {

/// 32 bytes.
std::string sha256(std::string_view bytes);
/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
std::string to_hex(std::string_view bytes);
/// Lower-case hex digits only, and as many.
bool is_hex(std::string_view text, std::size_t digits);

/// HMAC-SHA256 (RFC 2104): 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

/// Throws std::runtime_error when there are none.
std::string random_bytes(std::size_t count);

/// Every comparison with something secret in this room: its time does not depend on where the two differ. Lengths are
/// no secret.
bool same_secret(std::string_view a, std::string_view b);

/// OpenSSL remembers failures in a queue of the thread, and TLS on the same thread would take what it finds there for
/// its own: what was queued in the life of this object goes with it.
class ErrorGuard {
  public:
    ErrorGuard();
    ~ErrorGuard();
    ErrorGuard(const ErrorGuard&) = delete;
    ErrorGuard& operator=(const ErrorGuard&) = delete;
};

}  // namespace confcast::auth
