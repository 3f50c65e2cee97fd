#include "guard.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "envelope.hpp"
#include "watch.hpp"

namespace confcast::api {
namespace {

constexpr std::string_view allowed_methods = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
constexpr std::string_view allowed_headers =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, traceparent, Last-Event-ID, "
    "Accept-Language";
constexpr std::string_view exposed_headers =
    "ETag, X-Confcast-Revision, X-Confcast-Stale, X-Request-Id, traceparent, Retry-After, RateLimit-Limit, "
    "RateLimit-Remaining, "
    "RateLimit-Reset";
constexpr std::string_view preflight_age = "600";

std::string_view host_of(const http::Request& request) { return request.header("Host").value_or(std::string_view()); }

/// The name in "name:port" or "[v6]:port".
std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, std::min(host.find(']') + 1, host.size()));
    return host.substr(0, host.find(':'));
}

bool is_this_machine(std::string_view host) {
    std::string_view name = without_port(host);
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
    if (http::iequals(name, "localhost")) return true;
    constexpr std::string_view below = ".localhost";
    if (name.size() > below.size() && http::iequals(name.substr(name.size() - below.size()), below)) return true;
    boost::system::error_code not_an_address;
    [[maybe_unused]] const auto address = asio::ip::make_address(std::string(name), not_an_address);
    return !not_an_address;
}

// A browser's Origin is scheme://host[:port]; the Host of the same page has no scheme, and the port when it is not the
// scheme's own.
bool is_same_origin(const http::Request& request, std::string_view origin) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (origin.starts_with(scheme) && http::iequals(origin.substr(scheme.size()), host_of(request))) return true;
    return false;
}

bool is_safe(http::Method method) {
    return method == http::Method::get || method == http::Method::head || method == http::Method::options;
}

void allow(http::Response& response, std::string_view origin) {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back("Access-Control-Expose-Headers", exposed_headers);
    response.headers.emplace_back("Vary", "Origin");
}

http::Response preflight(std::string_view origin) {
    http::Response response;
    response.status = 204;
    allow(response, origin);
    response.headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
    response.headers.emplace_back("Access-Control-Allow-Headers", allowed_headers);
    response.headers.emplace_back("Access-Control-Max-Age", preflight_age);
    return response;
}

http::Answer run_allowed(http::Context& context, http::Next next, std::string_view origin) {
    http::Answer answer = next.pass(context);
    answer.then([origin](http::Response& response) { allow(response, origin); });
    return answer;
}

bool is_on_list(const ApiOptions& options, std::string_view origin) {
    return std::ranges::any_of(options.allowed_origins,
                               [origin](const std::string& one) { return one == "*" || one == origin; });
}

bool host_is_on_list(const ApiOptions& options, std::string_view host) {
    return std::ranges::any_of(options.allowed_origins, [host](const std::string& one) {
        const std::size_t begin = one.find("://");
        return begin != std::string::npos && http::iequals(std::string_view(one).substr(begin + 3), host);
    });
}

/// `known`: the host that was this machine last, which nearly every request asks for again; "" = none yet.
http::Answer run_check_origin(Services& services, http::Context& context, http::Next next, std::string& known) {
    const http::Request& request = context.request;
    const ApiOptions& options = services.options;
    // A browser always says which name it was given; what says none (HTTP/1.0) is none.
    const auto host = request.header("Host");
    if (options.loopback_only && host && (known.empty() || *host != known)) {
        if (is_this_machine(*host))
            known = *host;
        else if (!host_is_on_list(options, *host))
            return refuse(services, context, Errc::origin_not_allowed);
    }
    const auto origin = request.header("Origin");
    if (!origin || is_same_origin(request, *origin)) return next.pass(context);
    if (is_on_list(options, *origin)) {
        if (request.method == http::Method::options && request.header("Access-Control-Request-Method"))
            return preflight(*origin);
        return run_allowed(context, next, *origin);
    }
    // A page may send these without asking first, and a WebSocket too.
    if (!is_safe(request.method) || request.header("Upgrade"))
        return refuse(services, context, Errc::origin_not_allowed);
    return next.pass(context);
}

void tell_limits(http::Response& response, const Throttle::Verdict& verdict) {
    response.headers.emplace_back("RateLimit-Limit", std::to_string(verdict.limit));
    response.headers.emplace_back("RateLimit-Remaining", std::to_string(verdict.remaining));
    response.headers.emplace_back("RateLimit-Reset", std::to_string(verdict.reset_s));
}

