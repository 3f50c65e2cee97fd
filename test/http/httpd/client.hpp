// The other side of a connection: sends any bytes, well or badly formed, and reads what comes back.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <map>
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
    Client(Executor executor, std::uint16_t port);

    Awaitable<> send(std::string bytes);
    /// One answer; status 0 when the connection ended before it did. `head`: it answers a HEAD request.
    Awaitable<Answer> answer(bool head = false);
    /// The next `size` bytes; fewer when the connection ended.
    Awaitable<std::string> take(std::size_t size);
    /// Everything until the server closes.
    Awaitable<std::string> rest();
    /// True when the server has closed and nothing is left to read.
    Awaitable<bool> closed();

    /// Asks for a WebSocket at `path`.
    Awaitable<Answer> upgrade(std::string path = "/ws", std::string behind = {});
    Awaitable<> send_frame(unsigned opcode, std::string payload, bool fin = true);
    /// One frame; nothing when the connection ended.
    Awaitable<std::optional<Frame>> frame();

    asio::basic_stream_socket<asio::ip::tcp, Executor>& socket() { return socket_; }
    std::uint16_t port() const;

  private:
    Awaitable<bool> fill(std::size_t wanted);

    asio::basic_stream_socket<asio::ip::tcp, Executor> socket_;
    std::string read_;
};

/// A masked client frame.
std::string client_frame(unsigned opcode, std::string_view payload, bool fin = true);
std::string close_payload(unsigned code, std::string_view reason = {});

}  // namespace confcast::test
