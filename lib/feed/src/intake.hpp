// What of a watch's batch is new: the exact de-duplication. Plain functions over events, no loop, no store.
#pragma once

#include <cstdint>
#include <vector>

#include "confcast/feed/state.hpp"
#include "confcast/store/layout.hpp"

namespace confcast::feed {

struct Intake {
    /// What is new, ascending by (revision, key), each once.
    std::vector<store::Event> events;
    std::uint64_t duplicates = 0;  // not beyond the applied revision, or twice in the batch
    std::uint64_t discarded = 0;   // without a key or a revision
    /// Of the duplicates, those whose effect the state does not have: an event was lost, the store must be listed.
    std::uint64_t late = 0;
};

/// `state` is at `applied`: every event that is not beyond it has been applied, or is late.
Intake sort_out(std::vector<store::Event> events, Revision applied, const store::Layout& layout, const State& state);

}  // namespace confcast::feed
