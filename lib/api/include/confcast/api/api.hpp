// The api room's door: the REST API and the watch endpoint (api.md) as one middleware chain over store, feed and hub.
// Whoever serves HTTP takes chain(), renderer() and body_limit() from here. Depends on every room but etcd.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/auth/authenticator.hpp"
#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/http/middleware.hpp"
#include "confcast/http/router.hpp"
#include "confcast/http/standard_middleware.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/store/layout.hpp"
#include "confcast/store/store.hpp"

namespace confcast::api {

/// The envelope of an error as text, in English: for refusals on a stream (push::HubOptions::render_envelope).
std::string error_envelope(const Error& error);

/// So many a second, and so many at once after a rest. 0 a second = as often as one likes.
struct Rate {
    std::uint32_t per_second = 0;
    std::uint32_t burst = 0;
};

struct ApiOptions {
    std::string version = "0.0.0";                // told by /version
    std::size_t max_value = 1U << 20U;            // bytes of one setting's value
    std::size_t max_message = 1024;               // bytes of a write's message
    std::size_t max_operations = 64;              // puts and deletes of one transaction, and its compares
    std::chrono::seconds remember{600};           // notifications and idempotency keys, at least
    std::size_t max_page = 1000;                  // entries of one list page
    std::size_t page_bytes = 4U << 20U;           // a list page ends early when it has so many
    std::size_t answer_cache = 16U << 20U;        // bytes of answers to GET that are kept ready; 0 = none
    std::chrono::milliseconds read_wait{5'000};   // for min_revision and consistency=linearizable
    std::chrono::milliseconds write_wait{5'000};  // for this node to apply what the store has committed
    std::uint32_t access_log_every = 1;           // of a route that go well per access log line; 0: only the others
    std::chrono::milliseconds health_interval{1'000};
    std::chrono::milliseconds health_patience{5'000};  // no answer of the store for so long: not ready
    std::int64_t ready_lag_revisions = 10'000;         // further behind the store than this: not ready
    std::chrono::milliseconds ready_lag{10'000};       // behind, or without a watch, for longer than this: not ready

    Rate address_rate{2'000, 4'000};                // requests of one address; loopback is not counted
    Rate principal_rate{5'000, 10'000};             // requests of one principal; not on a server that asks nobody
    Rate namespace_write_rate{10'000, 20'000};      // writes to one namespace, by everybody
    std::size_t max_namespace_keys = 200'000;       // 0 = no limit, here and below
    std::size_t max_namespace_bytes = 512U << 20U;  // of keys and values
    std::size_t max_tokens = 10'000;                // in the store
    std::vector<std::string> allowed_origins{};     // of pages: "https://app.example.com", or "*"
    bool loopback_only = false;                     // nobody is asked: the Host has to be this machine
    bool reload_endpoint = false;                   // POST /-/reload
    bool shared_tickets = false;                    // other servers use the store: a ticket is good at any of them
    bool open_metrics = false;                      // /metrics and ?verbose for whoever asks
};

/// How this node is: what /healthz says.
enum class HealthState : std::uint8_t {
    starting,  // it has not read the store yet, and serves nothing
    ready,     // all is well
    degraded,  // reads are served from memory; the store is away, or this node is behind it
    draining   // it is leaving
};

struct ApiStats {
    std::uint64_t notification_duplicates = 0;  // notifications that were told before, and to nobody now
    std::uint64_t repeated_writes = 0;          // writes that had happened before with their Idempotency-Key
    std::uint64_t unauthenticated = 0;          // no credential, or one that is not good
    std::uint64_t not_allowed = 0;              // writes and administration without the permission
    std::uint64_t origins_refused = 0;
    std::uint64_t requests_limited = 0;
    std::uint64_t writes_limited = 0;
    std::uint64_t quotas_exceeded = 0;
    std::uint64_t overloaded = 0;  // refused for want of memory
    std::uint64_t tickets_issued = 0;
    std::uint64_t tickets_redeemed = 0;
    std::uint64_t tokens_created = 0;
    std::uint64_t tokens_revoked = 0;
    std::uint64_t audit_lines = 0;
};

/// What became of a reload of the configuration.
struct ReloadReport {
    std::vector<std::string> applied;        // settings, by their paths
    std::vector<std::string> needs_restart;  // settings that are other than what runs
    std::vector<std::string> problems;       // sentences; with any, no setting was applied
};

/// What the API works on. All references outlive the Api.
struct ApiParts {
    store::Store& store;
    feed::Feed& feed;
    push::Hub& hub;
    const store::Layout& layout;
    const Clock& clock;
    Log& log;
    std::function<std::string()> metrics;                // the text of GET /metrics (Prometheus exposition format)
    auth::Authenticator* authenticator = nullptr;        // null: nobody is asked, everybody may do everything
    std::function<bool()> overloaded{};                  // the memory budget is spent; unset: never
    std::function<void(std::string_view line)> audit{};  // where audit lines go; unset: nowhere but GET /api/v1/audit
    std::function<ReloadReport()> reload{};              // POST /-/reload; unset: there is no such route
};

class Api {
  public:
    /// `observe` sees every finished request; `extend` may add routes of its own to the router.
    Api(Executor executor, const ApiParts& parts, const ApiOptions& options, http::AccessObserver observe = {},
        const std::function<void(http::Router&)>& extend = {});
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// All of it: recover > request id > access log > language > router.
    const http::Chain& chain() const;
    /// Errors as envelopes, for what happens before a chain can run.
    const http::ErrorRenderer& renderer() const;
    /// The body limit of the route that a request is for (http::ServerOptions::body_limit).
    std::size_t body_limit(const http::Request& head) const;

    /// Other limits from now on. What the api was made of stays: version, remember, shared_tickets.
    void reconfigure(const ApiOptions& options);

    /// Asks the store how it is, again and again, for /readyz. Returns when cancelled. Run once, in a TaskGroup.
    Awaitable<> run_health();
    /// Asks it once.
    Awaitable<> check_health();
    /// What a client that shows this token on its stream may see from now on (push::HubOptions::renew).
    Result<push::AccessPtr> renew_access(std::string_view token, const push::AccessPtr& then);
    /// The authenticator was told something: every stream is asked again.
    void recheck_access();
    HealthState health() const;
    /// Whether the check of that name ("server", "feed", "store", "lag") passes.
    bool passes(std::string_view check) const;
    /// The store's last word on itself; a default one before the first.
    const store::Status& store_status() const;
    /// From now on /readyz says "shutting down".
    void set_draining();

    ApiStats stats() const;

    /// One row of the route table, for the test that compares it with docs/openapi.json.
    struct Route {
        http::Method method;
        std::string pattern;
        std::vector<std::string> query;             // parameters it takes
        std::vector<std::string> query_repeatable;  // those of them that may be repeated
    };
    std::vector<Route> routes() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::api
