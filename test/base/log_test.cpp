#include "confcast/base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "confcast/test/recording_log.hpp"

namespace confcast {
namespace {

constexpr std::string_view noon = "2026-01-02T12:00:00.000Z";

std::string text(Log::Fields fields) {
    return format_line(LogFormat::text, noon, LogLevel::info, "http", "request", fields);
}
std::string json(Log::Fields fields) {
    return format_line(LogFormat::json, noon, LogLevel::warning, "http", "request", fields);
}

TEST(LogLine, AsTextHasTimeLevelComponentMessageAndFields) {
    EXPECT_EQ(text({{"status", 200}, {"key", "app/x"}, {"ms", 1.5}}),
              "2026-01-02T12:00:00.000Z info    http: request status=200 key=app/x ms=1.500");
}

TEST(LogLine, AlignsWhateverTheLevel) {
    for (const auto level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
        const auto line = format_line(LogFormat::text, "T", level, "c", "m", {});
        EXPECT_EQ(line.find("c: m"), 10U) << line;
    }
}

TEST(LogLine, AsTextQuotesWhatIsNotOnePlainWord) {
    EXPECT_THAT(text({{"a", ""}}), testing::EndsWith(R"( a="")"));
    EXPECT_THAT(text({{"a", "two words"}}), testing::EndsWith(R"( a="two words")"));
    EXPECT_THAT(text({{"a", "x=y"}}), testing::EndsWith(R"( a="x=y")"));
    EXPECT_THAT(text({{"a", "a\nb"}}), testing::EndsWith(R"( a="a\u000ab")"));
    EXPECT_THAT(text({{"a", "\x1B[31m"}}), testing::EndsWith(R"( a="\u001b[31m")"));
    EXPECT_THAT(text({{"a", "配置"}}), testing::EndsWith(" a=配置"));
}

TEST(LogLine, AsJsonIsOneObject) {
    EXPECT_EQ(json({{"status", 200}, {"key", "app/x"}, {"ms", 1.5}}),
              R"({"time":"2026-01-02T12:00:00.000Z","level":"warning","component":"http","message":"request",)"
              R"("status":200,"key":"app/x","ms":1.500})");
}

TEST(LogLine, AsJsonEscapesWhatJsonDoesNotTake) {
    EXPECT_THAT(json({{"a", "q\" b\\ n\n z\x01"}}), testing::HasSubstr(R"("a":"q\" b\\ n\u000a z\u0001")"));
}

// A key written by hand may hold any bytes; a line of JSON may not.
TEST(LogLine, HoldsOnlyValidUtf8) {
    EXPECT_THAT(json({{"a", "x\xFFy"}}), testing::HasSubstr(R"("a":"x\\xFFy")"));
    EXPECT_THAT(text({{"a", "x\xFFy"}}), testing::EndsWith(R"( a="x\\xFFy")"));
}

// Such numbers have no fixed form of a sane length, or none at all in JSON.
TEST(LogLine, CopesWithNumbersOfAnySize) {
    EXPECT_THAT(json({{"a", 1e300}}), testing::HasSubstr(R"("a":1e+300})"));
    EXPECT_THAT(json({{"a", std::numeric_limits<double>::infinity()}}), testing::HasSubstr(R"("a":null})"));
    EXPECT_THAT(json({{"a", std::numeric_limits<double>::quiet_NaN()}}), testing::HasSubstr(R"("a":null})"));
    EXPECT_THAT(text({{"a", -0.5}}), testing::EndsWith(" a=-0.500"));
    EXPECT_THAT(text({{"a", std::numeric_limits<std::int64_t>::min()}}), testing::EndsWith(" a=-9223372036854775808"));
}

TEST(Log, ReadsLevelsAsOnTheCommandLine) {
    EXPECT_EQ(log_level_from("debug"), LogLevel::debug);
    EXPECT_EQ(log_level_from("warning"), LogLevel::warning);
    EXPECT_EQ(log_level_from("off"), LogLevel::off);
    EXPECT_EQ(log_level_from("Debug"), std::nullopt);
    EXPECT_EQ(log_level_from(""), std::nullopt);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
    test::RecordingLog log(LogLevel::warning);
    log.debug("c", "no");
    log.info("c", "no");
    log.warning("c", "yes", {{"n", 1}});
    log.error("c", "yes too");
    ASSERT_EQ(log.lines().size(), 2U);
    EXPECT_EQ(log.lines()[0].text, "c: yes n=1");
    EXPECT_EQ(log.lines()[0].level, LogLevel::warning);
    EXPECT_TRUE(log.enabled(LogLevel::error));
    EXPECT_FALSE(log.enabled(LogLevel::info));
    log.set_level(LogLevel::off);
    log.error("c", "not any more");
    EXPECT_EQ(log.lines().size(), 2U);
    EXPECT_EQ(log.count(LogLevel::error), 1U);
    EXPECT_TRUE(log.contains("yes too"));
}

TEST(StderrLog, WritesWholeLinesAndAllOfThemBeforeItEnds) {
    testing::internal::CaptureStderr();
    {
        const auto log = make_stderr_log(LogFormat::json, LogLevel::info);
        for (int i = 0; i < 100; ++i) log->info("c", "line", {{"n", i}});
        log->debug("c", "left out");
        EXPECT_EQ(log->dropped(), 0U);
    }
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(written, '\n'), 100);
    EXPECT_THAT(written, testing::StartsWith(R"({"time":"20)"));
    EXPECT_THAT(written, testing::HasSubstr(R"("n":99})"));
    EXPECT_THAT(written, testing::Not(testing::HasSubstr("left out")));
}

}  // namespace
}  // namespace confcast
