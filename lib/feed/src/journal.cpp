#include "confcast/feed/journal.hpp"

#include <algorithm>
#include <cassert>

#include "confcast/feed/notification_log.hpp"

namespace confcast::feed {
namespace {

std::size_t weight(const Change& change) {
    std::size_t bytes = 0;
    for (const KeyChange& event : change.events)
        bytes += event.key.size() + (event.is_delete() ? 0 : event.entry->value.size());
    for (const NotificationPtr& notification : change.notifications) bytes += weight(*notification);
    return bytes;
}

}  // namespace

void Journal::reset(Revision revision) {
    changes_.clear();
    bytes_ = 0;
    floor_ = revision;
    head_ = revision;
}

void Journal::append(ChangePtr change) {
    assert(change->revision > head_);
    head_ = change->revision;
    bytes_ += weight(*change);
    changes_.push_back(std::move(change));
    while (changes_.size() > 1 && (changes_.size() > limits_.max_changes || bytes_ > limits_.max_bytes)) {
        bytes_ -= weight(*changes_.front());
        floor_ = changes_.front()->revision;
        changes_.pop_front();
    }
}

void Journal::advance(Revision revision) { head_ = std::max(head_, revision); }

Journal::Iterator Journal::after(Revision cursor) const {
    assert(cursor >= floor_);
    // Nearly every cursor is at the end or close to it.
    if (changes_.empty() || cursor >= changes_.back()->revision) return changes_.end();
    return std::ranges::upper_bound(changes_, cursor, {}, [](const ChangePtr& change) { return change->revision; });
}

}  // namespace confcast::feed