http::Answer run_limited(Services& services, http::Context& context, http::Next next, const Throttle::Verdict& verdict,
                         Rate rate) {
    http::Answer answer = verdict.allowed ? next.pass(context)
                                          : refuse(services, context,
                                                   Error(Errc::too_many_requests)
                                                       .with("limit", static_cast<std::int64_t>(rate.per_second))
                                                       .with("retry_after", verdict.retry_s));
    answer.then([verdict](http::Response& response) {
        // An inner limit has spoken already, and it is the tighter one.
        if (!response.header("RateLimit-Limit")) tell_limits(response, verdict);
    });
    return answer;
}

std::string_view address_of(std::string_view remote) { return remote.substr(0, remote.rfind(':')); }

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "[::1]"; }

constexpr std::chrono::seconds ticket_patience{2};

// A ticket of any node: its owner may have got the credential only just now, at another one.
Awaitable<Result<auth::PrincipalPtr>> redeem_shared(Services& services, std::string ticket) {
    services.security.redeem(ticket);  // for the count of those that are out
    Result<SharedTickets::Taken> taken = co_await services.tickets.take(std::move(ticket));
    if (!taken) co_return taken.error();
    const SteadyTime deadline = services.parts.clock.now() + ticket_patience;
    [[maybe_unused]] const Result<> seen = co_await services.parts.feed.wait_for(taken->revision, deadline);
    co_return services.security.introduced(taken->whose);
}

Awaitable<http::Response> run_with_ticket(Services& services, http::Context& context, http::Next next,
                                          std::string ticket) {
    Result<auth::PrincipalPtr> caller = co_await redeem_shared(services, std::move(ticket));
    if (!caller) co_return refuse(services, context, caller.error());
    services.security.introduce(context, std::move(*caller));
    http::Response response = co_await next(context);
    co_return response;
}

http::Answer run_authenticate(Services& services, http::Context& context, http::Next next, bool required) {
    // Streams begin with a GET that a browser makes without headers of the page's own.
    const bool is_stream = context.route == "/api/v1/watch" || context.route == "/ws";
    if (is_stream && services.options.shared_tickets && services.security.asks())
        if (const std::string_view ticket = Security::ticket_of(context.request); !ticket.empty())
            return run_with_ticket(services, context, next, std::string(ticket));
    Result<auth::PrincipalPtr> caller = services.security.identify(context, is_stream);
    if (caller) {
        services.security.introduce(context, std::move(*caller));
        return next.pass(context);
    }
    if (!required) return next.pass(context);
    if (is_stream && caller.error() == Errc::not_caught_up)
        if (auto later = come_back_later(context.request)) return std::move(*later);
    return refuse(services, context, caller.error());
}

}  // namespace

http::Response refuse(Services& services, const http::Context& context, const Error& error) {
    ApiStats& stats = services.security.stats();
    switch (error.code()) {
        case Errc::unauthenticated:
            ++stats.unauthenticated;
            break;
        case Errc::not_allowed:
        case Errc::admin_required:
            ++stats.not_allowed;
            break;
        case Errc::origin_not_allowed:
            ++stats.origins_refused;
            break;
        case Errc::quota_exceeded:
            ++stats.quotas_exceeded;
            break;
        case Errc::too_many_requests:
            ++stats.requests_limited;
            break;
        case Errc::too_many_writes:
            ++stats.writes_limited;
            break;
        case Errc::overloaded:
            ++stats.overloaded;
            break;
        default:
            return render_error(context, error);
    }
    services.security.audit().refused(context, error);
    return render_error(context, error);
}

http::Middleware check_origin(Services& services) {
    return [&services, known = std::string()](http::Context& context, http::Next next) mutable {
        return run_check_origin(services, context, next, known);
    };
}

http::Middleware limit_addresses(Services& services) {
    return [&services](http::Context& context, http::Next next) -> http::Answer {
        Throttle& throttle = services.security.by_address;
        const std::string_view address = address_of(context.request.remote);
        if (!throttle.is_on() || is_loopback(address)) return next.pass(context);
        return run_limited(services, context, next, throttle.take(address, services.parts.clock.now()),
                           services.options.address_rate);
    };
}

http::Middleware authenticate(Services& services, bool required) {
    return [&services, required](http::Context& context, http::Next next) {
        return run_authenticate(services, context, next, required);
    };
}

http::Middleware authenticate_operators(Services& services) {
    return [&services](http::Context& context, http::Next next) {
        return run_authenticate(services, context, next, !services.options.open_metrics);
    };
}

http::Middleware limit_principals(Services& services) {
    return [&services](http::Context& context, http::Next next) -> http::Answer {
        Throttle& throttle = services.security.by_principal;
        const auth::Principal& caller = Security::caller_of(context);
        if (!throttle.is_on() || caller.kind == auth::Principal::Kind::local) return next.pass(context);
        return run_limited(services, context, next, throttle.take(caller.id, services.parts.clock.now()),
                           services.options.principal_rate);
    };
}

}  // namespace confcast::api
