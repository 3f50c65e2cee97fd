#include <gmock/gmock.h>

#include <stdexcept>

#include "chain_fixture.hpp"
#include "confcast/http/websocket.hpp"

namespace confcast::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Seen {
    unsigned status;
    std::string route;
    std::chrono::nanoseconds took;
};

struct AccessLog : ChainFixture {
    AccessLog() {
        clock.advance(std::chrono::seconds{5});
        request.method = Method::get;
        request.target = "/config/a?wait=30s";
        request.path = "/config/a";
        request.query = "wait=30s";
        request.remote = "127.0.0.1:51234";
        context.request_id = "req-1";
        endpoint = [this](Context& c) -> Awaitable<Response> {
            c.route = "/config/*key";
            clock.advance(std::chrono::milliseconds{7});
            Response response;
            response.status = 201;
            response.body = "twelve bytes";
            co_return response;
        };
    }
    Response run_logged() {
        return run({access_log(clock, log, [this](const Access& access) {
            seen.push_back({access.response.status, std::string(access.context.route), access.took});
        })});
    }
    std::vector<Seen> seen;
};

TEST_F(AccessLog, WritesOneLineWithoutTheQuery) {
    EXPECT_EQ(run_logged().status, 201U);
    EXPECT_THAT(texts(log), ElementsAre(HasSubstr("method=GET path=/config/a route=/config/*key status=201 bytes=12 "
                                                  "ms=7.000 remote=127.0.0.1:51234 principal=\"\" request_id=req-1")));
    EXPECT_THAT(log.lines()[0].text, testing::Not(HasSubstr("wait")));
    EXPECT_THAT(log.lines()[0].text, testing::Not(HasSubstr("twelve")));
}

TEST_F(AccessLog, TellsTheObserver) {
    run_logged();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].status, 201U);
    EXPECT_EQ(seen[0].route, "/config/*key");
    EXPECT_EQ(seen[0].took, std::chrono::milliseconds{7});
}

TEST_F(AccessLog, ObservesWhenItDoesNotLog) {
    log.set_level(LogLevel::warning);
    run_logged();
    EXPECT_TRUE(log.lines().empty());
    EXPECT_EQ(seen.size(), 1U);
}

TEST_F(AccessLog, LogsWithoutAnObserver) {
    run({access_log(clock, log)});
    EXPECT_EQ(log.lines().size(), 1U);
}

TEST_F(AccessLog, MayLogASampleOfWhatGoesWellAndAllThatDoesNot) {
    const std::uint32_t every_third = 3;
    const Chain chain({access_log(clock, log, {}, &every_third)}, endpoint);
    for (int i = 0; i < 7; ++i) test::run(io, chain.run(context));
    EXPECT_EQ(log.lines().size(), 3U) << "the 1st, the 4th and the 7th";
    endpoint = [](Context&) -> Awaitable<Response> {
        Response response;
        response.status = 404;
        co_return response;
    };
    const std::uint32_t none = 0;
    run({access_log(clock, log, {}, &none)});
    EXPECT_EQ(log.lines().size(), 4U);
}

TEST_F(AccessLog, AHotRouteHidesNoRareOne) {
    const std::uint32_t every_thousandth = 1'000;
    const Chain chain({access_log(clock, log, {}, &every_thousandth)}, endpoint);
    for (int i = 0; i < 1'500; ++i) test::run(io, chain.run(context));
    EXPECT_EQ(log.lines().size(), 2U);
    request.method = Method::put;  // the same pattern
    test::run(io, chain.run(context));
    EXPECT_EQ(log.lines().size(), 3U);
}

TEST_F(AccessLog, CountsFromTheStartThatTheConnectionKnows) {
    context.started = clock.now() - std::chrono::milliseconds{100};
    run_logged();
    EXPECT_EQ(seen.at(0).took, std::chrono::milliseconds{107});
}

TEST_F(AccessLog, SetsTheStartWhenNobodyDid) {
    const SteadyTime before = clock.now();
    run_logged();
    EXPECT_EQ(context.started, before);
}

TEST_F(AccessLog, AnUpgradeIsLoggedAs101) {
    endpoint = [](Context&) -> Awaitable<Response> {
        Response response;
        response.upgrade = [](WebSocket&) -> std::unique_ptr<WebSocketEvents> { return nullptr; };
        co_return response;
    };
    run_logged();
    EXPECT_THAT(texts(log), ElementsAre(HasSubstr("status=101")));
}

TEST_F(AccessLog, ASharedBodyCounts) {
    endpoint = [](Context&) -> Awaitable<Response> {
        Response response;
        response.body = std::make_shared<const std::string>("shared");
        co_return response;
    };
    run_logged();
    EXPECT_THAT(texts(log), ElementsAre(HasSubstr("bytes=6")));
}

TEST_F(AccessLog, AnExceptionIsA500AndPassesOn) {
    endpoint = [](Context&) -> Awaitable<Response> {
        throw std::runtime_error("a bug");
        co_return Response{};
    };
    EXPECT_THROW(run_logged(), std::runtime_error);
    EXPECT_THAT(texts(log), ElementsAre(HasSubstr("status=500")));
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].status, 500U);
}

}  // namespace
}  // namespace confcast::http
