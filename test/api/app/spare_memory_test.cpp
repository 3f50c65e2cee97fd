#include "spare_memory.hpp"

#include <gtest/gtest.h>

namespace confcast::app {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime start{1h};

TEST(SpareMemory, IsReturnedOnceWhenACrowdHasGone) {
    SpareMemory spare;
    EXPECT_FALSE(spare.is_due(10'000, start));
    EXPECT_FALSE(spare.is_due(6'000, start + 1s));
    EXPECT_FALSE(spare.is_due(5'000, start + 2s));
    EXPECT_FALSE(spare.is_due(100, start + 2s + 250ms));
    EXPECT_TRUE(spare.is_due(0, start + 2s + 500ms));
    EXPECT_FALSE(spare.is_due(0, start + 3s));
    EXPECT_FALSE(spare.is_due(0, start + 1h));
}

TEST(SpareMemory, IsKeptForACrowdThatComesBackAtOnce) {
    SpareMemory spare;
    EXPECT_FALSE(spare.is_due(10'000, start));
    EXPECT_FALSE(spare.is_due(0, start + 1s));
    EXPECT_FALSE(spare.is_due(9'000, start + 1s + 250ms));
    EXPECT_FALSE(spare.is_due(9'000, start + 1h));
    EXPECT_FALSE(spare.is_due(10, start + 2h));
    EXPECT_TRUE(spare.is_due(10, start + 2h + 500ms));
}

TEST(SpareMemory, OfAFewIsNotWorthIt) {
    SpareMemory spare;
    EXPECT_FALSE(spare.is_due(499, start));
    EXPECT_FALSE(spare.is_due(0, start + 1s));
    EXPECT_FALSE(spare.is_due(0, start + 1h));
}

TEST(SpareMemory, ComesBackWithEachHalfThatGoes) {
    SpareMemory spare;
    EXPECT_FALSE(spare.is_due(8'000, start));
    EXPECT_FALSE(spare.is_due(4'000, start + 1s));
    EXPECT_TRUE(spare.is_due(4'000, start + 2s));
    EXPECT_FALSE(spare.is_due(3'000, start + 3s));
    EXPECT_FALSE(spare.is_due(2'000, start + 4s));
    EXPECT_TRUE(spare.is_due(2'000, start + 5s));
}

}  // namespace
}  // namespace confcast::app
