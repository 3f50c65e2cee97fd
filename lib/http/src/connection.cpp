#include "connection.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "http_session.hpp"
#include "shared.hpp"
#include "streaming.hpp"
#include "tls_handshake.hpp"

namespace confcast::http {
namespace {

std::string name_of(const asio::ip::tcp::endpoint& peer) {
    std::string host = peer.address().to_string();
    if (peer.address().is_v6()) host = "[" + host + "]";
    return host + ":" + std::to_string(peer.port());
}

/// Ends when the connection does, or when it is to become a WebSocket. What HTTP needed is freed before that or a
/// stream begins.
Awaitable<std::unique_ptr<Upgrade>> run_connection(Connection& connection) {
    if (connection.shared->tls) {
        // Who is refused is not worth the cost of a handshake, and without one cannot be told.
        if (connection.refused) co_return nullptr;
        const Handshake handshake = co_await shake_hands(connection);
        if (handshake == Handshake::failed) co_return nullptr;
        if (handshake == Handshake::plain_text) {
            HttpSession http(connection);
            co_await http.turn_away(Error(Errc::malformed_request).with("reason", "this port speaks HTTPS only"));
            co_return nullptr;
        }
    }
    auto http = std::make_unique<HttpSession>(connection);
    if (connection.refused) {
        co_await http->turn_away(*connection.refused);
        co_return nullptr;
    }
    Takeover next = co_await http->serve();
    http.reset();
    if (next.stream) co_await serve_stream(connection, std::move(next.stream));
    co_return std::move(next.websocket);
}

void on_end(const Connection& connection, const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted) return;  // cut at the end of a shutdown
        connection.shared->log.error("http", "a connection ended with an error", {{"error", e.what()}});
    } catch (const std::exception& e) {
        connection.shared->log.error("http", "a connection ended with an error", {{"error", e.what()}});
    } catch (...) {
        connection.shared->log.error("http", "a connection ended with an unknown error");
    }
}

}  // namespace

Connection::Connection(std::shared_ptr<Shared> s, Socket accepted, const asio::ip::tcp::endpoint& peer,
                       std::optional<Error> why_not)
    : shared(std::move(s)),
      wire(std::move(accepted)),
      remote(name_of(peer)),
      refused(why_not ? std::make_unique<const Error>(std::move(*why_not)) : nullptr),
      from(refused ? nullptr : &shared->addresses.enter(peer.address())) {
    ++(refused ? shared->stats.refused_connections : shared->stats.accepted);
    if (refused)
        ++shared->turning_away;
    else
        ++shared->stats.connections;
    shared->connections.add(*this);
}

Connection::~Connection() {
    if (refused)
        --shared->turning_away;
    else
        --shared->stats.connections;
    if (from != nullptr) shared->addresses.leave(*from);
    unlink();
    shared->connections.on_removed();
}

void Connection::cut() {
    wire.close();
    if (activity != nullptr) activity->on_cut();
}

void start_connection(std::unique_ptr<Connection> connection) {
    Connection& it = *connection;
    asio::co_spawn(it.shared->executor, run_connection(it),
                   asio::bind_cancellation_slot(
                       it.stop.slot(), [owner = std::move(connection)](const std::exception_ptr& thrown,
                                                                       std::unique_ptr<Upgrade> upgrade) mutable {
                           on_end(*owner, thrown);
                           if (upgrade) start_websocket(std::move(owner), std::move(*upgrade));
                       }));
}

}  // namespace confcast::http
