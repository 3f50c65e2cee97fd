// What a session needs of a connection. WebSocket, Server-Sent Events or lines of JSON: the session does not know
// which.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "confcast/push/close_reason.hpp"
#include "confcast/push/message.hpp"

namespace confcast::push {

/// What a transport tells its session. All calls on the loop, never from inside a call of the session to the transport.
class TransportEvents {
  public:
    virtual ~TransportEvents() = default;
    /// The last byte of the last send(), which had returned false, was taken by the kernel.
    virtual void on_sent() = 0;
    /// A text message came from the client. The view is valid during the call.
    virtual void on_text(std::string_view text) = 0;
    /// A binary message came: it is answered by `error`, the stream goes on.
    virtual void on_binary() = 0;
    /// The connection is gone; nothing is called after this.
    virtual void on_closed() = 0;
};

class Transport {
  public:
    virtual ~Transport() = default;
    virtual Framing framing() const = 0;
    /// Writes all messages in order as one gathered write. Precondition: no send is in flight. True: the kernel has
    /// every byte already; on_sent() does not follow. False: on_sent() follows, from the loop, unless on_closed() does;
    /// until then the transport keeps the messages alive.
    virtual bool send(std::span<const MessagePtr> messages) = 0;
    /// A hint: a send() is likely after `others` sends of other transports (2, then 1). What it will touch is a chain
    /// of objects far apart: each call brings the next one near. Never costs more than a look at the one before.
    virtual void prepare_send(unsigned others) { static_cast<void>(others); }
    /// Starts an orderly close (after a send in flight has finished). on_closed() follows. Idempotent.
    virtual void close(const CloseReason& reason) = 0;
    /// Cuts the connection now. on_closed() follows.
    virtual void abort() = 0;
    /// How many bytes of all sends the peer has accepted so far: only grows. A send under way that gets on is not cut
    /// off by the write time-out. What the kernel has taken would not do: of one that reads slowly it takes nothing for
    /// long, of one that has vanished a lot.
    virtual std::uint64_t bytes_accepted() const = 0;
    /// "203.0.113.7:5123"
    virtual std::string_view remote() const = 0;
};

}  // namespace confcast::push
