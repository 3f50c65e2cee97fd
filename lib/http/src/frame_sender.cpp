#include "frame_sender.hpp"

#include <algorithm>
#include <utility>

#include "send_now.hpp"
#include "shared.hpp"

namespace confcast::http {
namespace {

void drop_front(std::string& text, std::size_t& n) {
    const std::size_t cut = std::min(n, text.size());
    text.erase(0, cut);
    n -= cut;
}

void drop_front(std::vector<std::string_view>& pieces, std::size_t& n) {
    std::string_view cut;
    const auto left = advance(pieces, n, cut);
    std::size_t gone = 0;
    for (const std::string_view piece : pieces) gone += piece.size();
    for (const std::string_view piece : left) gone -= piece.size();
    if (!left.empty()) gone += left.front().size() - cut.size();
    pieces.erase(pieces.begin(), pieces.end() - static_cast<std::ptrdiff_t>(left.size()));
    if (!pieces.empty()) pieces.front() = cut;
    n -= gone;
}

}  // namespace

FrameSender::Outbox& FrameSender::outbox() {
    if (!outbox_) outbox_ = std::make_unique<Outbox>();
    return *outbox_;
}

void FrameSender::hold_back(std::string bytes) { outbox().first = std::move(bytes); }

bool FrameSender::send_frames(std::span<const std::string_view> frames) {
    if (broken_) return false;
    if (outbox_) {
        outbox_->frames.assign(frames.begin(), frames.end());
        return !stalled() && flush();
    }
    const std::size_t sent = send(frames);
    if (broken_) return false;
    std::string_view cut;
    const auto left = advance(frames, sent, cut);
    if (left.empty()) return true;
    outbox().frames.assign(left.begin(), left.end());
    outbox_->frames.front() = cut;
    note_stall();
    return false;
}

void FrameSender::send_own(std::string_view bytes) {
    if (broken_) return;
    if (outbox_) {
        outbox_->last += bytes;
        if (!stalled()) flush();
        return;
    }
    const std::size_t sent = send({&bytes, 1});
    if (broken_ || sent == bytes.size()) return;
    outbox().first = bytes.substr(sent);
    note_stall();
}

bool FrameSender::flush() {
    if (broken_ || !outbox_) return false;
    Outbox& box = *outbox_;
    const bool had_frames = !box.frames.empty();
    std::vector<std::string_view>& pieces = connection_.shared->pieces;
    pieces.clear();
    if (!box.first.empty()) pieces.emplace_back(box.first);
    pieces.insert(pieces.end(), box.frames.begin(), box.frames.end());
    if (!box.last.empty()) pieces.emplace_back(box.last);
    std::size_t sent = send(pieces);
    if (broken_) return false;
    drop_front(box.first, sent);
    drop_front(box.frames, sent);
    drop_front(box.last, sent);
    const bool frames_are_gone = had_frames && box.frames.empty();
    if (box.empty()) {
        outbox_.reset();
        stalled_since_ = SteadyTime::max();
        return frames_are_gone;
    }
    // It has been tried: frames that come now go behind it.
    if (box.frames.empty()) box.first += std::exchange(box.last, {});
    note_stall();
    return frames_are_gone;
}

std::size_t FrameSender::send(std::span<const std::string_view> pieces) {
    const Sent sent = connection_.wire.send(pieces);
    Shared& shared = *connection_.shared;
    shared.stats.bytes_sent += sent.bytes;
    taken_ += sent.bytes;
    if (sent.bytes > 0 && stalled()) stalled_since_ = shared.clock.now();
    if (sent.error) {
        broken_ = true;
        outbox_.reset();
        stalled_since_ = SteadyTime::max();
        connection_.cut();
    }
    return sent.bytes;
}

void FrameSender::note_stall() {
    if (!stalled()) stalled_since_ = connection_.shared->clock.now();
    accepted_ = accepted();
}

void FrameSender::look_at_peer(SteadyTime now) {
    if (!stalled()) return;
    const std::uint64_t before = std::exchange(accepted_, accepted());
    if (accepted_ > before) stalled_since_ = now;
}

std::uint64_t FrameSender::accepted() const {
    // More than was taken, if there are bytes of earlier answers.
    const std::uint64_t waits = connection_.wire.unacknowledged();
    return taken_ - std::min(waits, taken_);
}

}  // namespace confcast::http
