#include "difference.hpp"

#include <algorithm>

#include "assemble.hpp"

namespace confcast::feed {

void Difference::take(Listing::Item item) {
    const auto end = state_.entries().end();
    for (; at_ != end && at_->first < item.key; ++at_) events.push_back({at_->first, nullptr});
    const bool known = at_ != end && at_->first == item.key;
    const EntryPtr ours = known ? at_->second : nullptr;
    if (known) ++at_;
    if (ours && ours->mod_revision == item.kv.mod_revision) {
        // One revision has one record: a difference is that there is one or not.
        const bool ours_has_metadata = ours->meta != store::Metadata{};
        if (ours_has_metadata == (item.record != nullptr)) return;
        EntryPtr theirs = make_entry(item.key, item.kv, item.record);
        if (theirs->meta != ours->meta) amended.push_back(std::move(theirs));
        return;
    }
    events.push_back({std::string(item.key), make_entry(item.key, item.kv, item.record)});
}

void Difference::take_notification(std::string_view id, const store::KeyValue& kv) {
    if (kv.mod_revision <= log_.floor() || log_.has(id)) return;
    if (auto notification = make_notification(id, kv)) notifications.push_back(std::move(notification));
}

void Difference::finish() {
    std::ranges::sort(notifications, is_before);
    for (; at_ != state_.entries().end(); ++at_) events.push_back({at_->first, nullptr});
}

void Audit::take(Listing::Item item) {
    listed_.push_back({std::string(item.key), item.kv.mod_revision, item.record != nullptr});
}

void Audit::rewind() {
    next_ = 0;
    last_.clear();
    wrong_ = 0;
}

bool Audit::compare(const State& state, Revision at, std::size_t keys) {
    auto ours = last_.empty() ? state.entries().begin() : state.entries().upper_bound(last_);
    const auto end = state.entries().end();
    const auto unlisted = [&] {
        if (ours->second->mod_revision <= at) ++wrong_;  // a delete was lost
        ++ours;
    };
    const std::size_t stop = std::min(listed_.size(), next_ + keys);
    for (; next_ < stop; ++next_) {
        const Listed& theirs = listed_[next_];
        while (ours != end && ours->first < theirs.key) unlisted();
        if (ours != end && ours->first == theirs.key) {
            const Entry& entry = *ours->second;
            const bool changed_later = entry.mod_revision > at;
            const bool void_metadata = !theirs.has_record && entry.meta != store::Metadata{};
            if (!changed_later && (entry.mod_revision != theirs.revision || void_metadata)) ++wrong_;
            ++ours;
        } else {
            const auto gone = state.last_change(theirs.key);
            const bool deleted_later = gone ? *gone > at : state.tombstone_floor() > at;
            if (!deleted_later) ++wrong_;
        }
        last_ = theirs.key;
    }
    if (next_ < listed_.size()) return true;
    while (ours != end) unlisted();
    return false;
}

}  // namespace confcast::feed
