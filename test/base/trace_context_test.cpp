#include "confcast/base/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>

namespace confcast {
namespace {

const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string replaced(std::size_t at, const std::string& text) {
    return std::string(good).replace(at, text.size(), text);
}

TEST(TraceContext, IsReadFromATraceparent) {
    const auto trace = TraceContext::parse(good);
    ASSERT_TRUE(trace);
    EXPECT_EQ(trace->text(), good);
    EXPECT_EQ(trace->trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(trace->span_id(), "00f067aa0ba902b7");
    EXPECT_EQ(trace->flags(), "01");
}

// W3C Trace Context, 3.2.2.5: flags that nobody has defined are zero when they are passed on.
TEST(TraceContext, KeepsTheFlagsThatAreKnown) {
    for (const auto& [brought, kept] :
         {std::pair{"00", "00"}, {"01", "01"}, {"02", "02"}, {"03", "03"}, {"ff", "03"}, {"fc", "00"}})
        EXPECT_EQ(TraceContext::parse(replaced(53, brought))->flags(), kept) << brought;
}

TEST(TraceContext, IsNotMadeOfAnythingElse) {
    const std::string zero_trace = replaced(3, std::string(32, '0'));
    const std::string zero_span = replaced(36, std::string(16, '0'));
    for (const std::string& bad :
         {std::string(),       std::string("00"),
          good.substr(0, 54),  good + "0",
          good + "-",          good + "-00",
          " " + good,          good + " ",
          zero_trace,          zero_span,
          replaced(3, "4BF9"), replaced(36, "00F0"),
          replaced(53, "0A"),  replaced(10, "g"),
          replaced(40, "-"),   replaced(53, "0x"),
          replaced(0, "0g"),   replaced(0, "FF"),
          replaced(0, "ff"),   replaced(2, "_"),
          replaced(35, "_"),   replaced(52, "_"),
          replaced(53, "1-"),  std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1 ")})
        EXPECT_FALSE(TraceContext::parse(bad)) << bad;
}

// 3.2.4: what a later version has in common with this one is used, and told as this one.
TEST(TraceContext, OfALaterVersionIsReadAsFarAsItIsKnown) {
    for (const std::string& later :
         {replaced(0, "01"), replaced(0, "cc") + "-what-the-future-will-be", replaced(0, "fe") + "-"}) {
        const auto trace = TraceContext::parse(later);
        ASSERT_TRUE(trace) << later;
        EXPECT_EQ(trace->text(), good);
    }
    EXPECT_FALSE(TraceContext::parse(replaced(0, "cc") + ".what"));
    EXPECT_FALSE(TraceContext::parse(replaced(0, "cc").substr(0, 54)));
    EXPECT_FALSE(TraceContext::parse(replaced(0, "ff") + "-what"));
}

TEST(TraceContext, IsMadeOfNumbers) {
    const TraceContext trace = TraceContext::make(0x4bf92f3577b34da6U, 0xa3ce929d0e0e4736U, 0x00f067aa0ba902b7U, 0x01);
    EXPECT_EQ(trace.text(), good);
    EXPECT_EQ(TraceContext::parse(trace.text()), trace);
}

TEST(TraceContext, GoesOnInAnotherSpan) {
    const TraceContext next = TraceContext::parse(good)->with_span(0x1234);
    EXPECT_EQ(next.text(), "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000001234-01");
}

}  // namespace
}  // namespace confcast
