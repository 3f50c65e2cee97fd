// Who a request or a stream is, and what that one may do. Never changed once made: a change of rights is another
// Principal, so that two pointers tell whether anything changed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "confcast/auth/permissions.hpp"
#include "confcast/base/async.hpp"

namespace confcast::auth {

/// Always owned by a shared pointer once it is somebody's (Authenticator::current hands the same one out again).
struct Principal : std::enable_shared_from_this<Principal> {
    enum class Kind : std::uint8_t { anonymous, token, jwt, certificate, local };

    Kind kind = Kind::anonymous;
    /// Unique over all kinds: "token:<id>", "jwt:<iss>:<sub>" (':' and '%' of iss percent-encoded),
    /// "certificate:<name>", "anonymous", "local".
    std::string id;
    /// For people: the token's name, the subject, the certificate's name.
    std::string name;
    Permissions permissions;
    /// It is good before this instant (of a JWT: exp and the leeway).
    std::optional<SystemTime> expires;
    /// The store's revision at which a stored token was last changed; 0 for all others.
    std::int64_t changed = 0;
    /// Authenticator's own: what it came in by (a token's hash; a JWT's key and what its verifier demanded). No secret.
    std::string proof;
};

using PrincipalPtr = std::shared_ptr<const Principal>;

/// For another node that asks the same credentials: text, as store/record.hpp has it. Not for kind local.
std::string encode_principal(const Principal& principal);
/// nullptr when it is no such record. What that one may do now is for Authenticator::current to say.
PrincipalPtr decode_principal(std::string_view bytes);

/// "anonymous", "token", …
std::string_view name_of(Principal::Kind kind);

/// Kind local, name "local", Permissions::all(): whoever comes to a server that has no credentials at all. One object.
const PrincipalPtr& everybody();

}  // namespace confcast::auth
