// Compares State with what the store lists, while the watch goes on: soon after the start, to know that nothing is
// missing before anything is served, and now and then ever after (anti-entropy), because a store may lose an event.
// Only asks for a repair: the replicator does it, so that nothing lists or changes State beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <random>

#include "confcast/feed/feed.hpp"

namespace confcast::feed {

class Comparer {
  public:
    struct Hooks {
        std::function<std::uint64_t()> watch;  // a number for the watch that is open; 0 when there is none
        std::function<void()> leave;           // the store is behind what was seen of it: ask again
        std::function<void()> repair;          // State is not what the store has: list again
    };

    Comparer(Feed::Impl& feed, Hooks hooks);

    /// Returns when cancelled, or when the feed is ready and is not to be compared any more.
    Awaitable<> run();

  private:
    Awaitable<> compare();
    Awaitable<> look_for_another_history();

    Feed::Impl& feed_;
    Hooks hooks_;
    std::minstd_rand random_;
};

}  // namespace confcast::feed
