#include "stream_transport.hpp"

#include <functional>
#include <utility>

namespace confcast::api {
namespace {

constexpr std::size_t retry_least_ms = 1000;
constexpr std::size_t retry_spread_ms = 1000;

}  // namespace

std::string retry_line(std::string_view remote) {
    const std::size_t ms = retry_least_ms + (std::hash<std::string_view>{}(remote) % retry_spread_ms);
    return "retry: " + std::to_string(ms) + "\n\n";
}

StreamTransport::StreamTransport(http::ByteStream& stream, push::Framing framing) : stream_(stream), framing_(framing) {
    if (framing == push::Framing::sse) retry_ = retry_line(stream.remote());
    // A comment, a line without JSON: so that proxies and both ends see that the connection lives.
    stream_.keep_alive(framing == push::Framing::sse ? ": ping\n\n" : "\n");
}

bool StreamTransport::send(std::span<const push::MessagePtr> messages) {
    if (!std::exchange(begun_, true) && !retry_.empty()) in_flight_.add(retry_);
    for (const push::MessagePtr& message : messages) in_flight_.add(message, framing_);
    stream_.write(in_flight_.pieces());
    return false;
}

void StreamTransport::close(const push::CloseReason& /*reason*/) { stream_.close(); }

void StreamTransport::on_written() {
    in_flight_.clear();
    session_->on_sent();
}

Awaitable<> run_stream(push::Hub& hub, push::Subscription subscription, http::ByteStream& stream,
                       push::Framing framing) {
    StreamTransport transport(stream, framing);
    push::TransportEvents& session = hub.open(transport, std::move(subscription));
    transport.attach(session);
    const Farewell farewell(session);
    co_await stream.run(transport);
}

}  // namespace confcast::api
