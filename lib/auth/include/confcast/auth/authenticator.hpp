// Who comes with which credential, and whether that is still so. One thread; no I/O: the application tells it what the
// credentials are, the time is an argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "confcast/auth/credentials_file.hpp"
#include "confcast/auth/jwt.hpp"
#include "confcast/auth/principal.hpp"
#include "confcast/auth/token_book.hpp"

namespace confcast::auth {

class Authenticator {
  public:
    static constexpr std::size_t max_remembered_jwts = 1024;

    Authenticator() = default;
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    // What came with a request. Errors: unauthenticated, detail "reason" one of Refusal's words.

    /// A token of ours or a JWT, by its form. A JWT that was verified is remembered until it expires, or until others
    /// need the room.
    Result<PrincipalPtr> bearer(std::string_view credential, SystemTime now);
    /// `name`: as TLS has verified it.
    Result<PrincipalPtr> certificate(std::string_view name) const;
    /// `missing` when nobody may come without a credential.
    Result<PrincipalPtr> anonymous() const;

    /// What `then` is now: the same object when nothing changed for it, another one with its present rights, or
    /// unauthenticated (revoked / expired). For `then` that is not owned by a shared pointer, an equal one.
    Result<PrincipalPtr> current(const Principal& then, SystemTime now) const;

    // What the application tells.

    /// Replaces what the file before said; nobody changes for whom it says the same.
    void set_credentials(Credentials credentials);
    /// nullptr: no JWT is taken. Forgets what was remembered.
    void set_jwt(std::shared_ptr<const JwtVerifier> verifier);
    void put_token(Token token, std::int64_t revision);
    void erase_token(std::string_view id);
    /// The store's tokens are about to be told anew.
    void clear_stored();

    /// Grows with each of the calls above: whoever holds a Principal asks current() again.
    std::uint64_t generation() const { return generation_; }

    const TokenBook& tokens() const { return tokens_; }
    bool takes_jwt() const { return jwt_ != nullptr; }
    bool takes_anonymous() const { return anonymous_ != nullptr; }
    std::size_t remembered_jwts() const { return remembered_.size(); }

  private:
    struct Remembered {
        std::string digest;  // SHA-256 of the JWT
        PrincipalPtr principal;
    };
    using RememberedList = std::list<Remembered>;  // the latest used first

    Result<PrincipalPtr> jwt(std::string_view token, SystemTime now);
    void remember(std::string digest, PrincipalPtr principal);
    void forget(RememberedList::iterator which);

    std::shared_ptr<const JwtVerifier> jwt_;
    TokenBook tokens_;
    std::map<std::string, PrincipalPtr, std::less<>> certificates_;
    PrincipalPtr anonymous_;
    RememberedList remembered_;
    std::unordered_map<std::string_view, RememberedList::iterator> by_digest_;  // keys are into the list
    std::uint64_t generation_ = 0;
};

}  // namespace confcast::auth
