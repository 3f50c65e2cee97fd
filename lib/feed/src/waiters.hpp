// Who waits for a revision. No timer each: one coarse sweep finds the deadlines that have passed, and runs only while
// somebody waits. Not thread-safe: everything happens on the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/feed/entry.hpp"

namespace confcast::feed {

class Waiters {
  public:
    /// How late a deadline may be noticed.
    static constexpr std::chrono::milliseconds sweep_every{20};

    Waiters(Executor executor, const Clock& clock);
    ~Waiters();
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    /// Returns true after reached(r) with r >= revision, false when the deadline has passed or on cancellation.
    Awaitable<bool> wait(Revision revision, SteadyTime deadline);
    /// Completes, through the loop, all who wait for this revision or an earlier one.
    void reached(Revision revision) {
        if (!waiting_.empty() && waiting_.begin()->first.first <= revision) complete(revision);
    }
    std::size_t size() const { return waiting_.size(); }

  private:
    // One wait: a completion handler of a type that only its maker knows.
    class Wait;
    template <class Handler>
    class WaitWith;
    using Key = std::pair<Revision, std::uint64_t>;  // what is waited for, and who
    using Waiting = std::map<Key, std::unique_ptr<Wait>>;

    void complete(Revision revision);
    void finish(Waiting::iterator it, bool reached);
    void arm();
    void sweep();

    Executor executor_;
    const Clock& clock_;
    SteadyTimer sweeper_;
    bool armed_ = false;
    std::uint64_t last_ = 0;
    Waiting waiting_;
    std::shared_ptr<Waiters*> self_;  // a sweep that is under way when the waiters end finds this gone
};

}  // namespace confcast::feed
