#include "security.hpp"

#include <algorithm>
#include <utility>

#include "confcast/auth/refusal.hpp"

namespace confcast::api {
namespace {

constexpr std::string_view ticket_parameter = "ticket=";

// A ticket has no byte that would have to be percent-encoded.
std::string_view ticket_in(std::string_view query) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        if (pair.starts_with(ticket_parameter)) return pair.substr(ticket_parameter.size());
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return {};
}

// Whoever came past no middleware may do nothing.
const auth::PrincipalPtr& nobody() {
    static const auth::PrincipalPtr none = std::make_shared<const auth::Principal>();
    return none;
}

auth::PrincipalPtr holder_of(const push::AccessPtr& access) {
    return std::static_pointer_cast<const auth::Principal>(access->holder);
}

}  // namespace

Security::Security(const ApiParts& parts, const ApiOptions& options)
    : by_address(options.address_rate),
      by_principal(options.principal_rate),
      writes(options.namespace_write_rate),
      authenticator_(parts.authenticator),
      feed_(parts.feed),
      hub_(parts.hub),
      clock_(parts.clock),
      log_(parts.log),
      audit_(parts.clock, parts.audit) {}

Result<auth::PrincipalPtr> Security::from_header(std::string_view header) {
    constexpr std::string_view scheme = "Bearer ";
    // The scheme has no case (RFC 9110, 11.1).
    if (header.size() < scheme.size() || !http::iequals(header.substr(0, scheme.size()), scheme))
        return auth::refuse(auth::Refusal::unsupported);
    header.remove_prefix(scheme.size());
    while (header.starts_with(' ')) header.remove_prefix(1);
    return authenticator_->bearer(header, clock_.wall());
}

// Before its first list is whole a node does not know whom it should know.
Result<auth::PrincipalPtr> Security::unless_unready(Result<auth::PrincipalPtr> found) const {
    if (!found && !feed_.ready()) return Error(Errc::not_caught_up);
    return found;
}

Result<auth::PrincipalPtr> Security::identify(const http::Context& context, bool ticket_counts) {
    if (!asks()) return auth::everybody();
    const http::Request& request = context.request;
    std::size_t headers = 0;
    std::string_view header;
    request.headers.each("Authorization", [&](std::string_view value) { ++headers, header = value; });
    if (headers > 1) return auth::refuse(auth::Refusal::malformed);
    if (headers == 1) return unless_unready(from_header(header));
    if (ticket_counts)
        if (const std::string_view text = ticket_in(request.query); !text.empty()) return introduced(redeem(text));
    if (!request.client_certificate.empty()) {
        Result<auth::PrincipalPtr> named = authenticator_->certificate(request.client_certificate);
        if (named) return named;
    }
    return unless_unready(authenticator_->anonymous());
}

std::string_view Security::ticket_of(const http::Request& request) {
    return request.header("Authorization") ? std::string_view() : ticket_in(request.query);
}

Result<auth::PrincipalPtr> Security::introduced(const auth::PrincipalPtr& whose) {
    if (!whose) return auth::refuse(auth::Refusal::invalid);
    ++stats_.tickets_redeemed;
    return current(whose);
}

void Security::introduce(http::Context& context, auth::PrincipalPtr caller) const {
    if (asks()) context.caller_name = caller->name;
    context.caller = std::move(caller);
}

const auth::Principal& Security::caller_of(const http::Context& context) {
    if (context.caller == nullptr) return *nobody();
    return *static_cast<const auth::Principal*>(context.caller.get());
}

auth::PrincipalPtr Security::caller_pointer(const http::Context& context) {
    if (context.caller == nullptr) return nobody();
    return std::static_pointer_cast<const auth::Principal>(context.caller);
}

push::AccessPtr Security::access_of(const auth::PrincipalPtr& principal) {
    if (principal->kind == auth::Principal::Kind::local) return nullptr;
    push::Access access;
    access.holder = principal;
    access.name = principal->name;
    access.scope = hub_.scope(principal->permissions.readable());
    access.expires = principal->expires;
    access.changed = principal->changed;
    return std::make_shared<const push::Access>(std::move(access));
}

Result<auth::PrincipalPtr> Security::current(const auth::PrincipalPtr& then) {
    if (!asks()) return then;
    return authenticator_->current(*then, clock_.wall());
}

Result<push::AccessPtr> Security::current(const push::AccessPtr& then) {
    if (!then || !asks()) return then;
    const auth::PrincipalPtr holder = holder_of(then);
    const Result<auth::PrincipalPtr> now = current(holder);
    if (!now) {
        audit_.streamed("stream_closed", holder->name, now.error().detail("reason"));
        return now.error();
    }
    return *now == holder ? then : access_of(*now);
}

Result<push::AccessPtr> Security::renew(std::string_view token, const push::AccessPtr& then) {
    if (!asks()) return then;
    const Result<auth::PrincipalPtr> now = unless_unready(authenticator_->bearer(token, clock_.wall()));
    if (!now) {
        ++stats_.unauthenticated;
        return now.error();
    }
    return access_of(*now);
}

void Security::recheck() {
    if (!asks() || rechecked_ == authenticator_->generation()) return;
    rechecked_ = authenticator_->generation();
    hub_.recheck([this](const push::AccessPtr& then) { return current(then); });
}

void Security::take_tokens() {
    if (!asks()) return;
    const feed::TokenRecords& now = feed_.tokens();
    for (const auto& [id, record] : taken_)
        if (!now.contains(id)) authenticator_->erase_token(id);
    for (const auto& [id, record] : now) {
        const auto before = taken_.find(id);
        if (before != taken_.end() && before->second == record) continue;
        if (auto token = auth::decode_token(id, record.bytes)) {
            authenticator_->put_token(std::move(*token), record.revision);
        } else {
            // Written by hand, or by a later version: nobody is let in by it.
            authenticator_->erase_token(id);
            log_.warning("api", "a token in the store cannot be read", {{"id", id}});
        }
    }
    taken_ = now;
    recheck();
}

}  // namespace confcast::api
