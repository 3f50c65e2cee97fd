#include "watch_hub.hpp"

#include <algorithm>

namespace confcast::store {
namespace {

std::size_t weight(const WatchBatch& batch) {
    std::size_t bytes = sizeof(batch);
    for (const auto& event : batch.events) bytes += sizeof(event) + event.kv.key.size() + event.kv.value.size();
    return bytes;
}

}  // namespace

void WatchHub::publish(std::vector<WatchBatch> batches) {
    if (batches.empty()) return;
    for (auto& batch : batches) {
        if (batch.revision <= head_) continue;
        // After a hole (it could only come from a bug) the ring begins anew: cursors then read the log.
        if (batch.revision != head_ + 1) {
            ring_.clear();
            bytes_ = 0;
        }
        head_ = batch.revision;
        bytes_ += weight(batch);
        ring_.push_back(std::move(batch));
    }
    while (!ring_.empty() && (ring_.size() > limits_.revisions || bytes_ > limits_.bytes)) {
        bytes_ -= weight(ring_.front());
        ring_.pop_front();
    }
    changed_.notify_all();
}

void WatchHub::end() {
    ended_ = true;
    ring_.clear();
    changed_.notify_all();
}

WatchBatch WatchHub::first_in(const KeyRange& range, Revision from) const {
    const auto skip = std::max<Revision>(0, from - ring_.front().revision);
    for (auto it = ring_.begin() + static_cast<std::ptrdiff_t>(skip); it != ring_.end(); ++it) {
        WatchBatch found{it->revision, {}};
        for (const auto& event : it->events)
            if (range.contains(event.kv.key)) found.events.push_back(event);
        if (!found.events.empty()) return found;
    }
    return {head_, {}};
}

}  // namespace confcast::store
