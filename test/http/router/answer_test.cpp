// The onion with links that wait and links that do not, in any order.
#include <gmock/gmock.h>

#include "chain_fixture.hpp"

namespace confcast::http {
namespace {

using ::testing::ElementsAre;

struct Answers : ChainFixture {
    Middleware waits(std::string mark) {
        return [this, mark](Context& c, Next next) -> Awaitable<Response> {
            trace.push_back(mark + ">");
            Response response = co_await next(c);
            trace.push_back("<" + mark);
            co_return response;
        };
    }
    Middleware does_not_wait(std::string mark) {
        return [this, mark](Context& c, Next next) {
            trace.push_back(mark + ">");
            Answer answer = next.pass(c);
            answer.then([this, mark](Response&) { trace.push_back("<" + mark); });
            return answer;
        };
    }
    Handler at_once = [this](Context&) {
        trace.emplace_back("endpoint");
        return Response{};
    };
    Handler later = [this](Context&) -> Awaitable<Response> {
        co_await asio::post(io.get_executor(), use_awaitable);
        trace.emplace_back("endpoint");
        co_return Response{};
    };
    std::vector<std::string> trace;
};

TEST_F(Answers, ListOrderIsExecutionOrderWhoeverWaits) {
    for (const bool a : {false, true}) {
        for (const bool b : {false, true}) {
            for (const bool last : {false, true}) {
                trace.clear();
                endpoint = last ? later : at_once;
                run({a ? waits("a") : does_not_wait("a"), b ? waits("b") : does_not_wait("b")});
                EXPECT_THAT(trace, ElementsAre("a>", "b>", "endpoint", "<b", "<a")) << a << b << last;
            }
        }
    }
}

TEST_F(Answers, NothingWaitsWhereNobodyDoes) {
    const Chain chain({does_not_wait("a"), does_not_wait("b")}, at_once);
    Answer answer = chain.start(context);
    ASSERT_NE(answer.here(), nullptr);
    EXPECT_THAT(trace, ElementsAre("a>", "b>", "endpoint", "<b", "<a"));
}

TEST_F(Answers, WhatFollowsAnAwaitedAnswerWaitsToo) {
    const Chain chain({does_not_wait("a")}, later);
    Answer answer = chain.start(context);
    EXPECT_EQ(answer.here(), nullptr);
    EXPECT_THAT(trace, ElementsAre("a>"));
    test::run(io, std::move(answer).wait());
    EXPECT_THAT(trace, ElementsAre("a>", "endpoint", "<a"));
}

TEST_F(Answers, ARefusalNeedsNoCoroutine) {
    const Middleware refuse = [](Context&, Next) {
        Response response;
        response.status = 403;
        return response;
    };
    endpoint = later;
    EXPECT_EQ(run({does_not_wait("a"), refuse}).status, 403U);
    EXPECT_THAT(trace, ElementsAre("a>", "<a"));
}

TEST_F(Answers, TheStandardOnesDoNotWait) {
    const Chain chain({recover(render, log, failures), request_id(), access_log(clock, log), language()}, at_once);
    Answer answer = chain.start(context);
    ASSERT_NE(answer.here(), nullptr);
    EXPECT_EQ(answer.here()->header("X-Request-Id"), context.request_id);
    EXPECT_EQ(answer.here()->header("traceparent"), context.trace->text());
}

TEST_F(Answers, AnExceptionOfAHandlerThatDoesNotWaitIsRecovered) {
    endpoint = [](Context&) -> Answer { throw std::runtime_error("a bug"); };
    int observed = 0;
    const Response response =
        run({recover(render, log, failures), request_id(), access_log(clock, log, [&observed](const Access& access) {
                 ++observed;
                 EXPECT_EQ(access.response.status, 500U);
             })});
    EXPECT_EQ(response.status, 500U);
    EXPECT_EQ(response.header("X-Request-Id"), context.request_id);
    EXPECT_EQ(failures, 1U);
    EXPECT_EQ(observed, 1);
}

}  // namespace
}  // namespace confcast::http
