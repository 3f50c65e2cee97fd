#include "frame_layer.hpp"

#include <algorithm>
#include <utility>

#include "send_now.hpp"
#include "shared.hpp"

namespace confcast::http {
namespace {

// Room for the rest of a message that is over any limit in use; the deadline of the close bounds it in time.
constexpr std::size_t most_drained = 64U << 20U;
constexpr std::size_t drained_per_turn = 256U << 10U;
constexpr char close_frame = '\x88';  // FIN and opcode 8 (RFC 6455, 5.2)

}  // namespace

void FrameLayer::write_frames(std::span<const std::string_view> frames) {
    if (broken_) return;
    in_flight_ = true;
    if (waiting_) {
        frames_.assign(frames.begin(), frames.end());
        return;
    }
    const std::size_t sent = send(frames);
    if (broken_) return;
    std::string_view cut;
    const auto left = advance(frames, sent, cut);
    if (left.empty()) {
        post_written();
        return;
    }
    frames_.assign(left.begin(), left.end());
    frames_.front() = cut;
    wait_until_writable();
}

void FrameLayer::write_control(std::string frame) { add(std::make_unique<Unit>(std::move(frame))); }

void FrameLayer::add(std::unique_ptr<Unit> unit) {
    if (broken_) {
        unit->complete(asio::error::broken_pipe);
        return;
    }
    if (framed_ && unit->bytes.starts_with(close_frame)) owner_.on_close_frame();
    units_.push_back(std::move(unit));
    if (!waiting_) pump();
}

void FrameLayer::pump() {
    // Frames first unless a unit has begun: a close frame that waits with them must be the last. They cannot starve a
    // pong, for the next frames are not written before the loop has told of these.
    while (!waiting_ && !broken_) {
        const bool went = frames_.empty() || unit_on_wire_ ? (!units_.empty() && pump_unit()) : pump_frames();
        if (!went) return;
    }
}

bool FrameLayer::pump_frames() {
    const std::size_t sent = send(frames_);
    if (broken_) return false;  // and the frames are forgotten
    std::string_view cut;
    const auto left = advance(frames_, sent, cut);
    if (!left.empty()) {
        frames_.erase(frames_.begin(), frames_.end() - static_cast<std::ptrdiff_t>(left.size()));
        frames_.front() = cut;
        wait_until_writable();
        return false;
    }
    frames_ = {};
    post_written();
    return true;
}

bool FrameLayer::pump_unit() {
    Unit& unit = *units_.front();
    unit_on_wire_ = true;
    const std::string_view piece[] = {unit.left};
    const std::size_t sent = send(piece);
    if (broken_) return false;  // and the unit is gone
    unit.left.remove_prefix(sent);
    if (!unit.left.empty()) {
        wait_until_writable();
        return false;
    }
    unit_on_wire_ = false;
    const std::unique_ptr<Unit> done = std::move(units_.front());
    units_.erase(units_.begin());
    done->complete({});
    return true;
}

std::size_t FrameLayer::send(std::span<const std::string_view> pieces) {
    const Sent sent = connection_.wire.send(pieces);
    Shared& shared = *connection_.shared;
    shared.stats.bytes_sent += sent.bytes;
    taken_ += sent.bytes;
    if (sent.bytes > 0 && stalled()) stalled_since_ = shared.clock.now();
    if (sent.error) {
        connection_.cut();
        fail();
    }
    return sent.bytes;
}

void FrameLayer::look_at_peer(SteadyTime now) {
    if (!stalled()) return;
    const std::uint64_t before = std::exchange(accepted_, accepted());
    if (accepted_ > before) stalled_since_ = now;
}

std::uint64_t FrameLayer::accepted() const {
    // More than was taken, if there are bytes of earlier answers.
    const std::uint64_t waits = connection_.wire.unacknowledged();
    return taken_ - std::min(waits, taken_);
}

void FrameLayer::wait_until_writable() {
    if (!stalled()) {
        stalled_since_ = connection_.shared->clock.now();
        owner_.on_stalled();
    }
    accepted_ = accepted();
    waiting_ = true;
    connection_.wire.socket().async_wait(asio::socket_base::wait_write, [this](const ErrorCode& ec) {
        waiting_ = false;
        if (ec) fail();
        pump();
        if (!waiting_) stalled_since_ = SteadyTime::max();
        if (quiet()) owner_.on_quiet();
    });
}

void FrameLayer::post_written() {
    posted_ = true;
    asio::post(get_executor(), [this] {
        posted_ = false;
        in_flight_ = false;
        owner_.on_frames_written();
        if (quiet()) owner_.on_quiet();
    });
}

/// True: the peer has closed, or is not worth waiting for.
bool FrameLayer::drain() {
    const Dropped dropped = connection_.wire.drop_input(drained_per_turn);
    drained_ += dropped.bytes;
    return dropped.ended || drained_ >= most_drained;
}

void FrameLayer::fail() {
    broken_ = true;
    frames_ = {};
    for (auto& unit : units_) unit->complete(asio::error::broken_pipe);
    units_.clear();
}

}  // namespace confcast::http
