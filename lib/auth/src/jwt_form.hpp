// A JWT as text: three parts (RFC 7515, 7.1), and what its header asks for. Nothing of it is believed yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "confcast/auth/jwt.hpp"

namespace confcast::auth {

struct JwtForm {
    JwtAlgorithm algorithm = JwtAlgorithm::hs256;
    std::optional<std::string> kid;
    std::string_view signed_part;  // into the token
    std::string signature;
    std::string payload;
};

/// Errors: malformed; unsupported for an algorithm that is not one of ours (`none` in any spelling), for `crit`
/// whatever it lists, for a header that brings or names keys (jwk, jku, x5c, x5u), and for a `typ` of something else
/// than an access token.
Result<JwtForm> read_form(std::string_view token);

}  // namespace confcast::auth
