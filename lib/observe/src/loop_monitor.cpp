#include "confcast/observe/loop_monitor.hpp"

#include <algorithm>

namespace confcast::observe {

namespace {

double seconds(LoopMonitor::Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Awaitable<> LoopMonitor::run() {
    // Cancellation: the wait ends with an error, and so does this.
    SteadyTimer timer(co_await asio::this_coro::executor);
    last_ = clock_.now();
    while (true) {
        timer.expires_after(std::chrono::duration_cast<SteadyTimer::duration>(interval_));
        const auto [ec] = co_await timer.async_wait(as_result);
        if (ec) co_return;
        beat();
    }
}

LoopMonitor::Duration LoopMonitor::current() const {
    if (!last_) return Duration{0};
    return std::max(Duration{0}, Duration{clock_.now() - *last_} - interval_);
}

void LoopMonitor::beat() {
    const Duration lag = current();
    last_ = clock_.now();
    recent_ = std::max(recent_, lag);
    longest_ = std::max(longest_, lag);
    total_ += lag;
    ++beats_;
}

LoopMonitor::Duration LoopMonitor::longest() const { return std::max(longest_, current()); }

LoopMonitor::Duration LoopMonitor::take_longest() {
    const Duration taken = std::max(recent_, current());
    recent_ = Duration{0};
    return taken;
}

void LoopMonitor::register_in(Registry& registry) {
    registry.gauge("confcast_loop_lag_max_seconds", "Longest time by which the loop was late since the last scrape.",
                   [this] { return seconds(take_longest()); });
    registry.gauge("confcast_loop_lag_peak_seconds", "Longest time by which the loop was late since the start.",
                   [this] { return seconds(longest()); });
    registry.counter("confcast_loop_lag_seconds_total", "Time by which the loop was late, all heartbeats together.",
                     [this] { return seconds(total()); });
    registry.counter("confcast_loop_beats_total", "Heartbeats of the loop.",
                     [this] { return static_cast<double>(beats()); });
}

}  // namespace confcast::observe
