// The store is away, full, slow or silent.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;
using test::MemoryStore;

Error down() { return Error(Errc::store_unavailable).with("reason", "the disk is full"); }

TEST(StoreDown, WritesSayWhyAndWhenToComeBack) {
    World world;
    world.by_hand("a", "x");
    world.store.fail_all(down());
    for (const Reply& reply :
         {world.put("/config/a", R"({"value":"1"})"), world.put("/config/a", R"({"value":"1","ttl":5})"),
          world.post("/config", R"({"key":"b","value":"1"})"), world.del("/config/a"),
          world.post("/api/v1/txn", R"({"put":[{"key":"a","value":"1"}]})"),
          world.put("/config/a?dry_run", R"({"value":"1"})"), world.del("/config/a?dry_run"),
          world.put("/config/a", R"({"value":"1"})",
                    {{"Content-Type", "application/json"}, {"If-Match", "\"1\",\"2\""}})}) {
        EXPECT_EQ(reply.status, 503U);
        EXPECT_EQ(reply.code(), 50301);
        EXPECT_EQ(reply.text("/reason"), "the disk is full");
        EXPECT_FALSE(reply.header("Retry-After").empty());
    }
}

TEST(StoreDown, ReadsGoOnFromMemoryAndSaySinceWhen) {
    World world;
    world.by_hand("a", "x");
    EXPECT_EQ(world.get("/config/a").header("X-Confcast-Stale"), "");
    world.store.fail_all(down());
    world.store.break_watches();
    world.settle();
    world.clock.advance(7s);
    const Reply reply = world.get("/config/a");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.header("X-Confcast-Stale"), "7");
    EXPECT_EQ(world.get("/config").header("X-Confcast-Stale"), "7");
}

TEST(StoreDown, ThePastIsNotInMemory) {
    World world;
    world.by_hand("a", "x");
    world.store.fail_all(down());
    EXPECT_EQ(world.get("/config/a?revision=2").code(), 50301);
}

TEST(StoreDown, ItRecoversWithoutARestart) {
    World world;
    world.store.fail_all(down());
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})").code(), 50301);
    world.store.heal();
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})").status, 201U);
}

TEST(StoreDown, AnUnknownOutcomeIsSaidToBeUnknown) {
    World world;
    world.store.lose_next_answer(Errc::outcome_unknown);
    const Reply reply = world.put("/config/a", R"({"value":"1"})");
    EXPECT_EQ(reply.status, 504U);
    EXPECT_EQ(reply.code(), 50402);
    EXPECT_EQ(reply.message(),
              "The write was sent but its answer did not come: it may have happened. Read before you retry.");
}

TEST(StoreDown, OtherErrorsOfTheStorePassThrough) {
    World world;
    for (const Errc code : {Errc::store_timeout, Errc::lease_not_found, Errc::shutting_down}) {
        world.store.fail_next(1, code, MemoryStore::Call::commit);
        EXPECT_EQ(world.put("/config/a", R"({"value":"1"})").code(), static_cast<int>(code));
    }
}

TEST(StoreDown, WhatABugHasToSayIsForTheLog) {
    World world;
    world.store.fail_next(1, Error(Errc::internal).with("reason", "secret detail"), MemoryStore::Call::commit);
    const Reply reply = world.put("/config/a", R"({"value":"1"})");
    EXPECT_EQ(reply.code(), 50001);
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
    EXPECT_TRUE(world.log.contains("secret detail"));
}

TEST(StoreDown, AnExceptionIsA500WithTheEnvelope) {
    World world;
    world.store.on_call([](MemoryStore::Call) { throw std::runtime_error("a bug"); });
    const Reply reply =
        world.put("/config/a", R"({"value":"1"})", {{"Content-Type", "application/json"}, {"X-Request-Id", "abc"}});
    EXPECT_EQ(reply.status, 500U);
    EXPECT_EQ(reply.code(), 50001);
    EXPECT_EQ(reply.body.find("a bug"), std::string::npos);
    EXPECT_EQ(reply.header("X-Request-Id"), "abc");
    EXPECT_TRUE(world.log.contains("a bug"));
    world.store.on_call({});
}

}  // namespace
}  // namespace confcast::api
