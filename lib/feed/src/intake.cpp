#include "intake.hpp"

#include <algorithm>
#include <tuple>

namespace confcast::feed {
namespace {

using store::Event;

auto order_of(const Event& event) { return std::tie(event.kv.mod_revision, event.kv.key); }

// A revision is not enough to tell a repetition from an event that comes too late: the key's own history is. Where
// tombstones are forgotten nothing can be told; anti-entropy covers that.
bool is_late(const Event& event, const store::Layout& layout, const State& state) {
    const auto place = layout.place_of(event.kv.key);
    if (place.kind != store::Layout::Kind::entry) return false;
    const auto known = state.last_change(place.key);
    if (known) return *known < event.kv.mod_revision;
    return event.type == Event::Type::put && event.kv.mod_revision > state.tombstone_floor() &&
           store::check_key(place.key).has_value();
}

}  // namespace

Intake sort_out(std::vector<Event> events, Revision applied, const store::Layout& layout, const State& state) {
    Intake intake;
    std::erase_if(events, [&](const Event& event) {
        if (event.kv.key.empty() || event.kv.mod_revision <= 0) {
            ++intake.discarded;
            return true;
        }
        if (event.kv.mod_revision > applied) return false;
        ++intake.duplicates;
        if (is_late(event, layout, state)) ++intake.late;
        return true;
    });
    const auto before = [](const Event& a, const Event& b) { return order_of(a) < order_of(b); };
    if (!std::ranges::is_sorted(events, before)) std::ranges::sort(events, before);
    const auto repeated =
        std::ranges::unique(events, [](const Event& a, const Event& b) { return order_of(a) == order_of(b); });
    intake.duplicates += repeated.size();
    events.erase(repeated.begin(), repeated.end());
    intake.events = std::move(events);
    return intake;
}

}  // namespace confcast::feed
