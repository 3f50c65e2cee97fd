#include "client_fixture.hpp"

namespace confcast::client::test {

void Follower::take(const Change& change) {
    const auto complain = [&](const std::string& what) {
        violations.push_back(what + " at " + change.position.to_string());
    };
    if (changes.empty() != (change.cause == Change::Cause::initial)) complain("initial is first, and only first");
    const bool same_history = change.position.epoch == last_.epoch;
    if (same_history && change.position.revision <= last_.revision) complain("positions grow");
    if (!changes.empty() && change.events.empty()) complain("a call with nothing");
    for (const Event& event : change.events) {
        const auto known = state.find(event.key);
        if (event.deleted()) {
            if (known == state.end()) complain("a delete of what was not there: " + event.key);
            state.erase(event.key);
            continue;
        }
        if (same_history && known != state.end() && known->second.mod_revision >= event.mod_revision)
            complain("what is known comes again: " + event.key);
        state[event.key] = event;
    }
    last_ = change.position;
    changes.push_back(change);
}

}  // namespace confcast::client::test
