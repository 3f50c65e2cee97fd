// The other side of a connection: sends any bytes, well or badly formed, and reads what comes back.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/async.hpp"

namespace confcast::test {

struct Answer {
    unsigned status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string head;
    std::string body;
};

struct Frame {
    unsigned opcode = 0;
    bool fin = true;
    std::string payload;
    /// Of a close frame; 0 when there is none.
    unsigned close_code() const;
};

class Client {
  public:
    using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

    /// With `tls` it speaks TLS as that says; the handshake comes with the first byte that is sent or wanted.
    Client(Executor executor, std::uint16_t port, std::shared_ptr<asio::ssl::context> tls = nullptr);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// The handshake, of TLS only: "", or what was wrong.
    Awaitable<std::string> shake_hands();
    /// The server's end came without TLS's word for it (close_notify).
    bool was_truncated() const { return truncated_; }
    /// For what OpenSSL can be told and asked.
    SSL* native();

    Awaitable<> send(std::string bytes);
    /// Over TLS: sends `bytes` and, in the same segment, that nothing more will come. Returns when the server has
    /// ended.
    Awaitable<> send_last(std::string bytes);
    /// One answer; status 0 when the connection ended before it did. `head`: it answers a HEAD request.
    Awaitable<Answer> answer(bool head = false);
    /// The next `size` bytes; fewer when the connection ended.
    Awaitable<std::string> take(std::size_t size);
    /// What there is now, without a turn of the loop: waits for it without TLS, takes nothing with it.
    std::size_t read_now(asio::mutable_buffer into);
    /// Everything until the server closes.
    Awaitable<std::string> rest();
    /// True when the server has closed and nothing is left to read.
    Awaitable<bool> closed();

    /// Asks for a WebSocket at `path`.
    Awaitable<Answer> upgrade(std::string path = "/ws", std::string behind = {});
    Awaitable<> send_frame(unsigned opcode, std::string payload, bool fin = true);
    /// One frame; nothing when the connection ended.
    Awaitable<std::optional<Frame>> frame();

    Socket& socket() { return *socket_; }
    std::uint16_t port() const;

  private:
    Awaitable<bool> fill(std::size_t wanted);

    struct Tls;
    std::unique_ptr<Socket> socket_;
    std::unique_ptr<Tls> tls_;  // uses the socket
    bool truncated_ = false;
    std::string read_;
};

/// A masked client frame.
std::string client_frame(unsigned opcode, std::string_view payload, bool fin = true);
std::string close_payload(unsigned code, std::string_view reason = {});

}  // namespace confcast::test
