#include "units.hpp"

#include <gtest/gtest.h>

namespace confcast::app {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsWantAUnit) {
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("10s"), 10s);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("24h"), 24h);
    EXPECT_EQ(parse_duration("0s"), 0ms);
    for (const char* bad :
         {"", "10", "s", "-1s", "1.5s", "10 s", "10S", "1d", "99999999999999999h", "99999999999999999999s"})
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(Units, SizesAreBytesOrBinaryUnits) {
    EXPECT_EQ(parse_bytes("4096"), 4096U);
    EXPECT_EQ(parse_bytes("64KiB"), 65536U);
    EXPECT_EQ(parse_bytes("1MiB"), 1U << 20U);
    EXPECT_EQ(parse_bytes("2GiB"), 2ULL << 30U);
    for (const char* bad : {"", "KiB", "1KB", "1 KiB", "-1", "1kib", "99999999999GiB"})
        EXPECT_EQ(parse_bytes(bad), std::nullopt) << bad;
}

TEST(Units, WhatIsWrittenIsWhatIsRead) {
    for (const auto duration : {0ms, 1ms, 1500ms, 10000ms, 60000ms, 90000ms, 3600000ms})
        EXPECT_EQ(parse_duration(to_text(duration)), duration);
    EXPECT_EQ(to_text(75000ms), "75s");
    for (const std::uint64_t bytes : {0ULL, 1ULL, 1000ULL, 1024ULL, 1536ULL, 1048576ULL, 3ULL << 30U})
        EXPECT_EQ(parse_bytes(bytes_to_text(bytes)), bytes);
    EXPECT_EQ(bytes_to_text(65536), "64KiB");
}

}  // namespace
}  // namespace confcast::app
