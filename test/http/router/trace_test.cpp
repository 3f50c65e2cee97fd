#include <gmock/gmock.h>

#include <set>

#include "chain_fixture.hpp"

namespace confcast::http {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr auto theirs = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr auto ours = "00-[0-9a-f]{32}-[0-9a-f]{16}-00";

struct Trace : ChainFixture {
    std::string answered(std::vector<Header> headers) {
        request.headers = std::move(headers);
        return std::string(run({request_id()}).header("traceparent").value_or("none"));
    }
};

TEST_F(Trace, GoesOnInASpanOfOurs) {
    const std::string answer = answered({{"Traceparent", theirs}});
    EXPECT_THAT(answer, MatchesRegex("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01"));
    EXPECT_THAT(answer, testing::Not(HasSubstr("00f067aa0ba902b7")));
    EXPECT_TRUE(context.is_traced);
    EXPECT_EQ(context.trace->text(), answer);
}

TEST_F(Trace, BeginsHereWhenTheRequestBringsNone) {
    EXPECT_THAT(answered({}), MatchesRegex(ours));
    EXPECT_FALSE(context.is_traced);
}

TEST_F(Trace, BeginsHereWhenWhatTheRequestBringsIsNoGood) {
    EXPECT_THAT(answered({{"traceparent", "00-0-0-0"}}), MatchesRegex(ours));
    EXPECT_THAT(answered({{"traceparent", theirs}, {"traceparent", theirs}}), MatchesRegex(ours));
    EXPECT_FALSE(context.is_traced);
}

TEST_F(Trace, IsAnotherOneEachTime) {
    std::set<std::string> traces;
    std::set<std::string> spans;
    for (int i = 0; i < 1'000; ++i) {
        const std::string answer = answered({});
        traces.insert(answer.substr(3, 32));
        spans.insert(answer.substr(36, 16));
    }
    EXPECT_EQ(traces.size(), 1'000U);
    EXPECT_EQ(spans.size(), 1'000U);
}

TEST_F(Trace, IsInTheAccessLine) {
    request.headers = {{"traceparent", theirs}};
    run({request_id(), access_log(clock, log)});
    EXPECT_TRUE(log.contains(" trace_id=4bf92f3577b34da6a3ce929d0e0e4736"));
}

TEST_F(Trace, IsInTheAnswerAndTheLineOfAFailure) {
    endpoint = [](Context&) -> Awaitable<Response> { throw std::runtime_error("a bug"); };
    request.headers = {{"traceparent", theirs}};
    const Response response = run({recover(render, log, failures), request_id()});
    EXPECT_THAT(std::string(*response.header("traceparent")), HasSubstr("4bf92f3577b34da6a3ce929d0e0e4736"));
    EXPECT_TRUE(log.contains(" trace_id=4bf92f3577b34da6a3ce929d0e0e4736"));
}

}  // namespace
}  // namespace confcast::http
