#include "confcast/api/api.hpp"

#include <unordered_map>
#include <utility>

#include "adapter.hpp"
#include "confcast/http/standard_middleware.hpp"
#include "documents.hpp"
#include "envelope.hpp"
#include "guard.hpp"
#include "routes.hpp"
#include "setting_body.hpp"

namespace confcast::api {
namespace {

// Bodies for paths that are not in the table: a route that an extension added, or a 404 with something behind it.
constexpr std::size_t other_body_limit = 2U << 20U;

Health::Timing timing_of(const ApiOptions& o) {
    return {o.health_interval, o.health_patience, o.ready_lag_revisions, o.ready_lag};
}

}  // namespace

std::string error_envelope(const Error& error) { return failure_text(error, http::Language::en); }

struct Api::Impl final : private feed::FeedListener {
    Impl(Executor e, const ApiParts& p, const ApiOptions& o)
        : executor(e),
          services{p,
                   o,
                   Health(p.store, p.feed, p.clock, timing_of(o)),
                   make_errors_document(),
                   SharedLease(p.store, p.clock, o.remember),
                   Security(p, o),
                   SharedTickets(p.store, p.layout, p.clock),
                   PreparedAnswers(o.answer_cache)} {
        services.parts.feed.add_listener(*this);
        api_group = {limit_addresses(services), authenticate(services, true), limit_principals(services)};
        operators_group = {limit_addresses(services), authenticate_operators(services), limit_principals(services)};
        operations_group = {authenticate(services, false)};
    }
    ~Impl() override { services.parts.feed.remove_listener(*this); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    const std::vector<http::Middleware>& group_of(Scope scope) const {
        switch (scope) {
            case Scope::api:
                return api_group;
            case Scope::operators:
                return operators_group;
            case Scope::operations:
                break;
        }
        return operations_group;
    }

    void add_routes() {
        for (const RouteRow& row : route_table()) {
            router.add(
                row.method, row.pattern,
                [this, &row](http::Context& context) { return run_route(services, row, context); },
                group_of(row.scope));
        }
    }

    /// The table's routes are the first that are registered, in its order.
    static bool is_in_table(const http::Router::Match& match) {
        return match.outcome == http::Router::Match::Outcome::found && match.number < route_table().size();
    }

    // Where the body is the value itself, a body over the limit is a value over the limit.
    http::Response render_refusal(const http::Context& context, const Error& error) const {
        const http::Request& request = context.request;
        if (error != Errc::body_too_large || request.method != http::Method::put || brings_json(request))
            return render_error(context, error);
        const http::Router::Match match = router.find(request.method, request.path);
        if (!is_in_table(match)) return render_error(context, error);
        return render_error(context, Error(Errc::value_too_large)
                                         .with("limit", static_cast<std::int64_t>(services.options.max_value))
                                         .with("size", error.number("size")));
    }

    Executor executor;
    Services services;
    http::ErrorRenderer render = [this](const http::Context& context, const Error& error) {
        return render_refusal(context, error);
    };
    http::Router router;
    std::vector<http::Middleware> api_group;
    std::vector<http::Middleware> operators_group;
    std::vector<http::Middleware> operations_group;
    http::Chain chain;
    std::uint64_t failures = 0;  // exceptions that recover() caught

  private:
    void on_change(const feed::ChangePtr&) override {}
    void on_advance(feed::Revision) override {}
    void on_epoch(feed::Epoch) override {}
    void on_tokens() override { services.security.take_tokens(); }
};

Api::Api(Executor executor, const ApiParts& parts, const ApiOptions& options, http::AccessObserver observe,
         const std::function<void(http::Router&)>& extend)
    : impl_(std::make_unique<Impl>(executor, parts, options)) {
    impl_->add_routes();
    if (extend) extend(impl_->router);
    std::vector<http::Middleware> list;
    list.push_back(http::recover(impl_->render, parts.log, impl_->failures));
    list.push_back(http::request_id());
    list.push_back(
        http::access_log(parts.clock, parts.log, std::move(observe), &impl_->services.options.access_log_every));
    list.push_back(http::language());
    list.push_back(check_origin(impl_->services));
    impl_->chain = http::Chain(std::move(list), impl_->router.as_handler(impl_->render));
}

Api::~Api() = default;

const http::Chain& Api::chain() const { return impl_->chain; }
const http::ErrorRenderer& Api::renderer() const { return impl_->render; }

std::size_t Api::body_limit(const http::Request& head) const {
    const http::Router::Match match = impl_->router.find(head.method, head.path);
    if (!impl_->is_in_table(match)) return other_body_limit;
    return body_limit_of(route_table()[match.number], impl_->services.options);
}

void Api::reconfigure(const ApiOptions& options) {
    Services& services = impl_->services;
    services.options = options;
    services.health.change(timing_of(options));
    services.answers.change(options.answer_cache);
    services.security.by_address.change(options.address_rate);
    services.security.by_principal.change(options.principal_rate);
    services.security.writes.change(options.namespace_write_rate);
}

Awaitable<> Api::run_health() { return impl_->services.health.run(impl_->executor); }
Awaitable<> Api::check_health() { return impl_->services.health.ask_store(); }
HealthState Api::health() const { return impl_->services.health.state(); }
bool Api::passes(std::string_view check) const { return impl_->services.health.passes(check); }
const store::Status& Api::store_status() const { return impl_->services.health.store_status(); }
void Api::set_draining() { impl_->services.health.set_draining(); }

Result<push::AccessPtr> Api::renew_access(std::string_view token, const push::AccessPtr& then) {
    return impl_->services.security.renew(token, then);
}
void Api::recheck_access() { impl_->services.security.recheck(); }

ApiStats Api::stats() const {
    ApiStats stats = impl_->services.security.stats();
    stats.audit_lines = impl_->services.security.audit().lines();
    return stats;
}

std::vector<Api::Route> Api::routes() const {
    std::vector<Route> out;
    for (const RouteRow& row : route_table()) {
        Route route{row.method, std::string(row.pattern), {}, {}};
        for (const Parameter& parameter : row.query) {
            route.query.emplace_back(parameter.name);
            if (parameter.repeatable) route.query_repeatable.emplace_back(parameter.name);
        }
        out.push_back(std::move(route));
    }
    return out;
}

}  // namespace confcast::api
