// What a JWT whose signature is good says, and whether that lets somebody in now.
#pragma once

#include <memory>
#include <string_view>

#include "confcast/auth/jwt.hpp"

namespace confcast::auth {

/// All of a Principal but its proof. Errors: malformed, bad_claims, wrong_issuer, wrong_audience, expired,
/// not_yet_valid, in this order.
Result<std::shared_ptr<Principal>> read_claims(std::string_view payload, const JwtOptions& options, SystemTime now);

}  // namespace confcast::auth
