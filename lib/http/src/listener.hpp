// Accepts connections and survives whatever accept() says: out of descriptors it gives up a reserve, tells the client,
// and goes on (a loop that only retries would spin, one that returns would end the service).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "pace.hpp"
#include "shared.hpp"

namespace confcast::http {

class Listener {
  public:
    explicit Listener(std::shared_ptr<Shared> shared);
    ~Listener();

    Result<> open();
    /// As many and as fast as the options say now.
    void take_limits();
    std::uint16_t port() const { return port_; }
    /// Until close(), or cancellation.
    Awaitable<> run();
    void close();

  private:
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

    Result<> bind();
    /// Of the socket that the options name.
    Result<> adopt();
    /// Returns when the next connection may be accepted.
    Awaitable<> wait_for_turn();
    void take(Socket socket, const asio::ip::tcp::endpoint& peer);
    std::optional<Error> refusal_for(const asio::ip::address& address) const;
    void refuse_from_reserve(std::string_view answer);
    Awaitable<std::string> refusal();
    void open_reserve();

    std::shared_ptr<Shared> shared_;
    Acceptor acceptor_;
    SteadyTimer pause_;
    Pace pace_;
    std::size_t max_connections_ = 0;
    std::size_t max_per_address_ = 0;
    std::uint16_t port_ = 0;
    int reserve_ = -1;
};

}  // namespace confcast::http
