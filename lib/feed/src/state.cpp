#include "confcast/feed/state.hpp"

#include <algorithm>
#include <cassert>

namespace confcast::feed {
namespace {

std::size_t weight(const Entry& entry) { return entry.key.size() + entry.value.size(); }

}  // namespace

void State::reset(Revision revision, const std::vector<EntryPtr>& entries) {
    *this = State(max_tombstones_);
    revision_ = revision;
    loaded_at_ = revision;
    tombstone_floor_ = revision;
    live_.reserve(entries.size());
    for (const EntryPtr& entry : entries) load(entry);
}

void State::load(EntryPtr entry) {
    add_usage(*entry);
    const std::string& key = entry->key;
    const auto place = entries_.emplace_hint(entries_.end(), key, std::move(entry));
    live_.try_emplace(place->first, Live{place, {}, false});
}

void State::apply(const Change& change) {
    assert(change.revision > revision_);
    for (const KeyChange& event : change.events) {
        if (event.is_delete())
            remove(change.revision, event);
        else
            put(change.revision, event);
    }
    revision_ = change.revision;
    while (deleted_.size() > max_tombstones_) {
        tombstone_floor_ = std::max(tombstone_floor_, deleted_.front().revision);
        buried_.erase(deleted_.front().change.key);
        deleted_.pop_front();
    }
}

void State::add_usage(const Entry& entry) {
    bytes_ += weight(entry);
    const std::string_view name = namespace_of(entry.key);
    auto found = usage_.find(name);
    if (found == usage_.end()) found = usage_.emplace(std::string(name), Usage{}).first;
    ++found->second.keys;
    found->second.bytes += weight(entry);
}

void State::remove_usage(const Entry& entry) {
    bytes_ -= weight(entry);
    const auto found = usage_.find(namespace_of(entry.key));
    found->second.bytes -= weight(entry);
    if (--found->second.keys == 0) usage_.erase(found);
}

State::Usage State::usage(std::string_view name_space) const {
    const auto found = usage_.find(name_space);
    return found == usage_.end() ? Usage{} : found->second;
}

void State::put(Revision revision, const KeyChange& change) {
    add_usage(*change.entry);
    auto found = live_.find(change.key);
    if (found == live_.end()) {
        const auto place = entries_.emplace(change.key, change.entry).first;
        found = live_.try_emplace(place->first, Live{place, {}, false}).first;
        if (const auto grave = buried_.find(change.key); grave != buried_.end()) {
            const auto node = grave->second;
            buried_.erase(grave);
            changed_.splice(changed_.end(), deleted_, node);
            found->second.touched = node;
            found->second.is_touched = true;
        }
    } else {
        remove_usage(*found->second.place->second);
        found->second.place->second = change.entry;
    }
    Live& live = found->second;
    if (live.is_touched) {
        changed_.splice(changed_.end(), changed_, live.touched);
        live.touched->revision = revision;
        live.touched->change.entry = change.entry;
    } else {
        live.touched = changed_.insert(changed_.end(), {revision, change});
        live.is_touched = true;
    }
}

void State::remove(Revision revision, const KeyChange& change) {
    const auto found = live_.find(change.key);
    Touches::iterator node;
    if (found == live_.end()) {
        // A delete of what is not here (its put was lost): remembered all the same.
        if (const auto grave = buried_.find(change.key); grave != buried_.end()) {
            node = grave->second;
            deleted_.splice(deleted_.end(), deleted_, node);
            node->revision = revision;
            return;
        }
        node = deleted_.insert(deleted_.end(), {revision, change});
    } else {
        const Live live = found->second;
        remove_usage(*live.place->second);
        live_.erase(found);
        entries_.erase(live.place);
        if (live.is_touched) {
            node = live.touched;
            deleted_.splice(deleted_.end(), changed_, node);
            node->revision = revision;
            node->change.entry = nullptr;
        } else {
            node = deleted_.insert(deleted_.end(), {revision, change});
        }
    }
    buried_.emplace(node->change.key, node);
}

void State::amend(EntryPtr entry) {
    const auto found = live_.find(entry->key);
    if (found == live_.end()) return;
    Live& live = found->second;
    if (live.place->second->mod_revision != entry->mod_revision) return;
    add_usage(*entry);
    remove_usage(*live.place->second);
    if (live.is_touched) live.touched->change.entry = entry;
    live.place->second = std::move(entry);
}

void State::advance(Revision revision) { revision_ = std::max(revision_, revision); }

EntryPtr State::find(std::string_view key) const {
    const auto found = live_.find(key);
    return found == live_.end() ? nullptr : found->second.place->second;
}

std::optional<Revision> State::last_change(std::string_view key) const {
    if (const auto found = live_.find(key); found != live_.end()) return found->second.place->second->mod_revision;
    if (const auto grave = buried_.find(key); grave != buried_.end()) return grave->second->revision;
    return std::nullopt;
}

void State::scan(std::string_view prefix, std::string_view after,
                 const std::function<bool(const EntryPtr&)>& visit) const {
    auto it = after < prefix ? entries_.lower_bound(prefix) : entries_.upper_bound(after);
    for (; it != entries_.end() && it->first.starts_with(prefix); ++it)
        if (!visit(it->second)) return;
}

// What was loaded is not in the lists: who asks from before that gets it from the map. Its deletes are unknown anyway.
void State::visit_loaded(Revision since, const std::function<bool(Revision, const KeyChange&)>& visit,
                         bool& go_on) const {
    std::vector<EntryPtr> found;
    for (const auto& [key, live] : live_)
        if (!live.is_touched && live.place->second->mod_revision > since) found.push_back(live.place->second);
    std::ranges::sort(found, [](const EntryPtr& a, const EntryPtr& b) {
        return a->mod_revision != b->mod_revision ? a->mod_revision < b->mod_revision : a->key < b->key;
    });
    for (const EntryPtr& entry : found) {
        go_on = visit(entry->mod_revision, {entry->key, entry});
        if (!go_on) return;
    }
}

void State::changed_since(Revision since, const std::function<bool(Revision, const KeyChange&)>& visit) const {
    bool go_on = true;
    if (since < loaded_at_) visit_loaded(since, visit, go_on);
    const auto first_after = [since](const Touches& list) {
        auto it = list.end();
        while (it != list.begin() && std::prev(it)->revision > since) --it;
        return it;
    };
    auto put = first_after(changed_);
    auto gone = first_after(deleted_);
    while (go_on && (put != changed_.end() || gone != deleted_.end())) {
        const bool take_put =
            gone == deleted_.end() ||
            (put != changed_.end() &&
             (put->revision != gone->revision ? put->revision < gone->revision : put->change.key < gone->change.key));
        const Touched& next = take_put ? *put++ : *gone++;
        go_on = visit(next.revision, next.change);
    }
}

}  // namespace confcast::feed
