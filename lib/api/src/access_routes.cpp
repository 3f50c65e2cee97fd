#include "access_routes.hpp"

#include "admission.hpp"
#include "confcast/push/entry_json.hpp"
#include "envelope.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace {

constexpr std::int64_t default_limit = 100;

}  // namespace

Awaitable<Result<http::Response>> create_ticket(Call& call) {
    Security& security = call.services.security;
    const auto ticket =
        security.tickets().issue(Security::caller_pointer(call.context), call.services.parts.clock.now());
    if (!ticket)
        co_return Error(Errc::too_many_requests)
            .with("limit", static_cast<std::int64_t>(auth::Tickets::max_per_principal))
            .with("retry_after", auth::Tickets::time_to_live.count());
    if (call.services.options.shared_tickets && security.asks()) {
        const Result<> kept = co_await call.services.tickets.keep(*ticket, Security::caller_pointer(call.context));
        if (!kept) co_return kept.error();
    }
    ++security.stats().tickets_issued;
    std::string body(envelope_begin);
    body += R"({"ticket":)";
    append_json_string(body, *ticket);
    body += R"(,"expires_in":)";
    append_json_number(body, auth::Tickets::time_to_live.count());
    body += '}';
    body += envelope_end;
    http::Response response = json_response(std::move(body), 201);
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

Awaitable<Result<http::Response>> get_whoami(Call& call) {
    const auth::Principal& caller = Security::caller_of(call.context);
    std::string body(envelope_begin);
    body += R"({"kind":)";
    append_json_string(body, auth::name_of(caller.kind));
    body += R"(,"name":)";
    append_json_string(body, caller.name);
    body += R"(,"permissions":[)";
    for (const std::string& one : caller.permissions.texts()) {
        if (body.back() != '[') body += ',';
        append_json_string(body, one);
    }
    body += ']';
    if (caller.expires) {
        body += R"(,"expires_at":)";
        push::append_instant(body, *caller.expires);
    }
    body += '}';
    body += envelope_end;
    co_return json_response(std::move(body));
}

Awaitable<Result<http::Response>> get_audit(Call& call) {
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const Result<std::optional<std::int64_t>> limit =
        call.query.number("limit", 1, static_cast<std::int64_t>(Audit::max_kept));
    if (!limit) co_return limit.error();
    const Audit& audit = call.services.security.audit();
    const auto& kept = audit.kept();
    const auto wanted = std::min(static_cast<std::size_t>(limit->value_or(default_limit)), kept.size());
    std::string body(envelope_begin);
    body += R"({"total":)";
    append_json_number(body, static_cast<std::int64_t>(audit.lines()));
    body += R"(,"entries":[)";
    for (std::size_t i = kept.size() - wanted; i < kept.size(); ++i) {
        if (body.back() != '[') body += ',';
        body += kept[i];
    }
    body += "]}";
    body += envelope_end;
    co_return json_response(std::move(body));
}

}  // namespace confcast::api
