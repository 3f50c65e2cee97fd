// One accepted socket from accept to close, whatever is spoken on it: HTTP first, a WebSocket perhaps later. What is
// kept here is kept for every idle connection, so it is little.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>
#include <optional>
#include <string>

#include "addresses.hpp"
#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "wire.hpp"

namespace confcast::http {

struct Shared;

/// What is done on a connection now, as the sweep and the shutdown see it. Neither call ends it on the spot.
class Activity {
  public:
    virtual ~Activity() = default;
    /// The connection's deadline has passed. It has been cleared; set the next one.
    virtual void on_deadline(SteadyTime now) = 0;
    /// The server is going away: end when it is polite to.
    virtual void wind_down() = 0;
    /// The socket was closed. What waited for it comes back by itself.
    virtual void on_cut() {}
};

class Connection : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    /// `refused`: why it is not to be served, but told so and closed.
    Connection(std::shared_ptr<Shared> shared, Socket accepted, const asio::ip::tcp::endpoint& peer,
               std::optional<Error> refused);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// The deadline is moved nearer, never away.
    void due(SteadyTime time) { deadline = std::min(deadline, time); }
    /// Closes the socket: whatever waits for it comes back with an error.
    void cut();

    const std::shared_ptr<Shared> shared;
    Wire wire;
    std::string remote;
    SteadyTime deadline = SteadyTime::max();
    Activity* activity = nullptr;
    asio::cancellation_signal stop;
    std::unique_ptr<const Error> refused;
    Addresses::Count* const from;  // nullptr: it does not count
};

/// Serves the connection in a coroutine of its own, which owns it until it becomes a WebSocket.
void start_connection(std::unique_ptr<Connection> connection);

}  // namespace confcast::http
