// The cursor at work: whenever nothing is in flight, everything between the cursor and the head is taken in as few
// writes as possible.
#include <algorithm>
#include <iterator>
#include <utility>

#include "session.hpp"

namespace confcast::push {

void Session::pump() {
    if (is_waiting() && core_.batch.empty()) return;
    take_note();
    const bool plain = errands_ == nullptr && core_.batch.empty();
    if (plain && (pending_ == 0 || take_run())) return;
    const feed::Revision from = pending_;
    const feed::Revision told_before = told_;
    if (from != 0) ++core_.stats.gathered;
    fill();
    drop_errands();
    if (plain && !errands_) keep_run(from, told_before);
    if (core_.batch.empty())
        core_.batch.clear();
    else
        send(core_.batch);
    if (is_leaving() && !closing_) close(close::come_back);
}

// What another session of the group has taken from the same place.
bool Session::take_run() {
    const Run* run = core_.runs.find(group_->id(), pending_, told_, core_.feed.journal().head());
    if (run == nullptr) return false;
    cursor_ = run->cursor;
    pending_ = run->pending;
    if (run->batch.empty()) return true;
    timed_ = run->timed;
    told(run->told);
    send(run->batch);
    return true;
}

// A session with nothing else to do has taken it, so that anybody's would be the same. One that was folded is not kept:
// it is shared by the position that the client has been told.
void Session::keep_run(feed::Revision from, feed::Revision told_before) {
    if (core_.batch.is_folded || group_->size() == 1) return;
    Run& run = core_.runs.make();
    run.group = group_->id();
    run.from = from;
    run.head = core_.feed.journal().head();
    run.told_before = told_before;
    run.batch = core_.batch;
    run.cursor = cursor_;
    run.told = told_;
    run.pending = pending_;
    run.timed = timed_;
}

void Session::fill() {
    if (is_leaving()) {
        const GoAway& leaving = *errands_->leaving;
        core_.batch.add(encode_goaway(position(), leaving.reason, leaving.reconnect_after));
        return;
    }
    if (errands_ && errands_->restart) restart();
    // The first page follows directly on the welcome or answer that announces it, and on what announces another one.
    const auto page_is_due = [this] {
        return errands_ && (errands_->collection || (errands_->snapshot && errands_->page == 0));
    };
    if (errands_ && (errands_->sight_changed || ((errands_->access_changed || errands_->expiry_due) && !page_is_due())))
        tell_access();
    while (core_.batch.has_room()) {
        if (errands_ && errands_->collection && !take_collected()) return;
        if (!page_is_due() && answer_next()) continue;
        if (errands_ && errands_->snapshot_due) {
            if (!take_backlog(errands_->notified)) return;
            start_snapshot();
        } else if (errands_ && errands_->snapshot) {
            if (core_.allowance.pages.is_spent() && !core_.shared.has_page(*errands_->snapshot, errands_->page)) {
                core_.wake(*this);
                return;
            }
            next_page();
            if (errands_->snapshot) return;  // one page at a time
        } else if (pending_ != 0) {
            // A request that needs the old filters at the head must not wait for ever behind a busy journal.
            if (!take_changes(has_requests())) return;
        } else {
            return;
        }
    }
}

// The batch is the hub's or a run's: it is done with when this returns.
void Session::send(const Batch& batch) {
    HubStats& stats = core_.stats;
    stats.messages += batch.size();
    stats.updates += batch.updates;
    stats.notifications += batch.notifications;
    stats.bookmarks += batch.bookmarks;
    stats.bytes += batch.bytes();
    const std::size_t bytes = batch.framed_bytes(framing_);
    bytes_ += bytes;
    if (core_.turn != nullptr) core_.turn->write(bytes);
    in_flight_ = !transport_.send(batch.messages());
    if (&batch == &core_.batch) core_.batch.clear();
    if (in_flight_) {
        since_ = core_.now();
        return;
    }
    note_sent();
    if (!is_leaving() && can_go_on()) core_.wake(*this);
}

void Session::note_sent() {
    if (timed_ == 0) return;
    core_.timings.sent(std::exchange(timed_, 0), connected_, core_.now(), core_.stats);
}

void Session::told(feed::Revision revision) {
    told_ = revision;
    told_at_ = core_.now();
}

/// False when this was enough for one time: the write that is to come brings us back for the rest.
bool Session::take_changes(bool to_head) {
    const feed::Revision since = pending_ - 1;
    const feed::Journal& journal = core_.feed.journal();
    if (since < journal.floor()) return coalesce(since);
    auto next = journal.after(since);
    if (too_far_behind(next, to_head)) return coalesce(since);
    const std::size_t before = core_.batch.size();
    std::size_t left = std::max<std::size_t>(core_.options.scan_changes, 1);
    for (; next != journal.end() && left > 0 && core_.batch.has_room(); ++next, --left) {
        const feed::Change& change = **next;
        select(change);
        MessagePtr update;
        if (!core_.subset.empty()) {
            update = core_.shared.update(change, core_.subset, told_, meta_only());
            if (update == nullptr) {
                if (!take_backlog(change.revision - 1)) return false;
                start_snapshot();
                return true;
            }
        }
        if (change.is_difference || !change.notifications.empty()) core_.batch.told_matters = true;
        const std::size_t notified = add_notifications(change, update == nullptr);
        if (update == nullptr && notified == 0) continue;
        if (update != nullptr) {
            core_.batch.add(std::move(update));
            ++core_.batch.updates;
            if (timed_ == 0 && !change.is_difference) timed_ = change.revision;
        }
        cursor_ = change.revision;
        told(change.revision);
    }
    if (next == journal.end()) {
        pending_ = 0;
        cursor_ = journal.head();
        return true;
    }
    pending_ = (*next)->revision;
    if (core_.batch.size() != before) return false;
    // Nothing in all that was looked through: the position moves on to its last revision. Not to the one before the
    // next change: that may be the sum of revisions that this node has never seen one by one.
    cursor_ = (*std::prev(next))->revision;
    told(cursor_);
    core_.batch.add(core_.shared.bookmark(cursor_));
    ++core_.batch.bookmarks;
    return false;
}

bool Session::too_far_behind(feed::Journal::Iterator from, bool to_head) const {
    const auto end = core_.feed.journal().end();
    const auto changes = static_cast<std::size_t>(end - from);
    if (to_head && changes > core_.batch.room()) return true;
    if (changes <= core_.options.coalesce_after) return false;
    std::size_t matching = 0;
    for (std::size_t left = core_.options.scan_changes; from != end && left > 0; ++from, --left) {
        select(**from);
        if (!core_.subset.empty() && ++matching > core_.options.coalesce_after) return true;
    }
    return false;
}

// Deletes that are no longer known, or too much in one piece: the state itself instead.
bool Session::coalesce(feed::Revision since) {
    core_.batch.is_folded = true;
    if (core_.allowance.keys.is_spent()) {
        core_.wake(*this);
        return false;
    }
    if (!take_backlog(since)) return false;
    take_coalesced(core_.shared.coalesced(told_, since, sight()));
    return true;
}

void Session::take_coalesced(Coalesced changes) {
    if (changes.outcome == Coalesced::Outcome::impossible) {
        start_snapshot();
        return;
    }
    pending_ = 0;
    cursor_ = core_.feed.state().revision();
    if (changes.outcome == Coalesced::Outcome::nothing) return;
    core_.batch.add(std::move(changes.message));
    ++core_.batch.updates;
    ++core_.stats.coalesced;
    told(cursor_);
}

void Session::start_snapshot(feed::Revision not_before) {
    core_.batch.is_folded = true;
    Errands& all = errands();
    all.snapshot.reset();
    all.snapshot_due = false;
    all.collection = collect(not_before);
    if (wants_notifications()) all.notified = std::max(all.notified, core_.head().revision);
    ++core_.stats.snapshots;
    told_ = 0;
    pending_ = 0;
    cursor_ = core_.head().revision;
}

std::shared_ptr<Collection> Session::collect(feed::Revision not_before) {
    core_.shown.clear();
    for (const FilterLink& filter : filters()) core_.shown.push_back({filter.bucket->kind, filter.bucket->text});
    return collect_shown(not_before);
}

std::shared_ptr<Collection> Session::collect_shown(feed::Revision not_before) {
    auto collection = core_.snapshots.get({core_.shown, access_ ? access_->scope : nullptr, meta_only()}, not_before);
    if (!collection->is_done()) {
        collection->waiting.push_back(id_);
        core_.call();
    }
    return collection;
}

// Notifications that have come since it was started are not in it: they go first, as they do before any state.
bool Session::take_collected() {
    Errands& all = *errands_;
    if (!all.collection->is_done() || !take_backlog(all.notified)) return false;
    const auto collection = std::move(all.collection);
    show(collection->snapshot());
    return true;
}

// It may be older than what this node has by now: the changes since come after it.
void Session::show(std::shared_ptr<Snapshot> snapshot) {
    core_.batch.is_folded = true;
    Errands& all = errands();
    all.snapshot = std::move(snapshot);
    all.page = 0;
    told_ = 0;
    cursor_ = all.snapshot->at().revision;
    pending_ = cursor_ < core_.feed.journal().head() ? cursor_ + 1 : 0;
}

void Session::next_page() {
    std::shared_ptr<Snapshot>& snapshot = errands_->snapshot;
    std::size_t& page = errands_->page;
    core_.batch.add(core_.shared.page(*snapshot, page));
    if (snapshot->is_last(page)) {
        told(snapshot->at().revision);
        snapshot.reset();
        return;
    }
    // Nobody else needs it: a slow client holds only what it has still to get.
    if (snapshot.use_count() == 1) snapshot->release_through(page);
    ++page;
}

}  // namespace confcast::push
