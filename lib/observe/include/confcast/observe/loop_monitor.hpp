// How late the loop is: a heartbeat that should come every 100 ms tells how long other work kept the loop busy.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/observe/metrics.hpp"

namespace confcast::observe {

/// A lag is the time by which a heartbeat came later than one interval after the one before.
class LoopMonitor {
  public:
    using Duration = std::chrono::nanoseconds;

    explicit LoopMonitor(const Clock& clock, Duration interval = std::chrono::milliseconds{100})
        : clock_(clock), interval_(interval) {}
    LoopMonitor(const LoopMonitor&) = delete;
    LoopMonitor& operator=(const LoopMonitor&) = delete;

    /// Beats until cancelled. Run once, in a TaskGroup; ends without an exception.
    Awaitable<> run();
    /// One heartbeat: run() calls it.
    void beat();

    /// The longest lag so far, one that is under way included.
    Duration longest() const;
    /// The longest lag since the last call (one that is under way included): the next interval begins now.
    Duration take_longest();
    /// The sum of all lags.
    Duration total() const { return total_; }
    std::uint64_t beats() const { return beats_; }

    /// confcast_loop_lag_max_seconds (since the last exposition), confcast_loop_lag_peak_seconds (since the start),
    /// confcast_loop_lag_seconds_total, confcast_loop_beats_total. The monitor outlives the registry.
    void register_in(Registry& registry);

  private:
    Duration current() const;

    const Clock& clock_;
    Duration interval_;
    std::optional<SteadyTime> last_;
    Duration recent_{0};
    Duration longest_{0};
    Duration total_{0};
    std::uint64_t beats_ = 0;
};

}  // namespace confcast::observe
