// One WebSocket to a server. Beast stays in websocket_connection.cpp.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/client/options.hpp"
#include "ending.hpp"
#include "endpoint.hpp"

namespace confcast::client {

struct Tls;

struct WebSocketSetup {
    std::string target{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::size_t max_message = 64U << 20U;
    milliseconds handshake_timeout{5'000};  // of the closing handshake as well
    milliseconds silence_timeout{40'000};   // half of it without a byte: a ping; all of it: timed_out
};

class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection> {
  public:
    WebSocketConnection(Executor executor, Endpoint endpoint, WebSocketSetup setup, std::shared_ptr<Tls> tls);
    ~WebSocketConnection();

    /// A server that refuses is `answered`, with what it said.
    Awaitable<Result<>> open(SteadyTime deadline);
    /// The next text, or how the connection ended. One at a time.
    Awaitable<std::variant<std::string, Ending>> read();
    /// After what was sent before. Lost when the connection ends.
    void send(std::string text);
    /// Starts the closing handshake; read() ends. Idempotent.
    void close(std::uint16_t code);
    /// Cuts it; read() ends.
    void abort();

  private:
    struct Impl;
    static Awaitable<> run_writes(std::shared_ptr<WebSocketConnection> self);
    static Awaitable<> run_close(std::shared_ptr<WebSocketConnection> self, std::uint16_t code);
    std::unique_ptr<Impl> impl_;
};

}  // namespace confcast::client
