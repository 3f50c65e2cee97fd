#include "confcast/auth/refusal.hpp"

namespace confcast::auth {

std::string_view word_of(Refusal why) {
    switch (why) {
        case Refusal::missing:
            return "missing";
        case Refusal::malformed:
            return "malformed";
        case Refusal::unsupported:
            return "unsupported";
        case Refusal::invalid:
            return "invalid";
        case Refusal::expired:
            return "expired";
        case Refusal::not_yet_valid:
            return "not_yet_valid";
        case Refusal::wrong_issuer:
            return "wrong_issuer";
        case Refusal::wrong_audience:
            return "wrong_audience";
        case Refusal::bad_claims:
            return "bad_claims";
        case Refusal::revoked:
            return "revoked";
    }
    return "?";
}

Error refuse(Refusal why) { return Error(Errc::unauthenticated).with("reason", word_of(why)); }

}  // namespace confcast::auth
