#include "confcast/auth/authenticator.hpp"

#include <utility>

#include "confcast/auth/refusal.hpp"
#include "digest.hpp"

namespace confcast::auth {
namespace {

bool is_over(const Principal& principal, SystemTime now) { return principal.expires && now >= *principal.expires; }

PrincipalPtr make_principal(Principal::Kind kind, std::string id, std::string name, Permissions permissions) {
    auto out = std::make_shared<Principal>();
    out->kind = kind;
    out->id = std::move(id);
    out->name = std::move(name);
    out->permissions = std::move(permissions);
    return out;
}

/// The object that is there when it says the same.
PrincipalPtr keep_or_take(const PrincipalPtr& before, const PrincipalPtr& after) {
    return before != nullptr && before->permissions == after->permissions ? before : after;
}

/// "" when it is not a token's.
std::string_view token_id_of(const Principal& principal) {
    constexpr std::string_view kind = "token:";
    const std::string_view id = principal.id;
    return id.starts_with(kind) ? id.substr(kind.size()) : std::string_view();
}

Result<PrincipalPtr> or_revoked(PrincipalPtr principal) {
    if (principal == nullptr) return refuse(Refusal::revoked);
    return principal;
}

}  // namespace

Result<PrincipalPtr> Authenticator::bearer(std::string_view credential, SystemTime now) {
    if (credential.starts_with(token_prefix)) return tokens_.find(credential, now);
    if (credential.find('.') == std::string_view::npos) return refuse(Refusal::malformed);
    return jwt(credential, now);
}

Result<PrincipalPtr> Authenticator::certificate(std::string_view name) const {
    const auto found = certificates_.find(name);
    if (found == certificates_.end()) return refuse(Refusal::invalid);
    return found->second;
}

Result<PrincipalPtr> Authenticator::anonymous() const {
    if (anonymous_ == nullptr) return refuse(Refusal::missing);
    return anonymous_;
}

Result<PrincipalPtr> Authenticator::current(const Principal& then, SystemTime now) const {
    switch (then.kind) {
        case Principal::Kind::local:
            return everybody();
        case Principal::Kind::anonymous:
            return or_revoked(anonymous_);
        case Principal::Kind::certificate: {
            const auto found = certificates_.find(then.name);
            return or_revoked(found != certificates_.end() ? found->second : nullptr);
        }
        case Principal::Kind::token: {
            const TokenBook::Entry* entry = tokens_.by_id(token_id_of(then));
            if (entry == nullptr || entry->token.hash != then.proof) return refuse(Refusal::revoked);
            if (is_over(*entry->principal, now)) return refuse(Refusal::expired);
            return entry->principal;
        }
        case Principal::Kind::jwt: {
            if (jwt_ == nullptr || !jwt_->stands_for(then)) return refuse(Refusal::revoked);
            if (is_over(then, now)) return refuse(Refusal::expired);
            PrincipalPtr same = then.weak_from_this().lock();
            return same != nullptr ? same : std::make_shared<const Principal>(then);
        }
    }
    return refuse(Refusal::revoked);
}

void Authenticator::set_credentials(Credentials credentials) {
    ++generation_;
    tokens_.replace_file(std::move(credentials.tokens));
    std::map<std::string, PrincipalPtr, std::less<>> certificates;
    for (CertificateRule& rule : credentials.certificates) {
        const auto before = certificates_.find(rule.name);
        const auto after = make_principal(Principal::Kind::certificate, "certificate:" + rule.name, rule.name,
                                          std::move(rule.permissions));
        certificates.emplace(rule.name, keep_or_take(before != certificates_.end() ? before->second : nullptr, after));
    }
    certificates_ = std::move(certificates);
    if (credentials.anonymous)
        anonymous_ = keep_or_take(anonymous_, make_principal(Principal::Kind::anonymous, "anonymous", "anonymous",
                                                             *std::move(credentials.anonymous)));
    else
        anonymous_ = nullptr;
}

void Authenticator::set_jwt(std::shared_ptr<const JwtVerifier> verifier) {
    ++generation_;
    jwt_ = std::move(verifier);
    by_digest_.clear();
    remembered_.clear();
}

void Authenticator::put_token(Token token, std::int64_t revision) {
    ++generation_;
    tokens_.put(std::move(token), revision);
}

void Authenticator::erase_token(std::string_view id) {
    ++generation_;
    tokens_.erase(id);
}

void Authenticator::clear_stored() {
    ++generation_;
    tokens_.clear_stored();
}

// What is remembered is found by SHA-256 of the whole token: nothing but the token itself leads to it.
Result<PrincipalPtr> Authenticator::jwt(std::string_view token, SystemTime now) {
    if (jwt_ == nullptr) return refuse(Refusal::unsupported);
    if (token.size() > max_jwt_bytes) return refuse(Refusal::malformed);
    std::string digest = sha256(token);
    if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
        PrincipalPtr principal = found->second->principal;
        if (is_over(*principal, now)) {
            forget(found->second);
            return refuse(Refusal::expired);
        }
        remembered_.splice(remembered_.begin(), remembered_, found->second);
        return principal;
    }
    auto verified = jwt_->verify(token, now);
    if (verified) remember(std::move(digest), *verified);
    return verified;
}

void Authenticator::remember(std::string digest, PrincipalPtr principal) {
    if (remembered_.size() >= max_remembered_jwts) forget(std::prev(remembered_.end()));
    remembered_.push_front({std::move(digest), std::move(principal)});
    by_digest_.emplace(remembered_.front().digest, remembered_.begin());
}

void Authenticator::forget(RememberedList::iterator which) {
    by_digest_.erase(which->digest);
    remembered_.erase(which);
}

}  // namespace confcast::auth
