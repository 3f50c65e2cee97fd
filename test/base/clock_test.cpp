#include "confcast/base/clock.hpp"

#include <gtest/gtest.h>

namespace confcast {
namespace {

TEST(ManualClock, StandsStillUntilItIsTold) {
    ManualClock clock;
    const auto now = clock.now();
    const auto wall = clock.wall();
    EXPECT_EQ(clock.now(), now);
    clock.advance(std::chrono::milliseconds{1'500});
    EXPECT_EQ(clock.now() - now, std::chrono::milliseconds{1'500});
    EXPECT_EQ(clock.wall() - wall, std::chrono::milliseconds{1'500});
}

TEST(SystemClock, NeverGoesBack) {
    const SystemClock clock;
    const auto before = clock.now();
    EXPECT_GE(clock.now(), before);
    EXPECT_GT(clock.wall().time_since_epoch(), std::chrono::hours{24 * 365 * 50});
}

}  // namespace
}  // namespace confcast
