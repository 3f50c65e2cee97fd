#include "websocket_transport.hpp"

#include <utility>

#include "confcast/base/prefetch.hpp"

namespace confcast::api {

WebSocketTransport::~WebSocketTransport() {
    if (session_ != nullptr) session_->on_closed();
}

bool WebSocketTransport::send(std::span<const push::MessagePtr> messages) {
    Pieces pieces;
    append_pieces(pieces, messages, push::Framing::websocket);
    if (socket_.write_frames(pieces)) return true;
    in_flight_.keep(messages);
    return false;
}

void WebSocketTransport::prepare_send(unsigned others) {
    // What is behind the socket's interface is larger than it.
    constexpr std::size_t size_of_session = 256;
    if (others > 1)
        prefetch(&socket_, size_of_session);
    else
        socket_.prepare_write();
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

std::unique_ptr<http::WebSocketEvents> open_session(push::Hub& hub, push::Subscription subscription,
                                                    http::WebSocket& socket) {
    auto transport = std::make_unique<WebSocketTransport>(socket);
    transport->attach(hub.open(*transport, std::move(subscription)));
    return transport;
}

}  // namespace confcast::api
