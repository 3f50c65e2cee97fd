#include "operations.hpp"

#include "admission.hpp"
#include "confcast/auth/refusal.hpp"
#include "confcast/push/entry_json.hpp"
#include "envelope.hpp"
#include "json_text.hpp"

namespace confcast::api {
namespace {

// The first check that failed, as an error that tells all of them; nullopt when every one passed.
std::optional<Error> first_failure(const std::vector<Health::Check>& checks) {
    std::optional<Error> failure;
    for (const Health::Check& check : checks) {
        if (check.problem.empty()) continue;
        if (!failure) failure = Error(check.code).with("reason", check.problem);
        std::move(*failure).with(check.name, check.problem);
    }
    return failure;
}

std::string instant(SystemTime time) {
    std::string quoted;
    push::append_instant(quoted, time);
    return quoted.substr(1, quoted.size() - 2);
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    append_json_string(out, name);
    out += ':';
    append_json_string(out, text);
}

void append_checks(std::string& out, const std::vector<Health::Check>& checks) {
    out += R"("checks":{)";
    for (std::size_t i = 0; i < checks.size(); ++i) {
        if (i > 0) out += ',';
        append_member(out, checks[i].name, checks[i].problem.empty() ? "ok" : checks[i].problem);
    }
    out += '}';
}

void append_since(std::string& out, const std::vector<Health::Check>& checks) {
    out += R"(,"since":{)";
    for (const Health::Check& check : checks) {
        if (out.back() != '{') out += ',';
        append_member(out, check.name, instant(check.since));
    }
    out += '}';
}

void append_endpoints(std::string& out, const std::vector<store::EndpointState>& endpoints) {
    if (endpoints.empty()) return;
    out += R"(,"endpoints":[)";
    for (const store::EndpointState& one : endpoints) {
        if (out.back() != '[') out += ',';
        out += '{';
        append_member(out, "endpoint", one.name);
        out += R"(,"healthy":)";
        out += one.healthy ? "true" : "false";
        out += R"(,"in_use":)";
        out += one.in_use ? "true" : "false";
        out += R"(,"since":)";
        push::append_instant(out, one.since);
        if (!one.last_error.empty()) {
            out += ',';
            append_member(out, "last_error", one.last_error);
        }
        out += '}';
    }
    out += ']';
}

/// "10.0.0.1:2379 is out: no connection; 10.0.0.2:2379 is healthy, its last failure was: a call timed out".
std::string endpoints_in_words(const std::vector<store::EndpointState>& endpoints) {
    std::string words;
    for (const store::EndpointState& one : endpoints) {
        if (!words.empty()) words += "; ";
        words += one.name + (one.healthy ? " is healthy" : " is out");
        if (!one.last_error.empty()) words += (one.healthy ? ", its last failure was: " : ": ") + one.last_error;
    }
    return words;
}

void append_particulars(std::string& out, const Services& services) {
    const store::Status& status = services.health.store_status();
    const feed::Feed& feed = services.parts.feed;
    out += R"(,"epoch":)";
    append_json_string(out, feed.position().epoch.to_string());
    out += R"(,"revision":)";
    append_json_number(out, feed.position().revision);
    out += R"(,"known_head":)";
    append_json_number(out, feed.known_head());
    out += R"(,"confirmed":)";
    append_json_number(out, feed.confirmed());
    out += R"(,"stale":)";
    out += feed.stale_since() ? "true" : "false";
    out += R"(,"settings":)";
    append_json_number(out, static_cast<std::int64_t>(feed.state().size()));
    out += R"(,"streams":)";
    append_json_number(out, static_cast<std::int64_t>(services.parts.hub.sessions()));
    out += R"(,"store":{)";
    append_member(out, "version", status.version);
    out += R"(,"revision":)";
    append_json_number(out, status.revision);
    out += R"(,"oldest":)";
    append_json_number(out, status.oldest);
    out += R"(,"size_bytes":)";
    append_json_number(out, status.size_bytes);
    append_endpoints(out, services.health.endpoints());
    out += '}';
}

}  // namespace

Awaitable<Result<http::Response>> get_livez(Call& call) {
    const Result<bool> verbose = call.query.flag("verbose");
    if (!verbose) co_return verbose.error();
    co_return json_response(
        success_text(*verbose ? R"({"status":"alive","checks":{"loop":"ok"}})" : R"({"status":"alive"})"));
}

namespace {

// Addresses and versions of what stands behind the server are nobody's business.
bool may_look_inside(const Call& call) {
    return !call.services.security.asks() || call.services.options.open_metrics || call.context.caller != nullptr;
}

/// Adds to a refusal what state it is, and when asked for all that is known.
void tell_more(const Services& services, std::optional<Error>& failure, const std::vector<Health::Check>& checks,
               bool verbose) {
    std::move(*failure).with("state", name_of(services.health.state()));
    if (!verbose) return;
    for (const Health::Check& check : checks)
        std::move(*failure).with(std::string(check.name) + "_since", instant(check.since));
    const std::string endpoints = endpoints_in_words(services.health.endpoints());
    if (!endpoints.empty()) std::move(*failure).with("endpoints", endpoints);
}

/// The answer of a health route. Whoever is `patient` takes a node that serves reads while its store is away.
Result<http::Response> health_answer(Call& call, std::string_view status, bool patient) {
    const Result<bool> verbose = call.query.flag("verbose");
    if (!verbose) return verbose.error();
    if (*verbose && !may_look_inside(call)) return auth::refuse(auth::Refusal::missing);
    const std::vector<Health::Check> checks = call.services.health.checks();
    const bool degraded = call.services.health.state() == HealthState::degraded;
    std::optional<Error> failure = first_failure(checks);
    if (failure && !(patient && degraded)) {
        tell_more(call.services, failure, checks, *verbose);
        return std::move(*failure);
    }
    std::string data = "{";
    append_member(data, "status", degraded ? name_of(HealthState::degraded) : status);
    if (!patient || degraded || *verbose) {
        data += ',';
        append_checks(data, checks);
    }
    if (*verbose) {
        append_since(data, checks);
        append_particulars(data, call.services);
    }
    data += '}';
    return json_response(success_text(data));
}

}  // namespace

Awaitable<Result<http::Response>> get_readyz(Call& call) { co_return health_answer(call, "ready", false); }
Awaitable<Result<http::Response>> get_healthz(Call& call) { co_return health_answer(call, "healthy", true); }

Awaitable<Result<http::Response>> get_metrics(Call& call) {
    http::Response response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = call.services.parts.metrics();
    co_return response;
}

namespace {

void append_list(std::string& out, std::string_view name, const std::vector<std::string>& words) {
    append_json_string(out, name);
    out += ":[";
    for (const std::string& word : words) {
        if (out.back() != '[') out += ',';
        append_json_string(out, word);
    }
    out += ']';
}

std::string lines_of(const std::vector<std::string>& sentences) {
    std::string out;
    for (const std::string& one : sentences) out += (out.empty() ? "" : "; ") + one;
    return out;
}

}  // namespace

Awaitable<Result<http::Response>> post_reload(Call& call) {
    Services& services = call.services;
    if (!services.options.reload_endpoint || !services.parts.reload) co_return Error(Errc::route_not_found);
    if (const Result<> admin = admit_admin(call); !admin) co_return admin.error();
    const ReloadReport report = services.parts.reload();
    services.security.audit().administered(call.context, "configuration_reloaded", "", 0);
    if (!report.problems.empty()) co_return Error(Errc::configuration_wrong).with("reason", lines_of(report.problems));
    std::string data = "{";
    append_list(data, "applied", report.applied);
    data += ',';
    append_list(data, "needs_restart", report.needs_restart);
    data += '}';
    co_return json_response(success_text(data));
}

Awaitable<Result<http::Response>> get_version(Call& call) {
    std::string data = "{";
    append_member(data, "name", "confcast");
    data += ',';
    append_member(data, "version", call.services.options.version);
    data += R"(,"api":1,"push_protocol":1,)";
    append_member(data, "store", call.services.health.store_status().version);
    data += '}';
    co_return json_response(success_text(data));
}

}  // namespace confcast::api
