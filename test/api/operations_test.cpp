// /livez, /readyz, /healthz, /metrics, /version, /api/v1/errors.
#include <gtest/gtest.h>

#include "confcast/test/run.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;

TEST(Livez, IsAliveWhateverTheStoreDoes) {
    World world({}, World::Start::without_feed);
    world.store.fail_all(Errc::store_unavailable);
    const Reply reply = world.get("/livez");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/status"), "alive");
}

TEST(Readyz, IsReadyWhenFeedAndStoreAre) {
    World world;
    const Reply reply = world.get("/readyz");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/checks/feed"), "ok");
    EXPECT_EQ(reply.text("/checks/store"), "ok");
}

TEST(Readyz, IsNotReadyBeforeTheFirstList) {
    World world({}, World::Start::without_feed);
    test::run(world.io, world.api.check_health());
    const Reply reply = world.get("/readyz");
    EXPECT_EQ(reply.status, 503U);
    EXPECT_EQ(reply.code(), 50302);
    EXPECT_TRUE(reply.has("feed"));
    EXPECT_FALSE(reply.has("store"));
}

TEST(Readyz, TellsTheStoresProblem) {
    World world;
    world.store.set_problem("the disk is full");
    test::run(world.io, world.api.check_health());
    const Reply reply = world.get("/readyz");
    EXPECT_EQ(reply.code(), 50301);
    EXPECT_EQ(reply.text("/store"), "the disk is full");
    EXPECT_FALSE(reply.header("Retry-After").empty());
    world.store.set_problem("");
    test::run(world.io, world.api.check_health());
    EXPECT_EQ(world.get("/readyz").status, 200U);
}

TEST(Readyz, TellsThatTheStoreCannotBeAsked) {
    World world;
    world.store.fail_all(Error(Errc::store_unavailable).with("reason", "away"));
    test::run(world.io, world.api.check_health());
    EXPECT_EQ(world.get("/readyz").text("/store"), "away");
}

TEST(Readyz, AStoreThatDoesNotAnswerIsAProblem) {
    World world;
    world.clock.advance(6s);
    EXPECT_EQ(world.get("/readyz").text("/store"), "no answer for 6 s");
}

TEST(Readyz, ADrainingServerIsNotReady) {
    World world;
    world.api.set_draining();
    const Reply reply = world.get("/readyz");
    EXPECT_EQ(reply.code(), 50303);
    EXPECT_TRUE(reply.has("server"));
    EXPECT_EQ(world.get("/livez").status, 200U);
}

TEST(Healthz, VerboseHasParticulars) {
    World world;
    world.by_hand("a", "x");
    EXPECT_FALSE(world.get("/healthz").has("checks"));
    const Reply reply = world.get("/healthz?verbose");
    EXPECT_EQ(reply.text("/checks/store"), "ok");
    EXPECT_EQ(reply.number("/settings"), 1);
    EXPECT_EQ(reply.number("/revision"), world.store.revision());
    EXPECT_EQ(reply.at("/stale"), false);
    EXPECT_TRUE(reply.at("/store").as_object().contains("oldest"));
}

