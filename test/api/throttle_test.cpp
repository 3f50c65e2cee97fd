#include "throttle.hpp"

#include <gtest/gtest.h>

namespace confcast::api {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime start{SteadyTime::duration(1h)};

TEST(Throttle, LetsABurstThroughAndThenItsRate) {
    Throttle throttle({10, 5});
    for (int i = 5; i > 0; --i) {
        const auto verdict = throttle.take("a", start);
        EXPECT_TRUE(verdict.allowed);
        EXPECT_EQ(verdict.remaining, i - 1);
        EXPECT_EQ(verdict.limit, 5);
    }
    const auto refused = throttle.take("a", start);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_s, 1);
    EXPECT_EQ(refused.reset_s, 1);
    EXPECT_TRUE(throttle.take("b", start).allowed) << "each by itself";
    EXPECT_FALSE(throttle.take("a", start + 99ms).allowed);
    EXPECT_TRUE(throttle.take("a", start + 100ms).allowed);
    EXPECT_FALSE(throttle.take("a", start + 100ms).allowed);
}

TEST(Throttle, OverALongTimeNoMoreThanItsRateGoesThrough) {
    Throttle throttle({100, 20});
    int allowed = 0;
    for (auto now = start; now < start + 10s; now += 1ms) allowed += throttle.take("a", now).allowed ? 1 : 0;
    EXPECT_EQ(allowed, 1'019);
}

TEST(Throttle, WhatIsRefusedCostsNothing) {
    Throttle throttle({1, 1});
    EXPECT_TRUE(throttle.take("a", start).allowed);
    for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(throttle.take("a", start + 500ms).allowed);
    EXPECT_TRUE(throttle.take("a", start + 1s).allowed);
}

TEST(Throttle, TellsHowLongToWait) {
    Throttle throttle({1, 10});
    for (int i = 0; i < 10; ++i) throttle.take("a", start);
    EXPECT_EQ(throttle.take("a", start).retry_s, 1);
    EXPECT_EQ(throttle.take("a", start).reset_s, 10);
}

TEST(Throttle, RemembersABoundedNumber) {
    Throttle throttle({1, 1});
    for (std::size_t i = 0; i < Throttle::max_remembered + 1'000; ++i) throttle.take(std::to_string(i), start);
    EXPECT_LE(throttle.remembered(), Throttle::max_remembered);
    throttle.take("later", start + 1h);
    EXPECT_EQ(throttle.remembered(), 1U) << "who has rested is forgotten first";
}

TEST(Throttle, OffIsOff) {
    EXPECT_FALSE(Throttle({0, 5}).is_on());
    EXPECT_TRUE(Throttle({1, 0}).is_on());
    EXPECT_TRUE(Throttle({1, 0}).take("a", start).allowed) << "a burst is at least one";
}

}  // namespace
}  // namespace confcast::api
