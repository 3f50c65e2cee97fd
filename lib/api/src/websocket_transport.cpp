#include "websocket_transport.hpp"

#include <utility>

namespace confcast::api {

bool WebSocketTransport::send(std::span<const push::MessagePtr> messages) {
    for (const push::MessagePtr& message : messages) in_flight_.add(message, push::Framing::websocket);
    socket_.write_frames(in_flight_.pieces());
    return false;
}

void WebSocketTransport::on_message(std::string_view data, bool binary) {
    if (binary) {
        session_->on_binary();
    } else {
        session_->on_text(data);
    }
}

void WebSocketTransport::on_written() {
    in_flight_.clear();
    session_->on_sent();
}

Awaitable<> run_stream(push::Hub& hub, push::Subscription subscription, http::WebSocket& socket) {
    WebSocketTransport transport(socket);
    push::TransportEvents& session = hub.open(transport, std::move(subscription));
    transport.attach(session);
    const Farewell farewell(session);
    co_await socket.run(transport);
}

}  // namespace confcast::api
