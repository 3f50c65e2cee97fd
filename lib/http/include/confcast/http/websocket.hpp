// A WebSocket after its upgrade (RFC 6455), as its user sees it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "confcast/base/async.hpp"

namespace confcast::http {

/// Who uses a WebSocket. A WebSocketHandler makes one; it is destroyed when the connection is gone, no write is in
/// flight and nothing is called any more. Called and destroyed on the loop, never from inside a call to the WebSocket.
class WebSocketEvents {
  public:
    virtual ~WebSocketEvents() = default;
    /// A whole message (fragments joined, UTF-8 checked). Valid during the call.
    virtual void on_message(std::string_view data, bool binary) = 0;
    /// The write for which write_frames() has returned false is done: the kernel has every byte.
    virtual void on_written() = 0;
};

/// Reads until the connection ends; answers pings, pings by itself every `ping_interval`, closes with 4008 when no pong
/// (nor anything else) came in time, with 1009 when a message is over the limit, with 1002/1007 as RFC 6455 says. Of a
/// peer that is behind no pong is expected: one that accepts what is sent is alive, one that accepts nothing for the
/// write time-out (ServerOptions) is cut.
class WebSocket {
  public:
    virtual ~WebSocket() = default;

    /// One gathered write of complete, unmasked server frames (made once, shared between connections). They never
    /// interleave with a control frame. True: the kernel has every byte already, on_written() does not follow. False:
    /// it follows, unless the connection ends or close() was called before; until then the bytes stay valid.
    /// Precondition: no on_written() is still to come.
    virtual bool write_frames(std::span<const std::string_view> frames) = 0;

    /// A hint: write_frames() is likely in a moment.
    virtual void prepare_write() {}

    /// Starts the closing handshake after a write in flight is done. Idempotent; the first reason wins.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    /// Cuts the connection without a word.
    virtual void abort() = 0;

    /// How many bytes the peer has accepted (TCP has acknowledged them) so far: what shows that a write gets on. Costs
    /// a system call.
    virtual std::uint64_t bytes_accepted() const = 0;
    virtual std::string_view remote() const = 0;
};

}  // namespace confcast::http
