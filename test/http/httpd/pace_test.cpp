// The pace of accepting, by a clock that stands still.
#include "pace.hpp"

#include <gtest/gtest.h>

namespace confcast::http {
namespace {

using namespace std::chrono_literals;

const SteadyTime noon{std::chrono::hours(12)};

int begun_at_once(Pace& pace, SteadyTime now) {
    int count = 0;
    while (count < 100'000 && pace.wait(now) == 0ns) {
        pace.begin(now);
        ++count;
    }
    return count;
}

TEST(Pace, AfterARestSoManyAtOnce) {
    Pace pace(1'000, 50);
    EXPECT_EQ(begun_at_once(pace, noon), 50);
    EXPECT_EQ(pace.wait(noon), 1ms);
}

TEST(Pace, ThenSoManyASecond) {
    Pace pace(1'000, 50);
    begun_at_once(pace, noon);
    int count = 0;
    for (auto now = noon; now < noon + 2s; now += 5ms) count += begun_at_once(pace, now);
    EXPECT_NEAR(count, 2'000, 10);
}

TEST(Pace, ALongerRestSavesNoMore) {
    Pace pace(1'000, 50);
    begun_at_once(pace, noon);
    EXPECT_EQ(begun_at_once(pace, noon + 1h), 50);
}

TEST(Pace, AShortRestSavesItsShare) {
    Pace pace(1'000, 50);
    begun_at_once(pace, noon);
    EXPECT_EQ(begun_at_once(pace, noon + 20ms), 20);
}

TEST(Pace, OneAtATimeIsTheLeast) {
    Pace pace(10, 0);
    EXPECT_EQ(begun_at_once(pace, noon), 1);
    EXPECT_EQ(pace.wait(noon), 100ms);
}

TEST(Pace, NoRateIsNoLimit) {
    Pace pace(0, 1);
    EXPECT_EQ(begun_at_once(pace, noon), 100'000);
}

}  // namespace
}  // namespace confcast::http
