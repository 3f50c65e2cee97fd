// A blocking WebSocket client for tools and tests: answers pings, joins fragments, remembers how it ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "confcast/load/http.hpp"
#include "confcast/load/socket.hpp"
#include "confcast/load/websocket_frame.hpp"

namespace confcast::load {

/// The bytes that ask for an upgrade of `target`.
std::string upgrade_request(std::string_view target, const Headers& headers = {});
/// Whether a response grants that upgrade, the accept key included.
bool is_upgraded(const HttpResponse& response);

/// The server answered the upgrade request with something else than 101.
struct UpgradeRefused : std::runtime_error {
    explicit UpgradeRefused(HttpResponse answer)
        : std::runtime_error("the upgrade was refused: " + std::to_string(answer.status) + " " + answer.body),
          response(std::move(answer)) {}
    HttpResponse response;
};

class WebSocketClient {
  public:
    /// Connects and upgrades. `receive_buffer` as in Socket; small to be slow on purpose.
    WebSocketClient(const Endpoint& endpoint, std::string_view target, const Headers& headers = {},
                    int receive_buffer = 0);

    /// The next text or binary message; nullopt when the stream has ended (see close_code()) or at the deadline.
    std::optional<std::string> receive(std::chrono::milliseconds limit = std::chrono::seconds{10});
    void send_text(std::string_view text) { send_raw(client_frame(Opcode::text, text)); }
    /// Any bytes, for frames that no client should send. A peer that has gone is no error here.
    void send_raw(std::string_view bytes);
    /// Closes as RFC 6455 wants it and waits for the answer.
    void close(std::uint16_t code = 1000);
    /// Ends the connection without a word.
    void abort() { socket_.close(); }

    bool ended() const { return ended_; }
    /// What the server's close frame said; 1006 when the connection ended without one, 0 while it is open.
    std::uint16_t close_code() const { return close_code_; }
    const std::string& close_reason() const { return close_reason_; }
    /// Pongs that have come.
    unsigned pongs() const { return pongs_; }
    const Socket& socket() const { return socket_; }

  private:
    void on_frame(const Frame& frame);
    void read_once();

    Socket socket_;
    FrameReader frames_;
    std::deque<std::string> messages_;
    std::string fragments_;
    bool ended_ = false;
    std::uint16_t close_code_ = 0;
    std::string close_reason_;
    unsigned pongs_ = 0;
};

}  // namespace confcast::load
