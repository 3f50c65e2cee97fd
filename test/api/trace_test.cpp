// A write's trace on its way: from the request over the store, in the record that is written anyway, to the message
// that tells of it. Another node sees what this one sees: it all comes from the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>

#include "fake_stream.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::pair<std::string, std::string> brought{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"};

class TraceTest : public testing::Test {
  protected:
    TraceTest() {
        const Reply reply = world.get("/api/v1/watch?prefix=&topic=jobs", {{"Accept", "application/x-ndjson"}});
        asio::co_spawn(world.io, reply.response.stream(stream), [](const std::exception_ptr&) {});
        told();
    }
    ~TraceTest() override {
        stream.end();
        world.settle();
    }
    std::string told() {
        world.settle();
        return stream.take();
    }
    /// The traceparent of the one message that was told.
    std::string told_trace() {
        const std::string text = told();
        const auto payload = boost::json::parse(text).at("payload");
        const auto* found = payload.as_object().if_contains("traceparent");
        return found == nullptr ? "none" : std::string(found->as_string());
    }

    World world;
    FakeStream stream{world.io};
};

TEST_F(TraceTest, OfAPutIsToldWithTheUpdate) {
    const Reply put = world.put("/config/app/a", R"({"value":"1"})", {brought});
    EXPECT_THAT(put.header("traceparent"), HasSubstr(trace));
    EXPECT_EQ(told_trace(), put.header("traceparent")) << "what listeners do is part of what this node has done";
}

TEST_F(TraceTest, OfADeleteToo) {
    world.put("/config/app/a", R"({"value":"1"})");
    told();
    const Reply gone = world.del("/config/app/a", {brought});
    EXPECT_EQ(told_trace(), gone.header("traceparent"));
}

TEST_F(TraceTest, OfATransactionIsToldOnce) {
    world.put("/config/app/a", R"({"value":"1"})");
    told();
    const Reply done = world.post(
        "/api/v1/txn", R"({"put":[{"key":"b","value":"1"},{"key":"c","value":"1"}],"delete":["app/a"]})", {brought});
    EXPECT_EQ(told_trace(), done.header("traceparent"));
}

TEST_F(TraceTest, OfANotificationToo) {
    const Reply done =
        world.post("/api/v1/notifications", R"({"topic":"jobs","event_id":"1","timestamp":0,"payload":1})", {brought});
    EXPECT_EQ(told_trace(), done.header("traceparent"));
}

// Not of one that was made here: nobody has asked for it, and it would cost something.
TEST_F(TraceTest, OfAWriteThatBringsNoneIsNotKept) {
    const Reply put = world.put("/config/app/a", R"({"value":"1"})");
    EXPECT_THAT(put.header("traceparent"), HasSubstr("00-"));
    EXPECT_EQ(told_trace(), "none");
    world.del("/config/app/a");
    EXPECT_EQ(told_trace(), "none");
    world.put("/config/app/a", R"({"value":"1"})", {{"traceparent", "junk"}});
    EXPECT_EQ(told_trace(), "none");
}

TEST_F(TraceTest, EndsWithItsRevision) {
    world.put("/config/app/a", R"({"value":"1"})", {brought});
    world.by_hand("app/b", "1");
    EXPECT_THAT(told(), HasSubstr(trace));
    world.by_hand("app/a", "2");
    EXPECT_EQ(told_trace(), "none");
    EXPECT_THAT(world.get("/config/app/a").body, Not(HasSubstr(trace)));
}

TEST_F(TraceTest, IsLeftOutWhereTheStoreTakesNoMoreOperations) {
    std::string puts;
    std::string deletes;
    for (int i = 0; i < 64; ++i) {
        const std::string comma = i == 0 ? "" : ",";
        puts += comma + R"({"key":"k)" + std::to_string(i) + R"(","value":"1"})";
        deletes += comma + R"("k)" + std::to_string(i) + '"';
    }
    EXPECT_EQ(world.post("/api/v1/txn", R"({"put":[)" + puts + "]}", {brought}).status, 200U);
    EXPECT_THAT(told_trace(), HasSubstr(trace));
    EXPECT_EQ(world.post("/api/v1/txn", R"({"delete":[)" + deletes + "]}", {brought}).status, 200U);
    EXPECT_EQ(told_trace(), "none");
}

TEST_F(TraceTest, IsInTheAuditLine) {
    world.put("/config/app/a", R"({"value":"1"})", {brought});
    EXPECT_THAT(world.audited.back(), HasSubstr(R"("trace_id":")" + trace + '"'));
}

}  // namespace
}  // namespace confcast::api
