// A server that is killed and comes back, and one that is asked to end.
#include <gtest/gtest.h>
#include <csignal>
#include <memory>

#include "watcher.hpp"
#include "writers.hpp"

namespace confcast::test {
namespace {

TEST(Restart, AfterAKillASubscriberResumesAndMissesNothing) {
    Server server;
    Watcher watcher(server, "prefix=app/");
    server.put("app/a", "1");
    const auto seen = server.put("app/b", "1");
    ASSERT_TRUE(watcher.until([&](const Model& model) { return model.position() >= seen; }));
    auto model = watcher.model();

    // Written, acknowledged, and not seen by the subscriber that is about to come back.
    watcher.socket().abort();
    server.put("app/a", "2");
    server.put("app/a", "3");
    server.kill();
    server.start();
    const auto last = server.put("app/c", "1");

    Watcher again(server, "prefix=app/&since=" + model.since(), model);
    ASSERT_TRUE(again.until([&](const Model& m) { return m.position() >= last; }));
    EXPECT_EQ(again.model().resume(), "changes");
    EXPECT_EQ(again.model().reason(), "caught_up");
    EXPECT_EQ(again.model().snapshots(), model.snapshots());
    EXPECT_EQ(again.model().updates(), model.updates() + 3);
    EXPECT_EQ(again.model().entries(), list_all(server, "app/"));
    EXPECT_EQ(again.model().violations(), std::vector<std::string>{});
}

TEST(Restart, KilledUnderLoadLosesNothingAcknowledged) {
    Server server;
    auto watcher = std::make_unique<Watcher>(server, "prefix=load/");
    for (int round = 0; round < 3; ++round) {
        Writers writers(server, {.threads = 8, .prefix = "load/" + std::to_string(round) + "/", .keys = 10});
        const auto enough = 200U;
        while (writers.acknowledged() < enough) ASSERT_TRUE(watcher->next_of("update"));
        server.kill();
        writers.stop();
        watcher->drain();
        server.start();

        const auto state = list_all(server, "load/" + std::to_string(round) + "/");
        for (const auto& [key, value] : writers.certain()) {
            const auto found = state.find(key);
            ASSERT_NE(found, state.end()) << key << " was acknowledged and is gone";
            EXPECT_EQ(found->second.value, value) << key;
        }
        auto model = watcher->model();
        watcher = std::make_unique<Watcher>(server, "prefix=load/&since=" + model.since(), model);
        ASSERT_TRUE(watcher->next_of("welcome"));
        EXPECT_NE(watcher->model().resume(), "snapshot");
    }
    const auto last = server.put("load/last", "x");
    ASSERT_TRUE(watcher->until([&](const Model& model) { return model.position() >= last; }));
    EXPECT_EQ(watcher->model().entries(), list_all(server, "load/"));
    EXPECT_EQ(watcher->model().violations(), std::vector<std::string>{});
}

TEST(Restart, WhatIsUpToDateIsTold) {
    const Server server;
    server.put("app/a", "1");
    Watcher watcher(server, "prefix=app/&since=" + server.position());
    ASSERT_TRUE(watcher.next_of("welcome"));
    EXPECT_NE(watcher.model().resume(), "snapshot");
    EXPECT_EQ(watcher.model().reason(), "current");
}

TEST(Restart, AnotherHistoryGetsASnapshot) {
    const Server server;
    server.put("app/a", "1");
    Watcher watcher(server, "prefix=app/&since=0123456789abcdef:5");
    ASSERT_TRUE(watcher.next_of("snapshot"));
    EXPECT_EQ(watcher.model().resume(), "snapshot");
    EXPECT_EQ(watcher.model().reason(), "epoch_changed");
}

TEST(Restart, APositionThatTheStoreHasNotReachedGetsASnapshotInTheEnd) {
    const Server server;
    server.put("app/a", "1");
    Watcher watcher(server, "prefix=app/&since=1000000");
    ASSERT_TRUE(watcher.next_of("snapshot", std::chrono::seconds{30}));
    EXPECT_EQ(watcher.model().reason(), "ahead");
}

TEST(Draining, SigtermTellsSubscribersToComeBackAndEndsWithZero) {
    Server server;
    Watcher watcher(server, "prefix=app/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    server.signal(SIGTERM);
    const auto goaway = watcher.next_of("goaway");
    ASSERT_TRUE(goaway);
    EXPECT_TRUE(goaway->at("payload").as_object().contains("reconnect_after_ms"));
    EXPECT_FALSE(watcher.next());
    EXPECT_EQ(watcher.socket().close_code(), 1012);
    EXPECT_EQ(server.wait(std::chrono::seconds{30}), 0);
}

TEST(Draining, SigintDoesTheSame) {
    Server server;
    server.signal(SIGINT);
    EXPECT_EQ(server.wait(std::chrono::seconds{30}), 0);
}

TEST(Draining, AWriteUnderWayIsFinishedOrRefusedNeverTorn) {
    Server server;
    Writers writers(server, {.threads = 8, .keys = 10});
    Watcher pace(server, "prefix=load/&snapshot=false");
    while (writers.acknowledged() < 100) ASSERT_TRUE(pace.next_of("update"));
    EXPECT_EQ(server.terminate(), 0);
    writers.stop();
    server.start();
    const auto state = list_all(server, "load/");
    for (const auto& [key, value] : writers.certain()) {
        ASSERT_TRUE(state.contains(key)) << key;
        EXPECT_EQ(state.at(key).value, value) << key;
    }
}

}  // namespace
}  // namespace confcast::test
