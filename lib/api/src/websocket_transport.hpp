// A push session's connection over WebSocket: the bridge between push::Transport and http::WebSocket. One per
// connection, which owns it; knows no settings.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "confcast/http/websocket.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/push/transport.hpp"
#include "in_flight.hpp"

namespace confcast::api {

class WebSocketTransport final : public push::Transport, public http::WebSocketEvents {
  public:
    explicit WebSocketTransport(http::WebSocket& socket) : socket_(socket) {}
    /// The connection is gone: the session is told.
    ~WebSocketTransport() override;

    /// Whom to report to; before it nothing comes from the socket.
    void attach(push::TransportEvents& session) { session_ = &session; }

    // push::Transport
    push::Framing framing() const override { return push::Framing::websocket; }
    bool send(std::span<const push::MessagePtr> messages) override;
    void prepare_send(unsigned others) override;
    void close(const push::CloseReason& reason) override { socket_.close(reason.code, reason.text); }
    void abort() override { socket_.abort(); }
    std::uint64_t bytes_accepted() const override { return socket_.bytes_accepted(); }
    std::string_view remote() const override { return socket_.remote(); }

    // http::WebSocketEvents
    void on_message(std::string_view data, bool binary) override;
    void on_written() override;

  private:
    http::WebSocket& socket_;
    push::TransportEvents* session_ = nullptr;
    InFlight in_flight_;
};

/// Opens a session on the socket, which lives until the socket is gone.
std::unique_ptr<http::WebSocketEvents> open_session(push::Hub& hub, push::Subscription subscription,
                                                    http::WebSocket& socket);

}  // namespace confcast::api
