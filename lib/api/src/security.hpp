// Who calls, and what of that may be done: what the middlewares (guard.hpp) find out, and what the endpoints ask.
#pragma once

#include <cstdint>
#include <functional>

#include "audit.hpp"
#include "confcast/api/api.hpp"
#include "confcast/auth/authenticator.hpp"
#include "confcast/auth/tickets.hpp"
#include "confcast/push/access.hpp"
#include "throttle.hpp"

namespace confcast::api {

/// Lives as long as the Api.
class Security {
  public:
    Security(const ApiParts& parts, const ApiOptions& options);

    /// False: nobody is asked, everybody may do everything.
    bool asks() const { return authenticator_ != nullptr; }

    /// The ticket that a request comes with and that counts: it has no Authorization, which would beat it. "" = none.
    static std::string_view ticket_of(const http::Request& request);
    /// Whose ticket it is on this node, once; nullptr otherwise.
    auth::PrincipalPtr redeem(std::string_view ticket) { return tickets_.redeem(ticket, clock_.now()); }
    /// What a ticket was worth that the node has taken: nullptr = nothing.
    Result<auth::PrincipalPtr> introduced(const auth::PrincipalPtr& whose);
    /// What an Authorization header, a ticket or a client certificate is worth now. `Authorization` beats the others.
    /// Errors: unauthenticated; not_caught_up while this node cannot know all tokens.
    Result<auth::PrincipalPtr> identify(const http::Context& context, bool ticket_counts);
    /// Puts the caller into the context.
    void introduce(http::Context& context, auth::PrincipalPtr caller) const;
    /// Who it was found to be; one without any permission where no middleware has looked.
    static const auth::Principal& caller_of(const http::Context& context);
    static auth::PrincipalPtr caller_pointer(const http::Context& context);

    /// The same as a stream's right. Null: everything, for ever.
    push::AccessPtr access_of(const auth::PrincipalPtr& principal);
    /// What it is now. Error: unauthenticated.
    Result<push::AccessPtr> current(const push::AccessPtr& then);
    Result<auth::PrincipalPtr> current(const auth::PrincipalPtr& then);
    /// What a client that shows this token on its stream may see.
    Result<push::AccessPtr> renew(std::string_view token, const push::AccessPtr& then);
    /// Every stream is asked again, when something has changed since the last time.
    void recheck();

    /// The store's tokens, as the feed has them.
    void take_tokens();

    auth::Authenticator* authenticator() { return authenticator_; }
    auth::Tickets& tickets() { return tickets_; }
    Audit& audit() { return audit_; }
    ApiStats& stats() { return stats_; }

    Throttle by_address;
    Throttle by_principal;
    Throttle writes;  // by namespace

  private:
    Result<auth::PrincipalPtr> from_header(std::string_view header);
    Result<auth::PrincipalPtr> unless_unready(Result<auth::PrincipalPtr> found) const;

    auth::Authenticator* authenticator_;
    const feed::Feed& feed_;
    push::Hub& hub_;
    const Clock& clock_;
    Log& log_;
    auth::Tickets tickets_;
    Audit audit_;
    ApiStats stats_;
    feed::TokenRecords taken_;
    std::uint64_t rechecked_ = 0;  // Authenticator::generation() then
};

}  // namespace confcast::api
