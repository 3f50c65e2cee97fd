// What a stretch of the journal is for a group: the messages that its changes are, and where that leaves a session.
// Made by the first session that takes it; all others of the group at the same place take it as it is, for no more
// than the comparison of a few numbers.
#pragma once

#include <array>
#include <cstdint>

#include "batch.hpp"
#include "confcast/feed/entry.hpp"

namespace confcast::push {

struct Run {
    // Whose it is: of a group, from a revision on while the journal ends at another.
    std::uint64_t group = 0;
    feed::Revision from = 0;
    feed::Revision head = 0;
    feed::Revision told_before = 0;  // counts when the batch says that it matters
    // What it is.
    Batch batch;
    // What a session is after it.
    feed::Revision cursor = 0;
    feed::Revision told = 0;
    feed::Revision pending = 0;
    feed::Revision timed = 0;
};

class Runs {
  public:
    Runs() {
        for (Run& run : runs_) run.batch.reserve(usual_messages);
    }
    const Run* find(std::uint64_t group, feed::Revision from, feed::Revision told, feed::Revision head) {
        for (std::size_t i = 0; i < places; ++i) {
            const Run& run = runs_[(newest_ + i) % places];
            if (run.group != group || run.from != from || run.head != head) continue;
            if (!run.batch.told_matters || run.told_before == told) return &run;
        }
        return nullptr;
    }
    /// The place of the oldest; its batch is empty. Precondition: find() was null.
    Run& make() {
        newest_ = (newest_ + places - 1) % places;
        Run& run = runs_[newest_];
        run.batch.clear();
        return run;
    }
    /// What they hold is let go.
    void clear() {
        for (Run& run : runs_) {
            run.group = 0;
            run.batch.clear();
        }
    }

  private:
    static constexpr std::size_t usual_messages = 16;
    static constexpr std::size_t places = 4;  // some sessions of a group are further behind than others

    std::array<Run, places> runs_;
    std::size_t newest_ = 0;
};

}  // namespace confcast::push
