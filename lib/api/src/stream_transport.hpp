// A push session's connection over Server-Sent Events or lines of JSON: the bridge between push::Transport and
// http::ByteStream. One per connection, in the frame of its coroutine.
#pragma once

#include <string>
#include <string_view>

#include "confcast/http/byte_stream.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/push/transport.hpp"
#include "in_flight.hpp"

namespace confcast::api {

/// The line of SSE that says when to come back, and its end. An EventSource waits exactly as long as it is told: so
/// that those of a server that dies do not come back all at once, each is told something else.
std::string retry_line(std::string_view remote);

class StreamTransport final : public push::Transport, public http::ByteStreamEvents {
  public:
    /// `framing` is sse or ndjson.
    StreamTransport(http::ByteStream& stream, push::Framing framing);

    /// Whom to report to; before it nothing comes from the stream (run() has not begun).
    void attach(push::TransportEvents& session) { session_ = &session; }

    // push::Transport
    push::Framing framing() const override { return framing_; }
    bool send(std::span<const push::MessagePtr> messages) override;
    /// A body has no room for a code: it just ends.
    void close(const push::CloseReason& reason) override;
    void abort() override { stream_.abort(); }
    std::uint64_t bytes_accepted() const override { return stream_.bytes_accepted(); }
    std::string_view remote() const override { return stream_.remote(); }

    // http::ByteStreamEvents
    void on_written() override;

  private:
    http::ByteStream& stream_;
    push::TransportEvents* session_ = nullptr;
    const push::Framing framing_;
    bool begun_ = false;
    std::string retry_;  // SSE: the first line of all
    InFlight in_flight_;
};

/// Runs a session on the stream until it is gone. Cancellation: as stream.run(); the session is told in any case.
Awaitable<> run_stream(push::Hub& hub, push::Subscription subscription, http::ByteStream& stream,
                       push::Framing framing);

}  // namespace confcast::api
