// The body of an answer that has no end of its own (Server-Sent Events, lines of JSON), as its user sees it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "confcast/base/async.hpp"

namespace confcast::http {

/// Who listens to a stream. Called on the loop, never from inside a call to the stream.
class ByteStreamEvents {
  public:
    virtual ~ByteStreamEvents() = default;
    /// The write for which write() has returned false is done: the kernel has every byte.
    virtual void on_written() = 0;
};

class ByteStream {
  public:
    virtual ~ByteStream() = default;

    /// Sends the head of the answer unless a write has, then waits until the connection is gone and no write is in
    /// flight, calling `events`. The end of the peer is noticed at once; what it sends is ignored up to a limit, then
    /// it is cut. So is a peer that takes no byte of what was written for the write time-out (ServerOptions).
    virtual Awaitable<> run(ByteStreamEvents& events) = 0;

    /// `bytes` are written whenever nothing else was for ServerOptions::stream_keep_alive.
    virtual void keep_alive(std::string_view bytes) = 0;

    /// One gathered write: `pieces` are one chunk of the body (RFC 9112, 7.1), or follow each other on HTTP/1.0. True:
    /// the kernel has every byte already, on_written() does not follow. False: it follows from run(), unless that ends
    /// before; until then the bytes stay valid. Precondition: no on_written() is still to come. No coroutine is woken
    /// per write. Does nothing after close().
    virtual bool write(std::span<const std::string_view> pieces) = 0;

    /// Ends the body, then the connection, after a write in flight is done. Idempotent.
    virtual void close() = 0;
    /// Cuts the connection: the peer sees that the body is not whole.
    virtual void abort() = 0;

    /// How many bytes the peer has accepted (TCP has acknowledged them) so far: what shows that a write gets on. Costs
    /// a system call.
    virtual std::uint64_t bytes_accepted() const = 0;
    virtual std::string_view remote() const = 0;
};

}  // namespace confcast::http
