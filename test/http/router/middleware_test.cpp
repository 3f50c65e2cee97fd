// The chain itself: order, refusing, exceptions.
#include "confcast/http/middleware.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "confcast/test/run.hpp"

namespace confcast::http {
namespace {

struct ChainTest : testing::Test {
    Response run(std::vector<Middleware> list) {
        const Chain chain(std::move(list), [this](Context&) -> Awaitable<Response> {
            trace += "endpoint";
            Response response;
            response.body = "done";
            co_return response;
        });
        return test::run(io, chain.run(context));
    }
    Middleware around(const std::string& mark) {
        return [this, mark](Context& c, Next next) -> Awaitable<Response> {
            trace += mark + "( ";
            Response response = co_await next(c);
            trace += " )" + mark;
            co_return response;
        };
    }

    asio::io_context io{1};
    Request request;
    Context context{request};
    std::string trace;
};

TEST_F(ChainTest, WithoutMiddlewaresRunsTheHandler) {
    EXPECT_EQ(run({}).body_view(), "done");
    EXPECT_EQ(trace, "endpoint");
}

TEST_F(ChainTest, ListOrderIsExecutionOrder) {
    run({around("a"), around("b"), around("c")});
    EXPECT_EQ(trace, "a( b( c( endpoint )c )b )a");
}

TEST_F(ChainTest, NotCallingNextRefuses) {
    const Middleware refuse = [](Context&, Next) -> Awaitable<Response> {
        Response response;
        response.status = 403;
        co_return response;
    };
    EXPECT_EQ(run({around("a"), refuse, around("c")}).status, 403U);
    EXPECT_EQ(trace, "a(  )a");
}

TEST_F(ChainTest, AMiddlewareMayChangeTheAnswer) {
    const Middleware stamp = [](Context& c, Next next) -> Awaitable<Response> {
        Response response = co_await next(c);
        response.set("X-Stamp", "1");
        co_return response;
    };
    const Response response = run({stamp});
    EXPECT_EQ(response.header("x-stamp"), "1");
    EXPECT_EQ(response.body_view(), "done");
}

TEST_F(ChainTest, AnExceptionPassesThroughToTheCaller) {
    const Middleware fail = [](Context&, Next) -> Awaitable<Response> {
        throw std::logic_error("a bug");
        co_return Response{};
    };
    EXPECT_THROW(run({around("a"), fail}), std::logic_error);
    EXPECT_EQ(trace, "a( ");
}

TEST_F(ChainTest, AChainCanBeRunAgain) {
    EXPECT_EQ(run({around("a")}).body_view(), "done");
    EXPECT_EQ(run({around("a")}).body_view(), "done");
    EXPECT_EQ(trace, "a( endpoint )aa( endpoint )a");
}

TEST(PathParams, GetFindsByName) {
    PathParams params;
    EXPECT_EQ(params.get("a"), "");
    params.items[0] = {"a", "1"};
    params.items[1] = {"b", "2"};
    params.count = 1;
    EXPECT_EQ(params.get("a"), "1");
    EXPECT_EQ(params.get("b"), "");
    params.count = 2;
    EXPECT_EQ(params.get("b"), "2");
}

}  // namespace
}  // namespace confcast::http