TEST(Readyz, VerboseShowsTheStoresEndpoints) {
    World world;
    EXPECT_FALSE(world.get("/readyz?verbose").at("/store").as_object().contains("endpoints"));
    const SystemTime since{std::chrono::seconds{1'700'000'000}};
    world.store.set_endpoints({{"a:1", true, true, since, ""}, {"b:2", false, false, since, "no connection"}});
    const Reply reply = world.get("/readyz?verbose");
    EXPECT_EQ(reply.text("/store/endpoints/0/endpoint"), "a:1");
    EXPECT_EQ(reply.at("/store/endpoints/0/healthy"), true);
    EXPECT_EQ(reply.at("/store/endpoints/0/in_use"), true);
    EXPECT_EQ(reply.text("/store/endpoints/0/since"), "2023-11-14T22:13:20.000Z");
    EXPECT_FALSE(reply.at("/store/endpoints/0").as_object().contains("last_error"));
    EXPECT_EQ(reply.at("/store/endpoints/1/healthy"), false);
    EXPECT_EQ(reply.text("/store/endpoints/1/last_error"), "no connection");
}

TEST(Readyz, VerboseShowsTheEndpointsOfAStoreThatIsAwayToo) {
    World world;
    world.store.set_endpoints({{"a:1", true, true, {}, ""}, {"b:2", false, false, {}, "no connection"}});
    world.store.fail_all(Error(Errc::store_unavailable).with("reason", "away"));
    test::run(world.io, world.api.check_health());
    EXPECT_EQ(world.get("/readyz?verbose").text("/endpoints"), "a:1 is healthy; b:2 is out: no connection");
    EXPECT_FALSE(world.get("/readyz").has("endpoints"));
    world.store.set_endpoints({{"a:1", true, true, {}, "a call timed out"}});
    EXPECT_EQ(world.get("/readyz?verbose").text("/endpoints"),
              "a:1 is healthy, its last failure was: a call timed out");
}

TEST(Operations, EveryHealthRouteTakesVerbose) {
    World world;
    EXPECT_FALSE(world.get("/livez").has("checks"));
    EXPECT_EQ(world.get("/livez?verbose").text("/checks/loop"), "ok");
    EXPECT_FALSE(world.get("/readyz").has("store"));
    const Reply ready = world.get("/readyz?verbose");
    EXPECT_EQ(ready.text("/checks/feed"), "ok");
    EXPECT_EQ(ready.text("/epoch").size(), 16U);
    EXPECT_EQ(world.get("/readyz?verbose=perhaps").code(), 40003);
}

TEST(Metrics, AreText) {
    World world;
    const Reply reply = world.get("/metrics");
    EXPECT_EQ(reply.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(reply.body, "# metrics\n");
}

TEST(Version, SaysWhatRunsHere) {
    ApiOptions options;
    options.version = "1.2.3";
    World world(options);
    EXPECT_EQ(world.get("/version").text("/version"), "1.2.3");
    EXPECT_FALSE(world.get("/version").text("/store").empty());
}

TEST(Errors, ListsEveryCodeWithBothSentences) {
    World world;
    const Reply reply = world.get("/api/v1/errors");
    const auto& list = reply.data().as_array();
    ASSERT_EQ(list.size(), all_errcs().size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_EQ(list[i].at("code").as_int64(), static_cast<std::int64_t>(all_errcs()[i]));
        EXPECT_EQ(list[i].at("status").as_int64(), list[i].at("code").as_int64() / 100);
        for (const char* member : {"name", "en", "zh"}) EXPECT_FALSE(list[i].at(member).as_string().empty());
    }
}

TEST(Observer, SeesEveryRequest) {
    World world;
    std::vector<std::string> seen;
    Api api(world.io.get_executor(),
            {world.store, world.feed, world.hub, world.layout, world.clock, world.log, [] { return std::string(); }},
            {}, [&](const http::Access& access) {
                seen.push_back(std::string(access.context.route) + ' ' + std::to_string(access.response.status));
            });
    for (const char* path : {"/config/a", "/nope"}) {
        http::Request request;
        request.target = request.path = path;
        http::Context context(request);
        test::run(world.io, api.chain().run(context));
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"/config/*key 404", " 404"}));
}

TEST(Extension, MayAddRoutes) {
    World world;
    Api api(world.io.get_executor(),
            {world.store, world.feed, world.hub, world.layout, world.clock, world.log, [] { return std::string(); }},
            {}, {}, [](http::Router& router) {
                router.add(http::Method::get, "/test/x", [](http::Context&) -> Awaitable<http::Response> {
                    http::Response response;
                    response.status = 204;
                    co_return response;
                });
            });
    http::Request request;
    request.target = request.path = "/test/x";
    http::Context context(request);
    EXPECT_EQ(test::run(world.io, api.chain().run(context)).status, 204U);
    EXPECT_GT(api.body_limit(request), 0U);
}

}  // namespace
}  // namespace confcast::api
