#include "time_text.hpp"

#include <gtest/gtest.h>

#include "signer.hpp"

namespace confcast::auth {
namespace {

using test::at;

TEST(TimeText, IsReadToTheMillisecond) {
    EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), at(0));
    EXPECT_EQ(parse_time("2027-01-15T08:00:00Z"), at(1'800'000'000));
    EXPECT_EQ(parse_time("2027-01-15T08:00:00.5Z"), at(1'800'000'000) + std::chrono::milliseconds(500));
    EXPECT_EQ(parse_time("2027-01-15T08:00:00.123456789Z"), at(1'800'000'000) + std::chrono::milliseconds(123));
    EXPECT_EQ(parse_time("2028-02-29T23:59:59Z"), at(1'835'481'599));
}

TEST(TimeText, OfAnotherFormIsNone) {
    for (const char* bad : {"",
                            "Z",
                            "2027",
                            "2027-01-15",
                            "2027-01-15T08:00Z",
                            "2027-01-15T08:00:00",
                            "2027-01-15 08:00:00Z",
                            "2027-01-15t08:00:00z",
                            "2027-01-15T08:00:00+00:00",
                            "2027-01-15T08:00:00+08:00",
                            "2027-01-15T08:00:00.Z",
                            "2027-01-15T08:00:00.1234567890Z",
                            "2027-13-01T00:00:00Z",
                            "2027-00-01T00:00:00Z",
                            "2027-02-29T00:00:00Z",
                            "2027-01-32T00:00:00Z",
                            "2027-01-00T00:00:00Z",
                            "2027-01-15T24:00:00Z",
                            "2027-01-15T08:60:00Z",
                            "2027-01-15T08:00:60Z",
                            "1969-12-31T23:59:59Z",
                            "-027-01-15T08:00:00Z",
                            "2027-01-15T08:00:00Z ",
                            " 2027-01-15T08:00:00Z",
                            "27-01-15T08:00:00Z",
                            "2027-1-15T08:00:00Z",
                            "2027-01-15T+8:00:00Z",
                            "2027-01-15T08:00:00ZZ",
                            "20270115T080000Z"})
        EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
}

TEST(TimeText, ReadsWhatItWrites) {
    for (const std::int64_t s : {0LL, 1LL, 951'782'400LL, 1'800'000'000LL, 4'102'444'800LL, 8'999'999'999LL})
        for (const int ms : {0, 1, 50, 999}) {
            const SystemTime time = at(s) + std::chrono::milliseconds(ms);
            EXPECT_EQ(parse_time(format_time(time)), time) << format_time(time);
        }
    EXPECT_EQ(format_time(at(1'800'000'000)), "2027-01-15T08:00:00Z");
    EXPECT_EQ(format_time(at(1'800'000'000) + std::chrono::milliseconds(7)), "2027-01-15T08:00:00.007Z");
}

TEST(TimeText, BeyondTheClockIsItsFarEnd) {
    const auto far = parse_time("9999-12-31T23:59:59Z");
    ASSERT_TRUE(far);
    EXPECT_GT(*far, at(8'000'000'000));
    EXPECT_EQ(parse_time(format_time(*far)), far);
    EXPECT_EQ(from_seconds(INT64_MAX), *far);
    EXPECT_LT(from_seconds(INT64_MIN), at(0));
    EXPECT_GT(from_seconds(INT64_MAX) + std::chrono::hours(24 * 365), *far);  // no overflow near it
}

}  // namespace
}  // namespace confcast::auth
