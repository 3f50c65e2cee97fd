// The cursor at work: whenever nothing is in flight, everything between the cursor and the head is taken in as few
// writes as possible.
#include <algorithm>
#include <iterator>
#include <utility>

#include "session.hpp"

namespace confcast::push {

void Session::on_match(const feed::Change& change) {
    // Already taken: the feed tells its listeners after State and Journal have the revision.
    if (change.revision <= cursor_) return;
    if (in_flight_) {
        if (pending_ == 0) pending_ = change.revision;
        return;
    }
    MessagePtr update;
    if (change.notifications.empty()) {
        select(change);
        if (core_.subset.empty()) return;
        update = core_.shared.update(change, core_.subset, told_, meta_only_);
    }
    if (update == nullptr) {
        pending_ = change.revision;
        pump();
        return;
    }
    cursor_ = change.revision;
    told(change.revision);
    ++core_.stats.updates;
    timed_ = change.revision;
    send_now(update);
}

void Session::pump() {
    do {
        fill();
        if (core_.batch.empty()) break;
        send_batch();
    } while (!in_flight_ && !leaving_ && !closing_);
    if (leaving_ && !closing_) close(close::come_back);
}

void Session::fill() {
    if (leaving_) {
        core_.batch.add(encode_goaway(position(), leaving_->reason, leaving_->reconnect_after));
        return;
    }
    if (restart_) restart();
    if (access_changed_ || expiry_due_) tell_access();
    while (core_.batch.has_room()) {
        // The first page follows directly on the welcome or answer that announces it.
        const bool page_is_due = snapshot_ != nullptr && page_ == 0;
        if (!page_is_due && answer_next()) continue;
        if (snapshot_due_) {
            if (!take_backlog(notified_)) return;
            start_snapshot(filters());
        } else if (snapshot_) {
            next_page();
            if (snapshot_) return;  // one page at a time
        } else if (pending_ != 0) {
            // A request that needs the old filters at the head must not wait for ever behind a busy journal.
            if (!take_changes(requests_ != nullptr)) return;
        } else {
            return;
        }
    }
}

void Session::send_batch() {
    in_flight_ = true;
    since_ = core_.clock.now();
    core_.stats.messages += core_.batch.size();
    for (const MessagePtr& message : core_.batch.messages()) count_bytes(*message);
    const bool taken = transport_.send(core_.batch.messages());
    core_.batch.clear();
    if (taken) on_taken();
}

void Session::send_now(const MessagePtr& message) {
    in_flight_ = true;
    since_ = told_at_;
    ++core_.stats.messages;
    count_bytes(*message);
    if (transport_.send({&message, 1})) on_taken();
}

void Session::on_taken() {
    in_flight_ = false;
    note_sent();
}

void Session::note_sent() {
    if (timed_ == 0) return;
    core_.timings.sent(std::exchange(timed_, 0), connected_, core_.clock.now(), core_.stats);
}

void Session::count_bytes(const Message& message) {
    core_.stats.bytes += message.json().size();
    bytes_ += message.framed(transport_.framing()).size();
}

void Session::told(feed::Revision revision) {
    told_ = revision;
    told_at_ = core_.clock.now();
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
            update = core_.shared.update(change, core_.subset, told_, meta_only_);
            if (update == nullptr) {
                if (!take_backlog(change.revision - 1)) return false;
                start_snapshot(filters());
                return true;
            }
        }
        const std::size_t notified = add_notifications(change, update == nullptr);
        if (update == nullptr && notified == 0) continue;
        if (update != nullptr) {
            core_.batch.add(std::move(update));
            ++core_.stats.updates;
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
    ++core_.stats.bookmarks;
    core_.batch.add(core_.shared.bookmark(cursor_));
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
    if (!take_backlog(since)) return false;
    take_coalesced(core_.shared.coalesced(told_, since, view_of(filters())));
    return true;
}

void Session::take_coalesced(Coalesced changes) {
    if (changes.outcome == Coalesced::Outcome::impossible) {
        start_snapshot(filters());
        return;
    }
    pending_ = 0;
    cursor_ = core_.feed.state().revision();
    if (changes.outcome == Coalesced::Outcome::nothing) return;
    core_.batch.add(std::move(changes.message));
    ++core_.stats.updates;
    ++core_.stats.coalesced;
    told(cursor_);
}

void Session::start_snapshot(FilterSpan filters) {
    snapshot_ = core_.shared.snapshot(view_of(filters));
    page_ = 0;
    snapshot_due_ = false;
    ++core_.stats.snapshots;
    pending_ = 0;
    cursor_ = snapshot_->at().revision;
    told_ = 0;
}

void Session::next_page() {
    core_.batch.add(core_.shared.page(*snapshot_, page_));
    if (snapshot_->is_last(page_)) {
        told(snapshot_->at().revision);
        snapshot_.reset();
        return;
    }
    // Nobody else needs it: a slow client holds only what it has still to get.
    if (snapshot_.use_count() == 1) snapshot_->release_through(page_);
    ++page_;
}

}  // namespace confcast::push
