#include "timings.hpp"

#include <algorithm>

namespace confcast::push {
namespace {

constexpr std::size_t most = 4'096;  // who is further behind gets what is folded, and is not timed

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

SystemTime written_at(const feed::Change& change) {
    for (const feed::KeyChange& event : change.events)
        if (event.entry && event.entry->meta.updated_at) return *event.entry->meta.updated_at;
    return {};
}

}  // namespace

void Timings::add(const feed::Change& change, SteadyTime now, SystemTime wall) {
    if (change.events.empty() || change.is_difference) return;
    if (latest_.size() == most) latest_.pop_front();
    latest_.push_back({change.revision, now, wall, written_at(change)});
}

const Timings::Timing* Timings::find(feed::Revision revision) const {
    if (latest_.empty()) return nullptr;
    if (latest_.back().revision == revision) return &latest_.back();
    const auto found = std::ranges::lower_bound(latest_, revision, {}, &Timing::revision);
    return found != latest_.end() && found->revision == revision ? &*found : nullptr;
}

void Timings::sent(feed::Revision revision, SystemTime opened, SteadyTime now, HubStats& stats) {
    if (revision != asked_) {
        const Timing* timing = find(revision);
        if (timing == nullptr) return;
        asked_ = revision;
        answer_ = *timing;
    }
    if (answer_.seen_at < opened) return;
    const auto here = std::chrono::nanoseconds(now - answer_.seen);
    stats.push_seconds.observe(seconds(here));
    if (answer_.written == SystemTime{}) return;
    // Another node's clock may be ahead of this one's.
    const auto before =
        std::max(std::chrono::nanoseconds{0}, std::chrono::nanoseconds(answer_.seen_at - answer_.written));
    stats.delivery_seconds.observe(seconds(before + here));
}

void Timings::clear() {
    latest_.clear();
    asked_ = 0;
}

}  // namespace confcast::push
