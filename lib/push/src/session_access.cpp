// By what right a session listens, and what happens when that changes under way.
#include <algorithm>

#include "session.hpp"

namespace confcast::push {

const Scope* Session::limited_to() const {
    const Scope* mine = scope();
    return mine == nullptr || mine->covers(filters_in_force()) ? nullptr : mine;
}

bool Session::hears(std::string_view topic) const {
    return has_topic(filters(), topic) && (scope() == nullptr || scope()->sees(topic));
}

void Session::select(const feed::Change& change) const {
    core_.subset.assign(change, filters());
    if (scope() != nullptr && !core_.subset.empty()) core_.subset.restrict(change, *scope());
}

bool Session::take_access(AccessPtr access) {
    const auto id_of = [](const AccessPtr& one) { return one && one->scope ? one->scope->id : 0; };
    const bool saw_all = limited_to() == nullptr;
    const bool same = id_of(access_) == id_of(access);
    access_ = std::move(access);
    if (!same && group_ != nullptr) {
        want_own_filters();
        move_to_wanted(meta_only());
    }
    if (!same && has_requests()) errands_->requests->added.reset();
    expiry_told_ = false;
    if (errands_) errands_->expiry_due = false;
    return !same && !(saw_all && limited_to() == nullptr);
}

void Session::change_access(AccessPtr access) {
    const bool sees_other = take_access(std::move(access));
    if (is_parked() || closing_ || is_leaving()) return;
    errands().access_changed = true;
    errands_->sight_changed = errands_->sight_changed || sees_other;
    if (in_flight_) return;
    // Of ten thousand whose rights change at once each takes up its filters anew.
    if (core_.allowance.filters.is_spent()) {
        core_.wake(*this);
        return;
    }
    core_.allowance.filters.spend(1 + filters().size());
    pump();
}

void Session::revoke(const Error& why) {
    if (closing_) return;
    const bool expired = why.detail("reason") == "expired";
    ++(expired ? core_.stats.expired : core_.stats.revoked);
    close(expired ? close::token_expired : close::revoked);
}

void Session::renew(const Request& request) {
    bool sees_other = false;
    if (core_.options.renew) {
        Result<AccessPtr> renewed = core_.options.renew(request.message.token, access_);
        if (!renewed) {
            answer_error(request.id, renewed.error());
            return;
        }
        ++core_.stats.renewed;
        sees_other = take_access(std::move(*renewed));
        if (sees_other) show_again();
    }
    core_.batch.add(encode_access(position(), request.id,
                                  {"renewed", access_ ? access_->expires : std::nullopt, limited_to(), sees_other}));
}

// What came before may be more or less than it sees now. The state replaces all of it; notifications that it has not
// been told come first, as they do before any state.
void Session::show_again() {
    told_ = 0;
    if (errands().snapshot_due) return;
    if (pending_ == 0 || !wants_notifications()) {
        start_snapshot();
        return;
    }
    errands_->notified = std::max(errands_->notified, pending_ - 1);
    errands_->collection.reset();
    errands_->snapshot.reset();
    errands_->snapshot_due = true;
}

void Session::tell_access() {
    const bool sees_other = std::exchange(errands_->sight_changed, false);
    if (sees_other) show_again();
    const std::string_view status = std::exchange(errands_->access_changed, false) ? "changed" : "expiring";
    errands_->expiry_due = false;
    core_.batch.add(
        encode_access(position(), "", {status, access_ ? access_->expires : std::nullopt, limited_to(), sees_other}));
}

bool Session::check_expiry() {
    const SystemTime now = core_.clock.wall();
    if (now >= *access_->expires) {
        ++core_.stats.expired;
        close(close::token_expired);
        return false;
    }
    if (expiry_told_ || is_parked() || is_leaving() || now < *access_->expires - core_.options.expiry_notice)
        return true;
    expiry_told_ = true;
    errands().expiry_due = true;
    if (!in_flight_) pump();
    return true;
}

}  // namespace confcast::push
