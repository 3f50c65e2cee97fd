// How a stream begins: what the welcome says, and what follows it.
#include <algorithm>

#include "each_filter.hpp"
#include "session.hpp"

namespace confcast::push {

void Session::open(Subscription subscription) {
    access_ = std::move(subscription.access);
    if (!subscription.name.empty()) persona().name = std::move(subscription.name);
    if (subscription.since) {
        if (!subscription.since->epoch && core_.feed.ready()) subscription.since->epoch = core_.head().epoch;
        // A client that is sent away before its welcome keeps what it has.
        if (subscription.since->epoch == core_.head().epoch) told_ = subscription.since->revision;
    }
    if (core_.draining) {
        go_away(core_.draining->reason, core_.draining->window * static_cast<std::int64_t>(id_ % 1024) / 1024);
        return;
    }
    errands().parked = std::make_unique<Parked>(Parked{std::move(subscription), std::nullopt});
    core_.parked.push_back(this);
    if (try_start()) std::erase(core_.parked, this);
}

bool Session::try_start() {
    if (!core_.feed.ready()) return false;
    Parked& waiting = *errands_->parked;
    if (!waiting.deadline) waiting.deadline = core_.clock.now() + core_.options.ahead_wait;
    const auto& since = waiting.subscription.since;
    const feed::Position head = core_.head();
    const bool comparable = since && (!since->epoch || *since->epoch == head.epoch);
    if (comparable && since->revision > head.revision && core_.clock.now() < *waiting.deadline) return false;
    // Many that come at once with many filters each take turns.
    if (core_.allowance.filters.is_spent()) {
        core_.wake(*this);
        return false;
    }
    core_.allowance.filters.spend(waiting.subscription.filters.size());
    const auto parked = std::move(errands_->parked);
    begin(parked->subscription);
    return true;
}

void Session::begin(const Subscription& subscription) {
    join(subscription);
    const auto& since = subscription.since;
    const feed::Position head = core_.head();
    if (!since)
        begin_fresh(subscription.snapshot);
    else if (since->epoch && *since->epoch != head.epoch)
        begin_with_snapshot(Reason::epoch_changed);
    else if (since->revision > head.revision)
        begin_with_snapshot(Reason::ahead);
    else if (access_ && since->revision < access_->changed)
        begin_with_snapshot(Reason::rights_changed, since->revision);
    else
        begin_resumed(since->revision);
    pump();
}

void Session::join(const Subscription& subscription) {
    core_.wanted.clear();
    for_each_or_everything(subscription.filters,
                           [this](FilterKind kind, const std::string& text) { core_.wanted.push_back({kind, text}); });
    move_to_wanted(subscription.meta_only);
}

void Session::begin_fresh(bool with_snapshot) {
    told(with_snapshot ? 0 : core_.head().revision);
    cursor_ = core_.head().revision;
    welcome(Resume::none, Reason::fresh);
    // To one who knows nothing yet an earlier state and what has changed since are as good.
    if (with_snapshot) start_snapshot(0);
}

void Session::begin_resumed(feed::Revision since) {
    // Here this node may have seen only the result of several revisions, or the position is of a history that is void.
    if (!core_.feed.resumable(since)) {
        begin_with_snapshot(Reason::compacted, core_.feed.is_void(since) ? 0 : since);
        return;
    }
    told(since);
    cursor_ = since;
    if (since == core_.head().revision) {
        welcome(Resume::changes, Reason::current);
        return;
    }
    if (since >= core_.feed.journal().floor() && !must_fold(core_.feed.journal().after(since))) {
        pending_ = since + 1;
        welcome(Resume::changes, Reason::caught_up);
        return;
    }
    // The welcome must not promise changes that there are not: what is to follow it is made first.
    Coalesced changes = core_.shared.coalesced(since, since, sight());
    if (changes.outcome == Coalesced::Outcome::impossible) {
        begin_with_snapshot(Reason::compacted, since);
        return;
    }
    welcome(Resume::changes, Reason::caught_up);
    if (wants_notifications())
        pending_ = since + 1;  // they come first
    else
        take_coalesced(std::move(changes));
}

// As it will be found when the changes are taken.
bool Session::must_fold(feed::Journal::Iterator from) {
    if (too_far_behind(from, has_requests())) return true;
    const auto end = core_.feed.journal().end();
    for (std::size_t left = core_.options.scan_changes; from != end && left > 0; ++from, --left) {
        select(**from);
        if (!core_.subset.empty()) return core_.shared.update(**from, core_.subset, told_, meta_only()) == nullptr;
    }
    return false;
}

void Session::begin_with_snapshot(Reason reason, feed::Revision since) {
    ++core_.stats.resumed_snapshot;
    told(0);
    welcome(Resume::snapshot, reason);
    if (since != 0 && wants_notifications()) {
        errands().notified = since;
        errands().snapshot_due = true;
    } else {
        start_snapshot();
    }
}

void Session::welcome(Resume resume, Reason reason) {
    if (resume == Resume::changes) ++core_.stats.resumed_changes;
    core_.batch.add(encode_welcome(position(), {id_, resume, reason, limited_to()}, core_.options));
}

// A second welcome on the same stream: it names the epoch, and its seq_id 0 takes away the old position.
void Session::restart() {
    const Reason reason = *errands_->restart;
    errands_->restart.reset();
    errands_->notified = 0;
    told(0);
    welcome(Resume::snapshot, reason);
    start_snapshot();
}

}  // namespace confcast::push
