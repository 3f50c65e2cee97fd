// The way of a connection's bytes: its socket, and TLS on it or not. Plain bytes go as they would without this class:
// one system call, no allocation, no indirection but one comparison.
//
// Between two requests the descriptor may be kept by a Poller instead of the loop: then socket() is closed, and what is
// waited for is waited for there, until the wire is given back.
#pragma once

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "confcast/base/async.hpp"
#include "drop_input.hpp"
#include "poller.hpp"
#include "receive_now.hpp"
#include "send_now.hpp"
#include "tls_channel.hpp"

namespace confcast::http {

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class Wire {
  public:
    using ErrorCode = boost::system::error_code;

    explicit Wire(Socket socket) : socket_(std::move(socket)) {}
    ~Wire() { close(); }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// For waiting, cancelling and closing, while it is not kept; never for reading or writing.
    Socket& socket() { return socket_; }
    const Socket& socket() const { return socket_; }

    bool is_open() const { return is_kept() || socket_.is_open(); }
    /// Whatever waits for the socket comes back with an error; a Poller's client is told nothing.
    void close();

    /// The descriptor goes to `poller`, which tells `client` of it. Precondition: nothing waits for the socket. False:
    /// it stays (with TLS always). `client` outlives the stay.
    bool keep(Poller& poller, Poller::Client& client);
    bool is_kept() const { return kept_ >= 0; }
    /// Back to the loop; does nothing when it is there. A wire that cannot be is closed.
    void give_back();
    /// Reads what is there, while it is kept. 0 and no error: the end. would_block: nothing.
    std::size_t read_kept(asio::mutable_buffer into, ErrorCode& ec) const;

    /// From now on TLS is spoken, the handshake first. Throws std::bad_alloc.
    TlsChannel& begin_tls(std::shared_ptr<const TlsContext> context) {
        tls_ = std::make_unique<TlsChannel>(std::move(context));
        return *tls_;
    }
    /// From now on it is not.
    void end_tls() { tls_.reset(); }
    bool is_secure() const { return tls_ != nullptr; }
    std::string_view client_certificate() const { return tls_ ? tls_->client_certificate() : std::string_view(); }

    /// What the kernel takes now, from the front of `pieces`. Who is told of fewer bytes than he gave waits until the
    /// socket is writable, and begins again with the same bytes.
    Sent send(std::span<const std::string_view> pieces) {
        return tls_ ? tls_->send(descriptor(), pieces) : send_now(descriptor(), pieces);
    }
    /// Says that nothing more will be sent, so that the peer knows that it has all. False: wait until the socket is
    /// writable, and say it again.
    bool say_end();

    /// What is there now. Fewer bytes than there is room for: wait for more, by async_wait_readable().
    Received receive(std::span<char> into) {
        return tls_ ? tls_->read(descriptor(), into.data(), into.size())
                    : receive_now(descriptor(), into.data(), into.size());
    }
    /// Drops what is there now, at most about `most` bytes of it.
    Dropped drop_input(std::size_t most) {
        return tls_ ? tls_->drop_input(descriptor(), most) : http::drop_input(descriptor(), most);
    }

    /// Bytes that the kernel has taken (as send() told) and the peer has not.
    std::size_t unacknowledged() const;

    /// Like a socket's.
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
            [this](auto handler, const Buffers& into) { this->start_read(into, std::move(handler)); }, token, buffers);
    }
    /// Until there may be something to read.
    template <class Token>
    auto async_wait_readable(Token&& token) {
        return asio::async_initiate<Token, void(ErrorCode)>(
            [this](auto handler) { this->start_wait_readable(std::move(handler)); }, token);
    }

    template <class Buffers, class Handler>
    void start_read(const Buffers& into, Handler handler) {
        if (tls_) {
            asio::mutable_buffer first;
            for (auto it = asio::buffer_sequence_begin(into); it != asio::buffer_sequence_end(into); ++it) {
                first = *it;
                if (first.size() > 0) break;
            }
            asio::async_compose<Handler, void(ErrorCode, std::size_t)>(TlsRead{*this, first}, handler, socket_);
        } else {
            socket_.async_read_some(into, std::move(handler));
        }
    }
    template <class Handler>
    void start_wait_readable(Handler handler) {
        if (!tls_ || tls_->is_drained() || !socket_.is_open())
            socket_.async_wait(asio::socket_base::wait_read, std::move(handler));
        else
            asio::async_compose<Handler, void(ErrorCode)>(Later(), handler, socket_);
    }

  private:
    /// Reads what is there, else waits for the socket. Completes in a turn of its own.
    struct TlsRead {
        Wire& wire;
        asio::mutable_buffer into;
        Received received{};
        bool waited = false;
        bool done = false;

        template <class Self>
        void operator()(Self& self, ErrorCode ec = {}) {
            if (ec || done) {
                self.complete(ec ? ec : received.error, received.bytes);
                return;
            }
            received = wire.tls_->read(wire.descriptor(), into.data(), into.size());
            if (received.would_block) {
                waited = true;
                wire.socket_.async_wait(asio::socket_base::wait_read, std::move(self));
            } else if (waited) {
                self.complete(received.error, received.bytes);
            } else {
                done = true;
                asio::post(wire.socket_.get_executor(), std::move(self));
            }
        }
    };

    struct Later {
        bool begun = false;
        template <class Self>
        void operator()(Self& self) {
            if (std::exchange(begun, true))
                self.complete({});
            else
                asio::post(self.get_executor(), std::move(self));
        }
    };

    void take_back();
    int descriptor() { return is_kept() ? kept_ : socket_.native_handle(); }

    Socket socket_;
    int kept_ = -1;
    Poller* poller_ = nullptr;
    Poller::Client* client_ = nullptr;
    std::unique_ptr<TlsChannel> tls_;
};

}  // namespace confcast::http
