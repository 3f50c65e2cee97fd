// What goes out on a WebSocket: frames that were made once and are shared, and the session's own (the answer to the
// handshake, pings, pongs, the close), which never interleave.
//
// A write leaves from where it is started, in one system call, and nothing is allocated while the kernel takes all of
// it. What the kernel does not take waits here, and nowhere else. Who waits for the socket is the session.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connection.hpp"

namespace confcast::http {

class FrameSender {
  public:
    explicit FrameSender(Connection& connection) : connection_(connection) {}

    /// `bytes` go before everything else, with whatever goes first.
    void hold_back(std::string bytes);
    bool holds_back() const { return outbox_ != nullptr && !stalled(); }

    /// Whole frames. True: the kernel has every byte. False: flush() will say when it has; the bytes stay valid until
    /// then. Precondition: no such frames wait.
    bool send_frames(std::span<const std::string_view> frames);
    /// Bytes of the session's own, behind frames that wait.
    void send_own(std::string_view bytes);
    /// Sends what waits. True when that was the end of the frames of send_frames().
    bool flush();

    bool has_unsent() const { return outbox_ != nullptr; }
    /// Bytes of the session's own are among it.
    bool has_unsent_own() const { return outbox_ && !(outbox_->first.empty() && outbox_->last.empty()); }
    /// The connection has failed, and is cut.
    bool is_broken() const { return broken_; }

    /// The kernel took less than all: it is time to wait until the socket is writable, and to flush().
    bool stalled() const { return stalled_since_ != SteadyTime::max(); }
    /// Since when the peer has not taken a byte of it.
    SteadyTime stalled_since() const { return stalled_since_; }
    /// Looks whether it has, which the socket alone does not tell.
    void look_at_peer(SteadyTime now);
    /// How many bytes the kernel has taken.
    std::uint64_t taken() const { return taken_; }
    /// And how many of them the peer has acknowledged. A system call.
    std::uint64_t accepted() const;

  private:
    /// In the order in which it goes. What was tried once keeps its place: TLS has it in a record already.
    struct Outbox {
        std::string first;
        std::vector<std::string_view> frames;
        std::string last;
        bool empty() const { return first.empty() && frames.empty() && last.empty(); }
    };

    Outbox& outbox();
    std::size_t send(std::span<const std::string_view> pieces);
    void note_stall();

    Connection& connection_;
    std::unique_ptr<Outbox> outbox_;  // null: nothing waits
    std::uint64_t taken_ = 0;
    std::uint64_t accepted_ = 0;  // when last looked
    SteadyTime stalled_since_ = SteadyTime::max();
    bool broken_ = false;
};

}  // namespace confcast::http
