#include "websocket_transport.hpp"

#include <utility>

namespace confcast::api {
namespace {

// A burst's room is given back: an idle connection keeps only what one message needs.
constexpr std::size_t kept_capacity = 4;

template <class T>
void empty(std::vector<T>& list) {
    if (list.capacity() > kept_capacity) {
        list = {};
    } else {
        list.clear();
    }
}

// Tells the session that its connection is gone, however run_stream ends.
class Farewell {
  public:
    explicit Farewell(push::TransportEvents& session) : session_(session) {}
    ~Farewell() { session_.on_closed(); }
    Farewell(const Farewell&) = delete;
    Farewell& operator=(const Farewell&) = delete;

  private:
    push::TransportEvents& session_;
};

}  // namespace

void WebSocketTransport::send(std::span<const push::MessagePtr> messages) {
    for (const push::MessagePtr& message : messages) {
        frames_.emplace_back(message->framed(push::Framing::websocket));
        in_flight_.push_back(message);
    }
    socket_.write_frames(frames_);
}

void WebSocketTransport::on_message(std::string_view data, bool binary) {
    if (binary) {
        session_->on_binary();
    } else {
        session_->on_text(data);
    }
}

void WebSocketTransport::on_written() {
    empty(frames_);
    empty(in_flight_);
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
