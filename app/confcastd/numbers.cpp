#include "numbers.hpp"

namespace confcast::app {
namespace {

// Reads one member of a stats struct that the object gives out by reference or by value.
template <class Object, class Stats>
observe::Read member(const Object& object, std::uint64_t Stats::* field) {
    return [&object, field] { return static_cast<double>(object.stats().*field); };
}

template <class Function>
observe::Read number(Function function) {
    return [function] { return static_cast<double>(function()); };
}

double seconds_since(const std::optional<SteadyTime>& since, const Clock& clock) {
    return since ? std::chrono::duration<double>(clock.now() - *since).count() : 0.0;
}

std::string_view name_of(push::Framing framing) {
    switch (framing) {
        case push::Framing::websocket:
            return "websocket";
        case push::Framing::sse:
            return "sse";
        case push::Framing::ndjson:
            return "ndjson";
    }
    return "";
}

}  // namespace

void register_build(observe::Registry& registry, const std::string& version) {
    registry.gauge("confcast_build_info", "What runs here; always 1", [] { return 1.0; },
                   {{"version", version}, {"compiler", "clang " + std::to_string(__clang_major__)}});
}

void register_feed(observe::Registry& registry, const feed::Feed& feed, const Clock& clock) {
    using Stats = feed::FeedStats;
    registry.counter("confcast_feed_revisions_total", "Revisions applied with a change of a setting or a notification",
                     member(feed, &Stats::revisions));
    registry.counter("confcast_feed_events_total", "Changes applied", member(feed, &Stats::events_put),
                     {{"op", "put"}});
    registry.counter("confcast_feed_events_total", "Changes applied", member(feed, &Stats::events_delete),
                     {{"op", "delete"}});
    registry.counter("confcast_feed_notifications_total", "Notifications applied", member(feed, &Stats::notifications));
    registry.gauge("confcast_feed_notifications", "Notifications kept for streams that come back",
                   number([&feed] { return feed.notifications().size(); }));
    registry.gauge("confcast_feed_notification_bytes", "Their bytes",
                   number([&feed] { return feed.notifications().bytes(); }));
    registry.counter("confcast_feed_foreign_total",
                     "Events by hand of keys or notifications that break their rules, ignored",
                     member(feed, &Stats::foreign));
    registry.counter("confcast_feed_duplicates_total", "Events at or below the applied revision, ignored",
                     member(feed, &Stats::duplicates));
    registry.counter("confcast_feed_discarded_total", "Events without a key or a revision, discarded",
                     member(feed, &Stats::discarded));
    registry.counter("confcast_feed_relists_total", "Lists of the whole store after the first",
                     member(feed, &Stats::relists));
    const std::string restarts = "Watches on the store that were opened again";
    for (const auto& [reason, field] :
         {std::pair{"lost", &Stats::restarts_lost}, std::pair{"compacted", &Stats::restarts_compacted},
          std::pair{"history", &Stats::restarts_history}, std::pair{"repair", &Stats::restarts_repair}})
        registry.counter("confcast_feed_watch_restarts_total", restarts, member(feed, field), {{"reason", reason}});
    registry.counter("confcast_feed_epoch_changes_total", "Other histories met", member(feed, &Stats::epoch_changes));
    registry.counter("confcast_feed_repairs_total", "Settings mended by comparison with the store",
                     member(feed, &Stats::repairs));
    registry.gauge("confcast_feed_revision", "The revision that this node has applied",
                   number([&feed] { return feed.position().revision; }));
    registry.gauge("confcast_feed_known_head", "The newest revision that this node knows of",
                   number([&feed] { return feed.known_head(); }));
    registry.gauge("confcast_feed_confirmed_revision",
                   "The newest revision at which the settings held are known to be the store's",
                   number([&feed] { return feed.confirmed(); }));
    registry.gauge("confcast_feed_lag_revisions", "Revisions of the store that this node may be behind",
                   number([&feed] { return feed.known_head() - feed.confirmed(); }));
    registry.gauge("confcast_feed_lag_seconds", "Since when this node is behind the store; 0 while it is not",
                   [&feed, &clock] { return seconds_since(feed.behind_since(), clock); });
    registry.gauge("confcast_feed_settings", "Settings held", number([&feed] { return feed.state().size(); }));
    registry.gauge("confcast_feed_state_bytes", "Bytes of their keys and values",
                   number([&feed] { return feed.state().bytes(); }));
    registry.gauge("confcast_feed_journal_changes", "Revisions in the journal",
                   number([&feed] { return feed.journal().size(); }));
    registry.gauge("confcast_feed_journal_bytes", "Bytes of their keys and values",
                   number([&feed] { return feed.journal().bytes(); }));
    registry.gauge("confcast_feed_stale_seconds", "Since when the watch on the store is down; 0 while it is up",
                   [&feed, &clock] { return seconds_since(feed.stale_since(), clock); });
}

namespace {

void register_health(observe::Registry& registry, const api::Api& api) {
    using api::HealthState;
    for (const auto& [name, state] :
         {std::pair{"starting", HealthState::starting}, std::pair{"ready", HealthState::ready},
          std::pair{"degraded", HealthState::degraded}, std::pair{"draining", HealthState::draining}})
        registry.gauge("confcast_health_state", "How this node is: 1 for the one state that it is in",
                       number([&api, state] { return api.health() == state; }), {{"state", name}});
    for (const char* check : {"server", "feed", "store", "lag"})
        registry.gauge("confcast_health_check_failed", "Whether the check of /readyz fails",
                       number([&api, check] { return !api.passes(check); }), {{"check", check}});
    registry.gauge("confcast_store_revision", "The store's newest revision when it was last asked",
                   number([&api] { return api.store_status().revision; }));
    registry.gauge("confcast_store_oldest_revision", "The oldest revision that can still be read of it",
                   number([&api] { return api.store_status().oldest; }));
    registry.gauge("confcast_store_size_bytes", "Its size on disk, as it says",
                   number([&api] { return api.store_status().size_bytes; }));
}

}  // namespace

void register_api(observe::Registry& registry, const api::Api& api) {
    registry.counter("confcast_api_notification_duplicates_total",
                     "Notifications that were told before, and to nobody now",
                     member(api, &api::ApiStats::notification_duplicates));
    registry.counter("confcast_api_repeated_writes_total", "Writes that had happened before with their Idempotency-Key",
                     member(api, &api::ApiStats::repeated_writes));
    register_health(registry, api);
    using Stats = api::ApiStats;
    registry.counter("confcast_auth_failures_total", "Requests without a good credential",
                     member(api, &Stats::unauthenticated));
    registry.counter("confcast_auth_denied_total", "Writes and administration without the permission",
                     member(api, &Stats::not_allowed));
    registry.counter("confcast_auth_origins_refused_total", "Requests of pages of other origins, refused",
                     member(api, &Stats::origins_refused));
    registry.counter("confcast_auth_tickets_total", "One-time tickets", member(api, &Stats::tickets_issued),
                     {{"what", "issued"}});
    registry.counter("confcast_auth_tickets_total", "One-time tickets", member(api, &Stats::tickets_redeemed),
                     {{"what", "redeemed"}});
    registry.counter("confcast_auth_tokens_total", "Tokens in the store", member(api, &Stats::tokens_created),
                     {{"what", "created"}});
    registry.counter("confcast_auth_tokens_total", "Tokens in the store", member(api, &Stats::tokens_revoked),
                     {{"what", "revoked"}});
    const std::string limited = "Requests refused by a limit, and messages that had to wait";
    registry.counter("confcast_limited_total", limited, member(api, &Stats::requests_limited), {{"limit", "requests"}});
    registry.counter("confcast_limited_total", limited, member(api, &Stats::writes_limited),
                     {{"limit", "namespace_writes"}});
    registry.counter("confcast_limited_total", limited, member(api, &Stats::quotas_exceeded),
                     {{"limit", "namespace_size"}});
    registry.counter("confcast_limited_total", limited, member(api, &Stats::overloaded), {{"limit", "memory"}});
    registry.counter("confcast_audit_lines_total", "Audit lines", member(api, &Stats::audit_lines));
}

void register_access(observe::Registry& registry, const AccessControl& access, const MemoryBudget& memory) {
    registry.counter("confcast_audit_dropped_total", "Audit lines lost because their file could not keep up",
                     number([&access] { return access.audit_dropped(); }));
    registry.gauge("confcast_memory_budget_bytes", "Beyond so many resident bytes streams and writes are refused",
                   number([&memory] { return memory.bytes(); }));
}

void register_hub(observe::Registry& registry, const push::Hub& hub) {
    using Stats = push::HubStats;
    for (const push::Framing framing : {push::Framing::websocket, push::Framing::sse, push::Framing::ndjson})
        registry.gauge("confcast_push_sessions", "Streams open",
                       number([&hub, framing] { return hub.stats().sessions[static_cast<std::size_t>(framing)]; }),
                       {{"transport", std::string(name_of(framing))}});
    registry.gauge("confcast_push_filters", "Distinct filters of all streams",
                   number([&hub] { return hub.filters().distinct; }));
    registry.gauge("confcast_push_filters_held", "Filters of all streams, the same one counted for each",
                   number([&hub] { return hub.filters().held; }));
    registry.histogram("confcast_push_latency_seconds",
                       "From when this node saw a change until the kernel had the last byte of what tells a stream",
                       hub.stats().push_seconds);
    registry.histogram("confcast_push_delivery_seconds",
                       "The same from when the change was written, by the writer's clock",
                       hub.stats().delivery_seconds);
    registry.counter("confcast_push_sessions_opened_total", "Streams opened", member(hub, &Stats::sessions_opened));
    registry.counter("confcast_push_sessions_closed_total", "Streams closed", member(hub, &Stats::sessions_closed));
    registry.counter("confcast_push_messages_total", "Messages sent", member(hub, &Stats::messages));
    registry.counter("confcast_push_updates_total", "Updates sent", member(hub, &Stats::updates));
    registry.counter("confcast_push_encoded_total", "Updates and notifications encoded", member(hub, &Stats::encoded));
    registry.counter("confcast_push_notifications_total", "Notifications sent", member(hub, &Stats::notifications));
    registry.counter("confcast_push_notifications_lost_total", "Times that a stream was told that some may be missing",
                     member(hub, &Stats::notifications_lost));
    registry.counter("confcast_push_bytes_total", "Bytes of messages sent", member(hub, &Stats::bytes));
    registry.counter("confcast_push_bookmarks_total", "Bookmarks sent", member(hub, &Stats::bookmarks));
    registry.counter("confcast_push_snapshots_total", "Snapshots started", member(hub, &Stats::snapshots));
    registry.counter("confcast_push_coalesced_total", "Updates that folded several revisions",
                     member(hub, &Stats::coalesced));
    registry.counter("confcast_push_resumes_total", "Streams resumed", member(hub, &Stats::resumed_changes),
                     {{"with", "changes"}});
    registry.counter("confcast_push_resumes_total", "Streams resumed", member(hub, &Stats::resumed_snapshot),
                     {{"with", "snapshot"}});
    registry.counter("confcast_push_acks_total", "Acknowledgements of clients", member(hub, &Stats::acks),
                     {{"status", "applied"}});
    registry.counter("confcast_push_acks_total", "Acknowledgements of clients", member(hub, &Stats::nacks),
                     {{"status", "failed"}});
    registry.counter("confcast_push_refused_total", "Client messages refused", member(hub, &Stats::refused));
    registry.counter("confcast_push_closed_slow_total", "Streams closed because they took no byte in time",
                     member(hub, &Stats::closed_slow));
    registry.gauge("confcast_push_polls", "Long polls that wait", number([&hub] { return hub.polls(); }));
    registry.counter("confcast_push_polls_total", "Long polls that had to wait", member(hub, &Stats::polls));
    registry.counter("confcast_push_polls_woken_total", "Of these, those that a change has answered",
                     member(hub, &Stats::polls_woken));
    registry.counter("confcast_push_dismissed_total", "Streams closed by an operator", member(hub, &Stats::dismissed));
    registry.counter("confcast_push_access_total", "Rights to listen that ended or changed",
                     member(hub, &Stats::revoked), {{"how", "revoked"}});
    registry.counter("confcast_push_access_total", "Rights to listen that ended or changed",
                     member(hub, &Stats::expired), {{"how", "expired"}});
    registry.counter("confcast_push_access_total", "Rights to listen that ended or changed",
                     member(hub, &Stats::renewed), {{"how", "renewed"}});
    registry.counter("confcast_push_pings_total", "Pings of clients answered", member(hub, &Stats::pings));
}

void register_server(observe::Registry& registry, const http::Server& server) {
    using Stats = http::ServerStats;
    registry.gauge("confcast_http_connections", "Connections open", member(server, &Stats::connections));
    registry.gauge("confcast_http_websockets", "WebSockets open", member(server, &Stats::websockets));
    registry.gauge("confcast_http_streams", "Answers without an end (Server-Sent Events, lines of JSON)",
                   member(server, &Stats::streams));
    registry.counter("confcast_http_streams_total", "Such answers begun", member(server, &Stats::streams_begun));
    registry.counter("confcast_http_accepted_total", "Connections accepted", member(server, &Stats::accepted));
    registry.counter("confcast_http_refused_connections_total", "Connections over a limit, turned away",
                     member(server, &Stats::refused_connections));
    registry.counter("confcast_http_accept_pauses_total", "Times that accepting waited for its rate",
                     member(server, &Stats::accept_pauses));
    registry.counter("confcast_http_accept_errors_total", "Accepts that failed", member(server, &Stats::accept_errors));
    registry.counter("confcast_http_bad_requests_total", "Requests that are not well-formed HTTP",
                     member(server, &Stats::bad_requests));
    registry.counter("confcast_http_timeouts_total", "Requests that did not arrive in time",
                     member(server, &Stats::timeouts));
    registry.counter("confcast_http_tls_handshakes_total", "TLS handshakes that went well",
                     member(server, &Stats::tls_handshakes));
    registry.counter("confcast_http_tls_failures_total", "TLS handshakes that did not",
                     member(server, &Stats::tls_failures));
    registry.counter("confcast_limited_total", "Requests refused by a limit, and messages that had to wait",
                     member(server, &Stats::messages_held), {{"limit", "websocket_messages"}});
    registry.counter("confcast_http_upgrades_total", "Upgrades to WebSocket", member(server, &Stats::upgrades));
    registry.counter("confcast_http_sent_bytes_total", "Bytes sent", member(server, &Stats::bytes_sent));
}

void register_store(observe::Registry& registry, const store::EmbeddedStore& store) {
    using Stats = store::EmbeddedStats;
    registry.counter("confcast_store_commits_total", "Commits to the disk, each of a group of writes",
                     member(store, &Stats::commits));
    registry.counter("confcast_store_writes_total", "Transactions committed", member(store, &Stats::writes));
    registry.gauge("confcast_store_largest_group", "The most transactions in one commit",
                   member(store, &Stats::largest_group));
    registry.histogram("confcast_store_group_size", "Transactions in one commit", store.group_sizes());
    registry.histogram("confcast_store_prepare_seconds", "How long a group's statements took before its commit",
                       store.prepare_seconds());
    registry.histogram("confcast_store_commit_seconds", "How long a commit took, its fsync included",
                       store.commit_seconds());
    registry.counter("confcast_store_failures_total", "Commits that the disk refused", member(store, &Stats::failures));
    registry.counter("confcast_store_compactions_total", "Compactions of history", member(store, &Stats::compactions));
    registry.counter("confcast_store_leases_expired_total", "Leases that ran out",
                     member(store, &Stats::leases_expired));
}

void register_endpoints(observe::Registry& registry, const store::Store& store) {
    const auto names = store.endpoints();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const observe::Labels labels{{"endpoint", names[i].name}};
        registry.gauge(
            "confcast_store_endpoint_healthy", "Whether the probes find the endpoint fit",
            [&store, i] { return store.endpoints()[i].healthy ? 1.0 : 0.0; }, labels);
        registry.gauge(
            "confcast_store_endpoint_in_use", "Whether calls go to the endpoint",
            [&store, i] { return store.endpoints()[i].in_use ? 1.0 : 0.0; }, labels);
    }
}

void register_log(observe::Registry& registry, const Log& log) {
    registry.counter("confcast_log_dropped_total", "Log lines lost because the sink could not keep up",
                     number([&log] { return log.dropped(); }));
}

}  // namespace confcast::app
