#include "routes.hpp"

#include <array>

#include "access_routes.hpp"
#include "clients.hpp"
#include "documents.hpp"
#include "list.hpp"
#include "notify.hpp"
#include "operations.hpp"
#include "read.hpp"
#include "snapshot.hpp"
#include "tokens.hpp"
#include "txn.hpp"
#include "watch.hpp"
#include "write.hpp"

namespace confcast::api {
namespace {

using enum http::Method;

constexpr std::array<Parameter, 7> read_query{
    {{"raw"}, {"fields"}, {"revision"}, {"min_revision"}, {"consistency"}, {"wait"}, {"since"}}};
constexpr std::array<Parameter, 6> list_query{{{"prefix"}, {"limit"}, {"cursor"}, {"fields"}, {"wait"}, {"since"}}};
constexpr std::array<Parameter, 2> put_query{{{"raw"}, {"dry_run"}}};
constexpr std::array<Parameter, 1> write_query{{{"dry_run"}}};
constexpr std::array<Parameter, 10> watch_query{{{"key", true},
                                                 {"prefix", true},
                                                 {"glob", true},
                                                 {"topic", true},
                                                 {"since"},
                                                 {"snapshot"},
                                                 {"fields"},
                                                 {"client_id"},
                                                 {"label", true},
                                                 {"ticket"}}};
constexpr std::array<Parameter, 5> clients_query{
    {{"limit"}, {"cursor"}, {"client_id"}, {"label", true}, {"transport"}}};
constexpr std::array<Parameter, 1> audit_query{{{"limit"}}};
constexpr std::array<Parameter, 1> health_query{{{"verbose"}}};
constexpr std::span<const Parameter> no_query{};

// clang-format off
constexpr std::array table{
    //       method  pattern                   endpoint          scope              body               stamp            query       shortcut
    RouteRow{get,    "/api/v1/config/*key",    get_config,       Scope::api,        Body::none,        Stamp::position, read_query, get_config_now},
    RouteRow{put,    "/api/v1/config/*key",    put_config,       Scope::api,        Body::setting,     Stamp::none,     put_query},
    RouteRow{del,    "/api/v1/config/*key",    delete_config,    Scope::api,        Body::none,        Stamp::none,     write_query},
    RouteRow{get,    "/api/v1/config",         list_config,      Scope::api,        Body::none,        Stamp::position, list_query},
    RouteRow{post,   "/api/v1/config",         create_config,    Scope::api,        Body::setting,     Stamp::none,     write_query},

    RouteRow{get,    "/config/*key",           get_config,       Scope::api,        Body::none,        Stamp::position, read_query, get_config_now},
    RouteRow{put,    "/config/*key",           put_config,       Scope::api,        Body::setting,     Stamp::none,     put_query},
    RouteRow{del,    "/config/*key",           delete_config,    Scope::api,        Body::none,        Stamp::none,     write_query},
    RouteRow{get,    "/config",                list_config,      Scope::api,        Body::none,        Stamp::position, list_query},
    RouteRow{post,   "/config",                create_config,    Scope::api,        Body::setting,     Stamp::none,     write_query},

    RouteRow{post,   "/api/v1/txn",            run_transaction,  Scope::api,        Body::transaction, Stamp::none,     write_query},
    RouteRow{post,   "/api/v1/notifications",  post_notification, Scope::api,       Body::setting,     Stamp::none,     write_query},
    RouteRow{get,    "/api/v1/watch",          get_watch,        Scope::api,        Body::none,        Stamp::none,     watch_query},
    RouteRow{get,    "/ws",                    get_watch,        Scope::api,        Body::none,        Stamp::none,     watch_query},
    RouteRow{get,    "/api/v1/clients",        list_clients,     Scope::api,        Body::none,        Stamp::none,     clients_query},
    RouteRow{get,    "/api/v1/clients/:id",    get_client,       Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{del,    "/api/v1/clients/:id",    delete_client,    Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{get,    "/api/v1/tokens",         list_tokens,      Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{post,   "/api/v1/tokens",         create_token,     Scope::api,        Body::small,       Stamp::none,     no_query},
    RouteRow{get,    "/api/v1/tokens/:id",     get_token,        Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{put,    "/api/v1/tokens/:id",     change_token,     Scope::api,        Body::small,       Stamp::none,     no_query},
    RouteRow{del,    "/api/v1/tokens/:id",     delete_token,     Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{post,   "/api/v1/tickets",        create_ticket,    Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{get,    "/api/v1/whoami",         get_whoami,       Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{get,    "/api/v1/audit",          get_audit,        Scope::api,        Body::none,        Stamp::none,     audit_query},
    RouteRow{get,    "/api/v1/snapshot",       get_snapshot,     Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{get,    "/api/v1/errors",         get_errors,       Scope::operations, Body::none,        Stamp::none,     no_query},
    RouteRow{get,    "/api/v1/openapi.json",   get_openapi,      Scope::operations, Body::none,        Stamp::none,     no_query},

    RouteRow{get,    "/livez",                 get_livez,        Scope::operations, Body::none,        Stamp::none,     health_query},
    RouteRow{get,    "/readyz",                get_readyz,       Scope::operations, Body::none,        Stamp::none,     health_query},
    RouteRow{get,    "/healthz",               get_healthz,      Scope::operations, Body::none,        Stamp::none,     health_query},
    RouteRow{get,    "/metrics",               get_metrics,      Scope::operators,  Body::none,        Stamp::none,     no_query},
    RouteRow{post,   "/-/reload",              post_reload,      Scope::api,        Body::none,        Stamp::none,     no_query},
    RouteRow{get,    "/version",               get_version,      Scope::operations, Body::none,        Stamp::none,     no_query},
};
// clang-format on

}  // namespace

std::span<const RouteRow> route_table() { return table; }

std::size_t body_limit_of(const RouteRow& row, const ApiOptions& options) {
    constexpr std::size_t around_the_value = 64U << 10U;
    switch (row.body) {
        case Body::none:
            return 0;
        case Body::small:
            return around_the_value;
        case Body::setting:
        case Body::transaction:
            return 2 * options.max_value + around_the_value;
    }
    return 0;
}

}  // namespace confcast::api
