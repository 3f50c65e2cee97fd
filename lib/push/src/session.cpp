#include "session.hpp"

#include <algorithm>

#include "confcast/base/prefetch.hpp"
#include "each_filter.hpp"

namespace confcast::push {

Session::Session(Core& core, Transport& transport, std::uint64_t id)
    : core_(core), transport_(transport), framing_(transport.framing()), connected_(core.clock.wall()), id_(id) {}

Session::~Session() {
    leave();
    if (is_parked()) std::erase(core_.parked, this);
}

void Session::on_sent() {
    in_flight_ = false;
    note_sent();
    if (!closing_) pump();
}

void Session::on_closed() { core_.forget(*this); }

void Session::take_turn() {
    if (closing_) return;
    if (is_parked()) {
        if (try_start()) std::erase(core_.parked, this);
        return;
    }
    if (in_flight_)
        take_note();
    else
        pump();
}

void Session::prepare_turn(unsigned others) {
    if (others > 2)
        prefetch(&transport_, sizeof transport_);
    else
        transport_.prepare_send(others);
}

void Session::on_epoch(Reason reason) {
    told_ = 0;
    if (is_parked() || closing_) return;
    errands().restart = reason;
    if (has_requests()) errands_->requests->added.reset();
    if (!in_flight_) core_.wake(*this);
}

void Session::tick(SteadyTime now) {
    if (closing_) {
        if (now - since_ >= core_.options.close_grace) transport_.abort();
        return;
    }
    if (access_ && access_->expires && !check_expiry()) return;
    if (is_parked()) return;  // the hub asks it by try_start()
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
    take_note();
    if (pending_ != 0 || woken || awaits_state()) return;  // its turn is to come
    cursor_ = head;
    told(head);
    core_.batch.add(core_.shared.bookmark(head));
    ++core_.batch.bookmarks;
    send(core_.batch);
}

bool Session::go_away(std::string_view reason, std::chrono::milliseconds reconnect_after) {
    if (closing_ || is_leaving()) return false;
    errands().leaving = std::make_unique<GoAway>(GoAway{std::string(reason), reconnect_after});
    leave();
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
    leave();
    if (is_parked()) std::erase(core_.parked, this);
    errands_.reset();
    transport_.close(reason);
}

// Whoever has nothing waiting is at the head for its filters: from here on it hears of what they are now.
void Session::enter(Group& group) {
    group_ = &group;
    if (pending_ == 0) cursor_ = core_.head().revision;
}

void Session::leave_group() {
    take_note();
    group_ = nullptr;
}

void Session::want_own_filters() const {
    core_.wanted.clear();
    for (const FilterLink& filter : filters()) core_.wanted.push_back({filter.bucket->kind, filter.bucket->text});
}

void Session::move_to_wanted(bool meta_only) {
    core_.groups.move(*this, core_.wanted, access_ ? access_->scope : nullptr, meta_only);
}

Session::Errands& Session::errands() {
    if (!errands_) errands_ = std::make_unique<Errands>();
    return *errands_;
}

bool Session::has_errand() const {
    if (!errands_) return false;
    const Errands& all = *errands_;
    return all.parked || all.requests || all.leaving || all.collection || all.snapshot || all.restart ||
           all.snapshot_due || all.access_changed || all.expiry_due;
}

bool Session::is_waiting() const {
    return errands_ && errands_->collection && !errands_->collection->is_done() && !errands_->leaving &&
           !errands_->restart && !errands_->sight_changed;
}

bool Session::can_go_on() const {
    if (is_waiting()) return false;
    if (pending_ != 0 || !has_errand()) return pending_ != 0;
    const Errands& all = *errands_;
    const bool only_asks = all.requests && !all.leaving && !all.collection && !all.snapshot && !all.restart &&
                           !all.snapshot_due && !all.access_changed && !all.expiry_due;
    return !only_asks || all.requests->added == nullptr || all.requests->added->is_done();
}

void Session::leave() {
    core_.groups.leave(*this);
    if (core_.groups.has_left()) core_.call();
}

void Session::drop_errands() {
    if (errands_ && !has_errand() && errands_->backlog_writes == 0 && errands_->notified <= cursor_) errands_.reset();
}

}  // namespace confcast::push
