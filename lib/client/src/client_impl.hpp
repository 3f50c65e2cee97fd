// What is behind a Client. Lives until the last coroutine that uses it has ended; all of it on the caller's loop.
#pragma once

#include <memory>
#include <string>

#include "confcast/base/notifier.hpp"
#include "confcast/client/client.hpp"
#include "endpoint.hpp"
#include "keeper.hpp"
#include "requester.hpp"
#include "stream_machine.hpp"
#include "websocket_connection.hpp"

namespace confcast::client {

class ClientImpl : public std::enable_shared_from_this<ClientImpl> {
  public:
    /// Throws std::invalid_argument.
    ClientImpl(Executor executor, Options options);

    Requester& requester() { return requester_; }
    /// `since`: unset = from the state on.
    Result<std::uint64_t> watch(const Filters& filters, Callback callback, std::optional<Position> since = {});
    void unwatch(std::uint64_t id);
    Status status() const { return machine_.status(); }
    void reconnect();
    void set_token(std::string token);
    void ack(const Ack& ack);
    void close();

  private:
    void start();
    /// The stream's life: begin, read until it ends, wait, again; until nobody watches.
    static Awaitable<> run(std::shared_ptr<ClientImpl> self);
    Awaitable<Ending> read_stream(Opening opening, std::size_t server);
    Awaitable<> wait(std::optional<milliseconds> delay);
    void wake();
    /// After anything that may have left messages to send or values to keep.
    void flush();
    void end_stream();
    void expect_quiet();

    Executor executor_;
    Options options_;
    Endpoints endpoints_;
    const std::shared_ptr<Tls> tls_;  // nullptr: no server asks for it
    const std::shared_ptr<Credential> credential_;
    Requester requester_;
    StreamMachine machine_;
    Keeper keeper_;
    Notifier waker_;
    SteadyTimer saver_;
    SteadyTimer quiet_;
    std::shared_ptr<WebSocketConnection> socket_;
    bool loaded_ = false;  // the file has been looked at
    bool saving_ = false;  // the timer of the next save runs
    bool running_ = false;
    bool leaving_ = false;  // this side ends the stream
    bool woken_ = false;
    bool closed_ = false;
};

}  // namespace confcast::client
