// `wait` and `since` on a read of one setting and on a list.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string since(store::Revision revision) { return "&since=" + std::to_string(revision); }

/// The time of every long poll is over.
void time_is_over(World& world) {
    world.pass(60s);
    world.hub.tick();
    world.pass(250ms);
    world.hub.tick();
}

TEST(LongPoll, WhatIsNewerIsAnsweredAtOnce) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    world.by_hand("a", "2");
    const Reply reply = world.get("/config/a?wait=30s" + since(seen));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/value"), "2");
    EXPECT_FALSE(reply.header("ETag").empty());
}

TEST(LongPoll, HoldsTheAnswerUntilTheSettingChanges) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    store::Revision changed = 0;
    const Reply reply = world.send_while(http::Method::get, "/api/v1/config/a?wait=30s" + since(seen), [&] {
        world.by_hand("b", "another");
        EXPECT_EQ(world.hub.polls(), 1U);
        changed = world.by_hand("a", "2");
    });
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/value"), "2");
    EXPECT_EQ(reply.number("/mod_revision"), changed);
    EXPECT_EQ(world.hub.polls(), 0U);
}

TEST(LongPoll, GivesTheStateOfWhenItIsAnswered) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    const Reply reply = world.send_while(http::Method::get, "/config/a?raw&wait=30s" + since(seen), [&] {
        world.store.put("/config/a", "2");
        world.by_hand("a", "3");
    });
    EXPECT_THAT(reply.body, testing::AnyOf("2", "3"));
    EXPECT_EQ(reply.header("Content-Type"), "text/plain; charset=utf-8");
}

TEST(LongPoll, WhenTheTimeIsOverItIs304WithTheNodesPosition) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    for (const std::string& target : {"/config/a?wait=30s" + since(seen), std::string("/config/a?wait=30"),
                                      "/config?prefix=a&wait=30s" + since(seen), std::string("/config/a?wait=1m")}) {
        store::Revision now = 0;
        const Reply reply = world.send_while(http::Method::get, target, [&] {
            now = world.by_hand("b", "moves the position on");
            time_is_over(world);
        });
        EXPECT_EQ(reply.status, 304U) << target;
        EXPECT_EQ(reply.body, "");
        EXPECT_EQ(reply.header("X-Confcast-Revision"), "0000000000000001:" + std::to_string(now));
        EXPECT_EQ(reply.header("Cache-Control"), "no-cache");
    }
}

TEST(LongPoll, IsHeldForAMinuteAtMost) {
    for (const char* wait : {"1h", "61s", "2m", "3600", "99999999999999999999s"}) {
        World world;
        world.by_hand("a", "1");
        if (std::string_view(wait) == "1h") {
            EXPECT_EQ(world.get("/config/a?wait=1h").code(), 40003);
            continue;
        }
        const Reply reply =
            world.send_while(http::Method::get, std::string("/config/a?wait=") + wait, [&] { time_is_over(world); });
        EXPECT_EQ(reply.status, 304U) << wait;
    }
}

TEST(LongPoll, ATimeOfZeroOnlyLooks) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    EXPECT_EQ(world.get("/config/a?wait=0" + since(seen)).status, 304U);
    EXPECT_EQ(world.get("/config/a?wait=0ms" + since(seen - 1)).status, 200U);
}

TEST(LongPoll, ADeleteIs404WithTheRevisionToGoOnFrom) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    store::Revision deleted = 0;
    const Reply reply = world.send_while(http::Method::get, "/config/a?wait=30s" + since(seen), [&] {
        deleted = world.store.remove("/config/a");
        world.settle();
    });
    EXPECT_EQ(reply.code(), 40401);
    EXPECT_EQ(reply.number("/mod_revision"), deleted);
    EXPECT_EQ(world.get("/config/a?wait=30s" + since(seen)).number("/mod_revision"), deleted) << "who comes late";

    const Reply back = world.send_while(http::Method::get, "/config/a?wait=30s" + since(deleted),
                                        [&] { world.by_hand("a", "again"); });
    EXPECT_EQ(back.text("/value"), "again");
}

TEST(LongPoll, WithoutSinceTheNextChangeIsMeant) {
    World world;
    world.by_hand("a", "1");
    const Reply reply = world.send_while(http::Method::get, "/config/a?wait=30s", [&] { world.by_hand("a", "2"); });
    EXPECT_EQ(reply.text("/value"), "2");
}

TEST(LongPoll, SinceZeroSaysThatTheClientHasNothing) {
    World world;
    const Reply reply =
        world.send_while(http::Method::get, "/config/a?wait=30s&since=0", [&] { world.by_hand("a", "1"); });
    EXPECT_EQ(reply.text("/value"), "1");
    EXPECT_EQ(world.get("/config/a?wait=30s&since=0").text("/value"), "1");
    EXPECT_EQ(world.get("/config?wait=30s&since=0").text("/entries/0/value"), "1");
}

