// Why a credential is refused, in one word that a client may be told. An unknown token and a wrong secret are one word
// on purpose: which ids exist is nobody's business.
#pragma once

#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::auth {

enum class Refusal : std::uint8_t {
    missing,         // no credential, and nobody may come without one
    malformed,       // not a token of this server, nor a JWT
    unsupported,     // a JWT that asks for what is not done here: an algorithm, `crit`, a key of its own, or any JWT
    invalid,         // unknown, a wrong secret, or a signature that no key made
    expired,         // was good
    not_yet_valid,   // will be good
    wrong_issuer,    // a good JWT of somebody else
    wrong_audience,  // a good JWT for somebody else
    bad_claims,      // a good JWT whose claims cannot be taken
    revoked          // was good until the token was erased, the key went or the access was closed
};

/// The word on the wire ("not_yet_valid").
std::string_view word_of(Refusal why);

/// unauthenticated, with detail "reason" = the word.
Error refuse(Refusal why);

}  // namespace confcast::auth
