#include "confcast/base/histogram.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <stdexcept>
#include <vector>

namespace confcast {
namespace {

using testing::ElementsAre;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Histogram make(std::vector<double> bounds) { return Histogram(bounds); }

TEST(Histogram, AValueOnABoundBelongsBelowIt) {
    Histogram histogram = make({1, 2, 4});
    for (const double value : {0.5, 1.0, 1.1, 2.0, 3.9, 4.0, 4.1, 1e9}) histogram.observe(value);
    EXPECT_THAT(histogram.counts(), ElementsAre(2, 2, 2, 2));
    EXPECT_EQ(histogram.count(), 8U);
    EXPECT_DOUBLE_EQ(histogram.sum(), 0.5 + 1 + 1.1 + 2 + 3.9 + 4 + 4.1 + 1e9);
}

TEST(Histogram, TakesNegativeAndInfiniteValues) {
    Histogram histogram = make({1});
    histogram.observe(-5);
    histogram.observe(infinity);
    EXPECT_THAT(histogram.counts(), ElementsAre(1, 1));
}

TEST(Histogram, LeavesOutNan) {
    Histogram histogram = make({1});
    histogram.observe(nan);
    EXPECT_THAT(histogram.counts(), ElementsAre(0, 0));
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_EQ(histogram.sum(), 0);
}

TEST(Histogram, RefusesBoundsThatMakeNoSense) {
    for (const std::vector<double>& bounds : {std::vector<double>{},
                                              {1, 1},
                                              {2, 1},
                                              {1, nan},
                                              {nan},
                                              {1, infinity},
                                              std::vector<double>(Histogram::capacity + 1, 1.0)})
        EXPECT_THROW(make(bounds), std::invalid_argument);
}

TEST(Histogram, HasRoomForItsCapacity) {
    std::vector<double> bounds;
    bounds.reserve(Histogram::capacity);
    for (std::size_t i = 0; i < Histogram::capacity; ++i) bounds.push_back(static_cast<double>(i));
    Histogram histogram = make(bounds);
    histogram.observe(1000);
    EXPECT_EQ(histogram.counts().back(), 1U);
    EXPECT_EQ(histogram.counts().size(), Histogram::capacity + 1);
}

}  // namespace
}  // namespace confcast
