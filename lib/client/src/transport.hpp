// The byte stream below HTTP and WebSocket: TCP, or TLS on it. One type for both, so that what Beast makes of it is
// compiled once; the deadlines are the TCP stream's either way. For the files of this room that hold Beast.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "confcast/base/async.hpp"
#include "tls.hpp"

namespace confcast::client {

using TcpStream = boost::beast::basic_stream<asio::ip::tcp, Executor>;

class Transport {
  public:
    using ErrorCode = boost::system::error_code;
    using executor_type = Executor;
    using next_layer_type = TcpStream;
    using TlsStream = asio::ssl::stream<TcpStream&>;

    /// `tls`: nullptr for bytes as they are.
    Transport(Executor executor, std::shared_ptr<Tls> tls) : context_(std::move(tls)), tcp_(executor) {
        if (context_) tls_.emplace(tcp_, context_->context);
    }

    executor_type get_executor() noexcept { return tcp_.get_executor(); }
    TcpStream& next_layer() noexcept { return tcp_; }
    const TcpStream& next_layer() const noexcept { return tcp_; }
    /// nullptr without TLS.
    TlsStream* tls() { return tls_ ? &*tls_ : nullptr; }
    const Tls* settings() const { return context_.get(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const Buffers& into) {
                if (tls_)
                    tls_->async_read_some(into, std::move(handler));
                else
                    tcp_.async_read_some(into, std::move(handler));
            },
            token, buffers);
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const Buffers& from) {
                if (tls_)
                    tls_->async_write_some(from, std::move(handler));
                else
                    tcp_.async_write_some(from, std::move(handler));
            },
            token, buffers);
    }

  private:
    std::shared_ptr<Tls> context_;
    TcpStream tcp_;
    std::optional<TlsStream> tls_;  // uses tcp_
};

/// Found by Beast's stream. The closing handshake has said the end: TLS need not say it again.
template <class Handler>
void async_teardown(boost::beast::role_type role, Transport& transport, Handler&& handler) {
    async_teardown(role, transport.next_layer(), std::forward<Handler>(handler));
}

}  // namespace confcast::client
