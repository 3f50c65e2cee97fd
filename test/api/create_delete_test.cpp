// POST and DELETE.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using test::MemoryStore;

TEST(Create, MakesASettingThatWasNotThere) {
    World world;
    const Reply reply = world.post("/api/v1/config", R"({"key":"app/a","value":"1","message":"m"})");
    EXPECT_EQ(reply.status, 201U);
    EXPECT_EQ(reply.text("/key"), "app/a");
    EXPECT_EQ(reply.number("/version"), 1);
    EXPECT_EQ(world.get("/config/app/a").text("/message"), "m");
}

TEST(Create, OneThatIsThereIs40901) {
    World world;
    const store::Revision there = world.by_hand("a", "x");
    const Reply reply = world.post("/config", R"({"key":"a","value":"1"})");
    EXPECT_EQ(reply.status, 409U);
    EXPECT_EQ(reply.code(), 40901);
    EXPECT_EQ(reply.number("/mod_revision"), there);
    EXPECT_EQ(world.get("/config/a").text("/value"), "x");
}

TEST(Create, TakesJsonOnly) {
    World world;
    const Reply other = world.post("/config", "a=1", {{"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(other.status, 415U);
    EXPECT_EQ(other.code(), 41501);
    EXPECT_EQ(world.send(http::Method::post, "/config", R"({"key":"a","value":"1"})").code(), 41501);
}

TEST(Create, DryRunChangesNothing) {
    World world;
    const Reply fresh = world.post("/config?dry_run", R"({"key":"a","value":"1"})");
    EXPECT_EQ(fresh.status, 200U);
    EXPECT_EQ(fresh.text("/action"), "create");
    EXPECT_EQ(world.get("/config/a").code(), 40401);
    world.by_hand("a", "x");
    EXPECT_EQ(world.post("/config?dry_run", R"({"key":"a","value":"1"})").code(), 40901);
}

TEST(Create, ATtlIsGivenBackWhenItIsThere) {
    World world;
    world.by_hand("a", "x");
    world.post("/config", R"({"key":"a","value":"1","ttl":5})");
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), 1U);
}

TEST(Delete, TakesTheSettingAndItsMetadata) {
    World world;
    world.put("/config/a", R"({"value":"1"})");
    const Reply reply = world.del("/config/a");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/key"), "a");
    EXPECT_EQ(reply.number("/mod_revision"), world.store.revision());
    EXPECT_EQ(reply.number("/version"), 0);
    EXPECT_TRUE(world.store.contents({"/config", ""}).empty());
    EXPECT_EQ(world.get("/config/a").code(), 40401);
}

TEST(Delete, WhatIsNotThereIs40401AndMakesNoRevision) {
    World world;
    const store::Revision before = world.store.revision();
    const Reply reply = world.del("/config/a");
    EXPECT_EQ(reply.status, 404U);
    EXPECT_EQ(reply.code(), 40401);
    EXPECT_EQ(world.store.revision(), before);
}

TEST(Delete, WorksOnWritesByHand) {
    World world;
    world.by_hand("a", "x");
    EXPECT_EQ(world.del("/config/a").status, 200U);
}

TEST(Delete, DryRunChangesNothing) {
    World world;
    EXPECT_EQ(world.del("/config/a?dry_run").code(), 40401);
    world.by_hand("a", "x");
    const Reply reply = world.del("/config/a?dry_run=1");
    EXPECT_EQ(reply.text("/action"), "delete");
    EXPECT_EQ(reply.number("/current_mod_revision"), world.store.revision());
    EXPECT_EQ(world.del("/config/a?dry_run=1", {{"If-Match", "\"999\""}}).code(), 41201);
    EXPECT_EQ(world.get("/config/a").status, 200U);
}

}  // namespace
}  // namespace confcast::api
