#include "confcast/observe/loop_monitor.hpp"

#include <gtest/gtest.h>

#include "confcast/base/task_group.hpp"
#include "exposition_parser.hpp"

namespace confcast::observe {
namespace {

using std::chrono::milliseconds;

struct LoopMonitorTest : testing::Test {
    void beat_after(milliseconds gap) {
        clock.advance(gap);
        monitor.beat();
    }
    ManualClock clock;
    LoopMonitor monitor{clock};
};

TEST_F(LoopMonitorTest, IsNotLateBeforeTheFirstBeat) {
    clock.advance(milliseconds{5000});
    EXPECT_EQ(monitor.longest(), milliseconds{0});
    monitor.beat();
    EXPECT_EQ(monitor.longest(), milliseconds{0});
    EXPECT_EQ(monitor.beats(), 1U);
}

TEST_F(LoopMonitorTest, ABeatInTimeIsNoLag) {
    monitor.beat();
    beat_after(milliseconds{100});
    beat_after(milliseconds{99});
    EXPECT_EQ(monitor.longest(), milliseconds{0});
    EXPECT_EQ(monitor.total(), milliseconds{0});
}

TEST_F(LoopMonitorTest, KeepsTheLongestAndTheSum) {
    monitor.beat();
    for (const int gap : {110, 150, 105}) beat_after(milliseconds{gap});
    EXPECT_EQ(monitor.longest(), milliseconds{50});
    EXPECT_EQ(monitor.total(), milliseconds{65});
}

TEST_F(LoopMonitorTest, TakingTheLongestBeginsAnew) {
    monitor.beat();
    beat_after(milliseconds{150});
    EXPECT_EQ(monitor.take_longest(), milliseconds{50});
    EXPECT_EQ(monitor.take_longest(), milliseconds{0});
    beat_after(milliseconds{120});
    EXPECT_EQ(monitor.take_longest(), milliseconds{20});
    EXPECT_EQ(monitor.longest(), milliseconds{50});
}

TEST_F(LoopMonitorTest, ALagThatIsUnderWayCounts) {
    monitor.beat();
    clock.advance(milliseconds{400});
    EXPECT_EQ(monitor.longest(), milliseconds{300});
    EXPECT_EQ(monitor.take_longest(), milliseconds{300});
}

TEST_F(LoopMonitorTest, RegistersItsMetrics) {
    Registry registry;
    monitor.register_in(registry);
    monitor.beat();
    beat_after(milliseconds{350});
    const std::string text = registry.expose();
    EXPECT_DOUBLE_EQ(value_of(text, "confcast_loop_lag_max_seconds"), 0.25);
    EXPECT_DOUBLE_EQ(value_of(text, "confcast_loop_lag_peak_seconds"), 0.25);
    EXPECT_DOUBLE_EQ(value_of(text, "confcast_loop_lag_seconds_total"), 0.25);
    EXPECT_EQ(value_of(text, "confcast_loop_beats_total"), 2);
    EXPECT_EQ(value_of(registry.expose(), "confcast_loop_lag_max_seconds"), 0);
    EXPECT_DOUBLE_EQ(value_of(registry.expose(), "confcast_loop_lag_peak_seconds"), 0.25);
}

TEST(LoopMonitorRun, BeatsUntilItIsCancelled) {
    asio::io_context io(1);
    const ManualClock clock;
    NullLog log;
    LoopMonitor monitor(clock, std::chrono::microseconds{100});
    TaskGroup tasks(io.get_executor(), log);
    tasks.spawn("loop monitor", monitor.run());
    while (monitor.beats() < 3 && io.run_one() > 0) {
    }
    EXPECT_EQ(monitor.beats(), 3U);
    tasks.cancel();
    io.run();
    EXPECT_EQ(tasks.size(), 0U);
    EXPECT_EQ(tasks.failures(), 0U);
}

TEST(LoopMonitorRun, SeesWorkThatKeepsTheLoop) {
    asio::io_context io(1);
    ManualClock clock;
    NullLog log;
    LoopMonitor monitor(clock, std::chrono::microseconds{100});
    TaskGroup tasks(io.get_executor(), log);
    tasks.spawn("loop monitor", monitor.run());
    io.poll();
    clock.advance(milliseconds{70});
    while (monitor.beats() < 1 && io.run_one() > 0) {
    }
    EXPECT_EQ(monitor.longest(), milliseconds{70} - std::chrono::microseconds{100});
    tasks.cancel();
    io.run();
}

}  // namespace
}  // namespace confcast::observe