TEST(LongPoll, OnAPrefixItAnswersWithTheList) {
    World world;
    world.by_hand("a/1", "1");
    const store::Revision seen = world.by_hand("b", "1");
    const Reply reply = world.send_while(http::Method::get, "/config?prefix=a/&wait=30s" + since(seen), [&] {
        world.by_hand("b", "2");
        world.by_hand("a/2", "1");
    });
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.at("/entries").as_array().size(), 2U);
    EXPECT_GT(reply.number("/revision"), seen);
    const Reply after =
        world.send_while(http::Method::get, "/config?prefix=a/&wait=30s" + since(reply.number("/revision")),
                         [&] { world.store.remove("/config/a/1"), world.settle(); });
    EXPECT_EQ(after.at("/entries").as_array().size(), 1U);
}

TEST(LongPoll, WithoutAPrefixAnyChangeEndsIt) {
    World world;
    world.by_hand("a", "1");
    const Reply reply =
        world.send_while(http::Method::get, "/config?fields=meta&wait=30s", [&] { world.by_hand("z", "1"); });
    EXPECT_EQ(reply.at("/entries").as_array().size(), 2U);
}

TEST(LongPoll, TakesAPositionWithItsEpoch) {
    World world;
    world.by_hand("a", "1");
    const std::string position = world.get("/config/a").header("X-Confcast-Revision");
    const Reply reply =
        world.send_while(http::Method::get, "/config/a?wait=30s&since=" + position, [&] { world.by_hand("a", "2"); });
    EXPECT_EQ(reply.text("/value"), "2");
}

TEST(LongPoll, APositionThatIsLostIs41002WithThePresentOne) {
    World world;
    const store::Revision head = world.by_hand("a", "1");
    const Reply foreign = world.get("/config/a?wait=30s&since=00000000deadbeef:1");
    EXPECT_EQ(foreign.status, 410U);
    EXPECT_EQ(foreign.code(), 41002);
    EXPECT_EQ(foreign.number("/since"), 1);
    EXPECT_EQ(foreign.number("/revision"), head);
    EXPECT_EQ(foreign.text("/epoch"), "0000000000000001");
    EXPECT_EQ(foreign.text("/reason"), "it belongs to another history");
    EXPECT_THAT(foreign.message(), HasSubstr("Read the state"));

    const Reply ahead = world.send_while(http::Method::get, "/config?wait=30s" + since(head + 100), [&] {
        world.pass(3s);
        world.hub.tick();
    });
    EXPECT_EQ(ahead.code(), 41002);
    EXPECT_EQ(ahead.text("/reason"), "this node has not come so far");

    const Reply zh = world.get("/config/a?wait=1&since=00000000deadbeef:1", {{"Accept-Language", "zh"}});
    EXPECT_THAT(zh.message(), HasSubstr("该位置属于另一段历史"));
}

TEST(LongPoll, BeforeWhatHistoryKnowsItIs41002) {
    World world({}, World::Start::without_feed);
    for (int i = 0; i < 5; ++i) world.store.put("/config/a", std::to_string(i));
    world.store.drop_history();
    world.start_feed();
    const Reply reply = world.get("/config?prefix=b&wait=30s&since=2");
    EXPECT_EQ(reply.code(), 41002);
    EXPECT_EQ(reply.text("/reason"), "history no longer reaches back so far");
    EXPECT_EQ(world.get("/config/a?wait=0" + since(world.store.revision())).status, 304U);
}

TEST(LongPoll, WhileTheServerEndsNobodyIsHeld) {
    World world;
    const store::Revision seen = world.by_hand("a", "1");
    const Reply reply = world.send_while(http::Method::get, "/config/a?wait=30s" + since(seen),
                                         [&] { world.hub.drain("shutting down", 1s); });
    EXPECT_EQ(reply.status, 304U);
    EXPECT_EQ(world.get("/config/a?wait=30s" + since(seen)).status, 304U);
}

TEST(LongPoll, BeforeTheFirstListNobodyIsHeld) {
    World world({}, World::Start::without_feed);
    EXPECT_EQ(world.get("/config/a?wait=30s").code(), 50302);
    EXPECT_EQ(world.get("/config?wait=30s").code(), 50302);
}

TEST(LongPoll, IsARouteOfItsOwnInTheFigures) {
    World world;
    world.by_hand("a", "1");
    world.get("/config/a?wait=0");
    world.get("/config?wait=0");
    world.get("/config/a");
    std::size_t polls = 0;
    for (const auto& line : world.log.lines())
        if (line.text.find("route=/api/v1/config?wait") != std::string::npos) ++polls;
    EXPECT_EQ(polls, 2U);
}

}  // namespace
}  // namespace confcast::api
