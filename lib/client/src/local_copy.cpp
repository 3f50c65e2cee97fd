#include "local_copy.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace confcast::client {

bool LocalCopy::is_known(const Held& held, const Entry& entry) const {
    return held.disowned ? held.entry.value == entry.value : held.entry.mod_revision == entry.mod_revision;
}

/// False when it was known.
bool LocalCopy::put(const Entry& entry) {
    const auto [at, fresh] = held_.try_emplace(entry.key);
    const bool known = !fresh && is_known(at->second, entry);
    at->second = {entry, false};
    return !known;
}

std::vector<Event> LocalCopy::apply(std::vector<Event> events) {
    std::erase_if(events, [this](const Event& event) {
        const auto held = held_.find(event.key);
        if (held != held_.end() && !held->second.disowned && held->second.entry.mod_revision >= event.mod_revision)
            return true;  // older than what is known
        if (!event.deleted()) return !put(event);
        if (held == held_.end()) return !is_part_;
        held_.erase(held);
        return false;
    });
    return events;
}

std::vector<Event> LocalCopy::replace(const FilterSet& scope, std::vector<Entry> entries, Revision at) {
    std::vector<Event> difference;
    std::set<std::string_view> there;
    for (const Entry& entry : entries) there.insert(entry.key);
    for (auto held = held_.begin(); held != held_.end();) {
        if (!scope.matches(held->first) || there.contains(held->first)) {
            ++held;
            continue;
        }
        Event gone;
        gone.key = held->first;
        gone.mod_revision = at;
        gone.op = Event::Op::del;
        difference.push_back(std::move(gone));
        held = held_.erase(held);
    }
    for (Entry& entry : entries)
        if (put(entry)) difference.push_back({std::move(entry)});
    std::ranges::sort(difference, {}, &Event::key);
    is_part_ = false;
    return difference;
}

void LocalCopy::disown() {
    for (auto& [key, held] : held_) held.disowned = true;
}

void LocalCopy::keep_only(const FilterSet& filters) {
    std::erase_if(held_, [&filters](const auto& held) { return !filters.matches(held.first); });
}

std::vector<Event> LocalCopy::matching(const FilterSet& filters) const {
    std::vector<Event> events;
    for (const auto& [key, held] : held_)
        if (filters.matches(key)) events.push_back({held.entry});
    return events;
}

LocalCopy LocalCopy::restricted(const FilterSet& filters) const {
    LocalCopy copy = *this;
    copy.keep_only(filters);
    return copy;
}

std::vector<Entry> LocalCopy::entries() const {
    std::vector<Entry> all;
    all.reserve(held_.size());
    for (const auto& [key, held] : held_) all.push_back(held.entry);
    return all;
}

}  // namespace confcast::client
