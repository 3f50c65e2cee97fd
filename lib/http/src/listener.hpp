// Accepts connections and survives whatever accept() says: out of descriptors it gives up a reserve, tells the client,
// and goes on (a loop that only retries would spin, one that returns would end the service).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "shared.hpp"

namespace confcast::http {

class Listener {
  public:
    explicit Listener(std::shared_ptr<Shared> shared);
    ~Listener();

    Result<> open();
    std::uint16_t port() const { return port_; }
    /// Until close(), or cancellation.
    Awaitable<> run();
    void close();

  private:
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

    void take(Socket socket);
    void refuse_from_reserve(std::string_view answer);
    Awaitable<std::string> refusal();
    void open_reserve();

    std::shared_ptr<Shared> shared_;
    Acceptor acceptor_;
    SteadyTimer pause_;
    std::size_t max_connections_ = 0;
    std::uint16_t port_ = 0;
    int reserve_ = -1;
};

}  // namespace confcast::http
