// The checks of /readyz over time, and the state between ready and not: reads from memory while the store is away.
#include <gtest/gtest.h>

#include "confcast/test/run.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;
using test::MemoryStore;

class HealthTest : public testing::Test {
  protected:
    void ask() { test::run(world.io, world.api.check_health()); }
    void lose_watch() {
        world.store.fail_next(1'000'000, Errc::store_unavailable, MemoryStore::Call::watch);
        world.store.break_watches();
        world.settle();
    }
    void lose_store() {
        world.store.fail_all(Error(Errc::store_unavailable).with("reason", "away"));
        world.store.break_watches();
        world.settle();
        ask();
    }
    static ApiOptions impatient() {
        ApiOptions options;
        options.write_wait = 0ms;
        return options;
    }
    World world{impatient()};
};

TEST_F(HealthTest, ANodeWithoutAWatchIsNotReadyAfterAWhile) {
    lose_watch();
    world.clock.advance(10s);
    ask();
    EXPECT_EQ(world.get("/readyz").status, 200U) << "a watch may be lost for a moment";
    world.clock.advance(1s);
    const Reply reply = world.get("/readyz");
    EXPECT_EQ(reply.code(), 50302);
    EXPECT_EQ(reply.text("/lag"), "without a watch on the store for 11 s");
    EXPECT_EQ(reply.text("/state"), "degraded");
    EXPECT_FALSE(world.api.passes("lag"));
    EXPECT_TRUE(world.api.passes("store"));
}

// The watch is up and silent, though this node knows of a write that is not here.
TEST_F(HealthTest, ANodeThatMissesAWriteIsNotReadyAfterAWhile) {
    world.store.hold_watches();
    const Reply put = world.put("/config/a", R"({"value":"1"})");
    EXPECT_EQ(put.at("/applied"), false);
    ask();
    EXPECT_EQ(world.get("/readyz").status, 200U);
    world.clock.advance(11s);
    ask();
    const Reply reply = world.get("/readyz");
    EXPECT_EQ(reply.code(), 50302);
    EXPECT_EQ(reply.text("/lag"), "behind the store for 11 s");
    world.store.release_watches();
    world.settle();
    EXPECT_EQ(world.get("/readyz").status, 200U);
}

TEST(Health, ANodeThatIsTooFarBehindIsNotReady) {
    ApiOptions options;
    options.ready_lag_revisions = 0;
    options.write_wait = 0ms;
    World world(options);
    world.store.hold_watches();
    world.put("/config/a", R"({"value":"1"})");
    EXPECT_EQ(world.get("/readyz").text("/lag"), "1 revisions behind the store");
    EXPECT_EQ(world.api.health(), HealthState::degraded);
}

TEST_F(HealthTest, ADegradedNodeServesReadsAndSaysSo) {
    world.by_hand("a", "x");
    EXPECT_EQ(world.api.health(), HealthState::ready);
    lose_store();
    EXPECT_EQ(world.api.health(), HealthState::degraded);
    EXPECT_EQ(world.get("/config/a").status, 200U);
    EXPECT_EQ(world.get("/config/a").header("X-Confcast-Stale"), "0");
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})").code(), 50301);
    EXPECT_EQ(world.get("/readyz").code(), 50301);
    const Reply reply = world.get("/healthz");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/status"), "degraded");
    EXPECT_EQ(reply.text("/checks/store"), "away");
    EXPECT_EQ(reply.text("/checks/feed"), "ok");
    world.store.heal();
    ask();
    EXPECT_EQ(world.get("/healthz").text("/status"), "healthy");
}

TEST_F(HealthTest, HealthzIsForNodesThatServe) {
    world.api.set_draining();
    EXPECT_EQ(world.api.health(), HealthState::draining);
    const Reply leaving = world.get("/healthz");
    EXPECT_EQ(leaving.code(), 50303);
    EXPECT_EQ(leaving.text("/state"), "draining");
    World fresh({}, World::Start::without_feed);
    EXPECT_EQ(fresh.api.health(), HealthState::starting);
    EXPECT_EQ(fresh.get("/healthz").code(), 50302);
}

TEST_F(HealthTest, VerboseSaysSinceWhen) {
    ask();
    const std::string start = world.get("/readyz?verbose").text("/since/store");
    EXPECT_EQ(start, "2023-11-14T22:13:20.000Z");
    world.clock.advance(3s);
    ask();
    EXPECT_EQ(world.get("/readyz?verbose").text("/since/store"), start) << "it has passed all the time";
    lose_store();
    world.clock.advance(2s);
    const Reply failing = world.get("/readyz?verbose");
    EXPECT_EQ(failing.text("/store_since"), "2023-11-14T22:13:23.000Z");
    EXPECT_EQ(failing.text("/feed_since"), start);
    EXPECT_FALSE(world.get("/readyz").has("store_since"));
    EXPECT_EQ(world.get("/healthz?verbose").text("/since/store"), "2023-11-14T22:13:23.000Z");
    world.store.heal();
    ask();
    EXPECT_EQ(world.get("/readyz?verbose").text("/since/store"), "2023-11-14T22:13:25.000Z");
}

}  // namespace
}  // namespace confcast::api
