// What an endpoint works with, and the call that it answers.
#pragma once

#include <optional>
#include <string>

#include "confcast/api/api.hpp"
#include "health.hpp"
#include "prepared_answers.hpp"
#include "query.hpp"
#include "security.hpp"
#include "shared_lease.hpp"
#include "shared_tickets.hpp"

namespace confcast::api {

/// The header that says where this node is, made once for each place.
struct PositionHeader {
    feed::Position of;
    http::HeaderLines lines;
};

/// Lives as long as the Api.
struct Services {
    ApiParts parts;
    ApiOptions options;
    Health health;
    std::string errors_document;  // GET /api/v1/errors, made once
    SharedLease remembered;       // of notifications and idempotency keys
    Security security;
    SharedTickets tickets;    // with ApiOptions::shared_tickets
    PreparedAnswers answers;  // of GET
    PositionHeader position{};
    std::size_t snapshots = 0;  // dumps under way
};

/// One request at its endpoint: lives in the adapter's frame until the endpoint has returned.
struct Call {
    Services& services;
    http::Context& context;
    Query query;
    std::string key;  // decoded and checked; empty on routes without one
};

/// An endpoint is a named coroutine; the adapter (adapter.hpp) makes the envelope of an Error.
using Endpoint = Awaitable<Result<http::Response>> (*)(Call& call);
/// nullopt: the endpoint is asked.
using Shortcut = std::optional<http::Response> (*)(Services& services, const http::Context& context);

/// `X-Confcast-Revision: <epoch>:<rev>` and, when the watch is down, `X-Confcast-Stale: <seconds>`.
void stamp_position(Services& services, http::Response& response);
/// not_caught_up until this node has its first list.
Result<> check_ready(const Services& services);

}  // namespace confcast::api
