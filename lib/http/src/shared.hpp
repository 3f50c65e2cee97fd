// What all connections of a server share. Kept alive by each of them: a connection may outlive the Server's object by
// the moment in which the loop takes it down.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "addresses.hpp"
#include "confcast/http/middleware.hpp"
#include "confcast/http/server.hpp"
#include "connections.hpp"
#include "http_date.hpp"
#include "poller.hpp"

namespace confcast::http {

struct Shared {
    Shared(const Executor& on, ServerOptions with, const Chain& serve, const ErrorRenderer& answer, const Clock& time,
           Log& to);

    Executor executor;
    ServerOptions options;
    const Chain& chain;
    const ErrorRenderer& render;
    const Clock& clock;
    Log& log;
    std::shared_ptr<const TlsContext> tls;  // of connections to come
    ServerStats stats;
    HttpDate date;
    std::shared_ptr<Poller> poller;
    bool ending = false;  // answer what is under way, begin nothing new
    std::size_t turning_away = 0;
    Connections connections;
    Addresses addresses;
    std::vector<std::string_view> pieces;  // scratch: of one write, used during one call only
    std::array<char, 16U << 10U> input;    // scratch: of one read of a WebSocket, likewise

    void reconfigure(ServerOptions with);

    /// The Date of an answer. The wall clock is asked about once a second.
    std::string_view date_at(SteadyTime now);

    /// The answer to an error that is found before the chain can run, or instead of it. With an id, in the language of
    /// the request as far as it is known.
    Awaitable<Response> refusal(Request& request, Error error);

  private:
    std::vector<Middleware> around_refusals_;
    std::string_view date_now_;
    SteadyTime date_from_ = SteadyTime::max();
    SteadyTime date_until_ = SteadyTime::min();
};

}  // namespace confcast::http
