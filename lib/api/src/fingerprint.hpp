// What two requests have in common, as a name for a key in the store.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace confcast::api {

/// SHA-256 (FIPS 180-4) over the parts, each after its length, so that no two lists of parts run together: 64
/// lower-case hexadecimal digits. Throws std::runtime_error when OpenSSL does.
std::string fingerprint(std::initializer_list<std::string_view> parts);

}  // namespace confcast::api
