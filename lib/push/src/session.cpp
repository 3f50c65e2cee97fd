#include "session.hpp"

#include <algorithm>

namespace confcast::push {

Session::Session(Core& core, Transport& transport, std::uint64_t id)
    : core_(core), transport_(transport), id_(id), connected_(core.clock.wall()) {}

Session::~Session() {
    core_.index.remove_all(*this);
    if (parked_) std::erase(core_.parked, this);
}

void Session::on_sent() {
    on_taken();
    if (!closing_) pump();
}

void Session::on_closed() { core_.forget(*this); }

void Session::on_epoch(Reason reason) {
    told_ = 0;
    if (parked_ || closing_) return;
    restart_ = reason;
    if (!in_flight_) pump();
}

void Session::tick(SteadyTime now) {
    if (closing_) {
        if (now - since_ >= core_.options.close_grace) transport_.abort();
        return;
    }
    if (access_ && access_->expires && !check_expiry()) return;
    if (parked_) return;  // the hub asks it by try_start()
    if (in_flight_) {
        if (const std::uint64_t accepted = transport_.bytes_accepted(); accepted != accepted_) {
            accepted_ = accepted;
            since_ = now;
        } else if (now - since_ >= core_.options.write_timeout) {
            ++core_.stats.closed_slow;
            close(close::slow_consumer);
        }
        return;
    }
    const feed::Revision head = core_.head().revision;
    if (told_ >= head || now - told_at_ < core_.options.bookmark) return;
    cursor_ = head;
    told(head);
    ++core_.stats.bookmarks;
    send_now(core_.shared.bookmark(head));
}

bool Session::go_away(std::string_view reason, std::chrono::milliseconds reconnect_after) {
    if (closing_ || leaving_) return false;
    leaving_ = std::make_unique<GoAway>(GoAway{std::string(reason), reconnect_after});
    core_.index.remove_all(*this);
    if (!in_flight_) pump();
    return true;
}

void Session::dismiss() {
    if (closing_) return;
    ++core_.stats.dismissed;
    close(close::dismissed);
}

// After this the session only waits for on_closed(): it hears of no change and answers nothing.
void Session::close(const CloseReason& reason) {
    closing_ = true;
    since_ = core_.clock.now();
    core_.index.remove_all(*this);
    if (parked_) std::erase(core_.parked, this);
    parked_.reset();
    requests_.reset();
    snapshot_.reset();
    transport_.close(reason);
}

}  // namespace confcast::push
