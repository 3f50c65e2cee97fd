// The contents of snapshots and updates against the history. Keys that are no settings (metadata) are in neither.
#include <algorithm>
#include <set>
#include <utility>

#include "confcast/verify/stream.hpp"

namespace confcast::verify {
namespace {

bool same(const Event& a, const Event& b) {
    return a.is_delete == b.is_delete && a.mod_revision == b.mod_revision && a.value == b.value &&
           a.version == b.version && a.create_revision == b.create_revision;
}

/// The history has had exactly this, at whatever time.
bool was_ever(const History& history, const Event& event) {
    const Event* then = history.exactly(event.key, event.mod_revision);
    return then != nullptr && same(*then, event);
}

bool is_gone(const Event* event) { return event == nullptr || event->is_delete; }

}  // namespace

void Stream::judge_page(const Message& message) {
    if (!snapshot_open_) page_.clear();
    page_.insert(page_.end(), message.events.begin(), message.events.end());
    snapshot_open_ = message.more;
    if (message.more) {
        if (message.seq_id != 0) verdict_.note(verdict_.reorders, name_ + ": a page before the last has a position");
        return;
    }
    if (owns_state_ && message.seq_id < judged_ && reason_ != "ahead")
        verdict_.note(verdict_.reorders, name_ + ": a snapshot at " + std::to_string(message.seq_id) +
                                             " after position " + std::to_string(judged_));
    judge_state(message.seq_id);
    known_.clear();
    for (auto& entry : page_) known_[entry.key] = entry;
    page_.clear();
    judged_ = message.seq_id;
    owns_state_ = true;
}

void Stream::judge_state(Revision revision) {
    std::set<std::string_view> seen;
    for (const Event& entry : page_) {
        const Event* then = history_.newest(entry.key, revision);
        if (!seen.insert(entry.key).second)
            verdict_.note(verdict_.repeats, at(entry.key, revision) + " is twice in the snapshot");
        else if (!filter_.matches(entry.key))
            verdict_.note(verdict_.diverged, at(entry.key, revision) + " was not asked for");
        else if (then != nullptr && same(*then, entry))
            continue;
        else if (was_ever(history_, entry))
            verdict_.note(verdict_.torn, at(entry.key, revision) + " is of another time: revision " +
                                             std::to_string(entry.mod_revision));
        else
            verdict_.note(verdict_.diverged, at(entry.key, revision) + " was never like that: '" + entry.value + "'");
    }
    for (const auto& [key, timeline] : history_.keys()) {
        if (!filter_.matches(key) || seen.contains(key)) continue;
        const Event* then = History::newest(timeline, revision);
        if (!is_gone(then))
            verdict_.note(verdict_.gaps, at(key, revision) + " is missing in the snapshot; it was written at " +
                                             std::to_string(then->mod_revision));
    }
}

void Stream::judge_update(const Message& message) {
    const auto to = message.seq_id;
    if (to <= judged_) {
        const auto words =
            name_ + ": an update at " + std::to_string(to) + " after position " + std::to_string(judged_);
        verdict_.note(delivered_.contains(to) ? verdict_.repeats : verdict_.reorders, words);
        return;
    }
    if (!message.coalesced_from) {
        const auto before = judged_;
        cover(to - 1);
        judge_revision(message, before);
        apply(message);
        return;
    }
    const auto from = *message.coalesced_from;
    if (from >= to) {
        verdict_.note(verdict_.reorders, name_ + ": folded from " + std::to_string(from) + " to " + std::to_string(to));
        return;
    }
    if (from < judged_)
        verdict_.note(verdict_.repeats, name_ + ": folded from " + std::to_string(from) + " on, but the position is " +
                                            std::to_string(judged_));
    cover(from);
    judge_folded(message, judged_);
    apply(message);
}

void Stream::judge_revision(const Message& message, Revision before) {
    const auto revision = message.seq_id;
    std::set<std::string_view> seen;
    for (const Event& event : message.events) {
        const Event* then = history_.exactly(event.key, revision);
        if (!seen.insert(event.key).second || event.mod_revision <= before)
            verdict_.note(verdict_.repeats,
                          at(event.key, revision) + ": revision " + std::to_string(event.mod_revision) + " again");
        else if (event.mod_revision != revision)
            verdict_.note(verdict_.torn, at(event.key, revision) + " is of revision " +
                                             std::to_string(event.mod_revision) + ", and nothing says folded");
        else if (!filter_.matches(event.key))
            verdict_.note(verdict_.diverged, at(event.key, revision) + " was not asked for");
        else if (then == nullptr || !same(*then, event))
            verdict_.note(verdict_.diverged, at(event.key, revision) + " was never like that: '" + event.value + "'");
    }
    for (const Event* event : history_.at(revision)) {
        if (!filter_.matches(event->key) || seen.contains(event->key)) continue;
        if (seen.empty())
            verdict_.note(verdict_.gaps, at(event->key, revision) + " is missing, the message is empty");
        else
            verdict_.note(verdict_.torn, at(event->key, revision) + " is missing, others of its revision came");
    }
}

void Stream::judge_folded(const Message& message, Revision from) {
    const auto to = message.seq_id;
    Expected expected;
    history_.between(from, to, [&](Revision, const History::Events& events) {
        for (const Event* event : events)
            if (filter_.matches(event->key)) expected[event->key] = event;
    });
    std::set<std::string_view> seen;
    for (const Event& event : message.events) {
        if (!seen.insert(event.key).second)
            verdict_.note(verdict_.repeats, at(event.key, to) + " is there twice");
        else
            judge_folded_event(event, expected, from, to);
    }
    for (const auto& [key, event] : expected) {
        if (seen.contains(key)) continue;
        // Made and removed in between: nothing differs.
        if (event->is_delete && is_gone(history_.newest(key, from))) continue;
        verdict_.note(verdict_.gaps, at(key, to) + " (folded from " + std::to_string(from) +
                                         ") is missing; it changed at " + std::to_string(event->mod_revision));
    }
}

void Stream::judge_folded_event(const Event& event, const Expected& expected, Revision from, Revision to) {
    const auto where = at(event.key, to) + " (folded from " + std::to_string(from) + "), revision " +
                       std::to_string(event.mod_revision);
    const auto found = expected.find(event.key);
    if (!filter_.matches(event.key)) {
        verdict_.note(verdict_.diverged, where + ": was not asked for");
    } else if (event.mod_revision <= from) {
        verdict_.note(verdict_.repeats, where + ": again");
    } else if (found == expected.end()) {
        verdict_.note(verdict_.diverged, where + ": did not change");
    } else if (event.is_delete && found->second->is_delete) {
        // A node that saw only the result knows that it was removed, not exactly when.
        if (event.mod_revision < found->second->mod_revision || event.mod_revision > to)
            verdict_.note(verdict_.diverged, where + ": was removed at " + std::to_string(found->second->mod_revision));
    } else if (!same(event, *found->second)) {
        if (event.is_delete || was_ever(history_, event))
            verdict_.note(verdict_.torn, where + ": is not how it was at " + std::to_string(to));
        else
            verdict_.note(verdict_.diverged, where + ": was never like that: '" + event.value + "'");
    }
}

}  // namespace confcast::verify
