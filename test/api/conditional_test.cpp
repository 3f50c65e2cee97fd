// Conditional requests: ETag, If-Match, If-None-Match.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

std::string tag(const Reply& reply) { return reply.header("ETag"); }

TEST(ConditionalRead, ATagThatMatchesGives304WithoutABody) {
    World world;
    world.by_hand("a", "x");
    const std::string etag = tag(world.get("/config/a"));
    for (const std::string& header : {etag, "W/" + etag, "\"1\", " + etag, std::string("*")}) {
        const Reply reply = world.get("/config/a", {{"If-None-Match", header}});
        EXPECT_EQ(reply.status, 304U) << header;
        EXPECT_TRUE(reply.body.empty());
        EXPECT_EQ(tag(reply), etag);
    }
    EXPECT_EQ(world.get("/config/a", {{"If-None-Match", "\"1\""}}).status, 200U);
    EXPECT_EQ(world.get("/config/a?raw", {{"If-None-Match", etag}}).status, 304U);
}

TEST(ConditionalRead, AChangeChangesTheTag) {
    World world;
    world.by_hand("a", "x");
    const std::string before = tag(world.get("/config/a"));
    world.by_hand("a", "x");
    EXPECT_EQ(world.get("/config/a", {{"If-None-Match", before}}).status, 200U);
}

TEST(ConditionalRead, IfMatchIsHonouredToo) {
    World world;
    world.by_hand("a", "x");
    EXPECT_EQ(world.get("/config/a", {{"If-Match", "\"999\""}}).code(), 41201);
    EXPECT_EQ(world.get("/config/a", {{"If-Match", tag(world.get("/config/a"))}}).status, 200U);
}

TEST(ConditionalRead, AHeaderThatDoesNotParseIs40007) {
    World world;
    world.by_hand("a", "x");
    const Reply reply = world.get("/config/a", {{"If-None-Match", "42"}});
    EXPECT_EQ(reply.code(), 40007);
    EXPECT_EQ(reply.text("/name"), "If-None-Match");
}

TEST(ConditionalPut, IfMatchWritesOnlyAtThatRevision) {
    World world;
    const std::string first = tag(world.put("/config/a", R"({"value":"1"})"));
    const Reply second = world.put("/config/a", R"({"value":"2"})", {{"If-Match", first}});
    EXPECT_EQ(second.status, 200U);
    const Reply refused = world.put("/config/a", R"({"value":"3"})", {{"If-Match", first}});
    EXPECT_EQ(refused.status, 412U);
    EXPECT_EQ(refused.code(), 41201);
    EXPECT_EQ(refused.number("/mod_revision"), second.number("/mod_revision"));
    EXPECT_EQ(refused.text("/key"), "a");
    EXPECT_EQ(world.get("/config/a").text("/value"), "2");
}

TEST(ConditionalPut, IfMatchStarNeedsTheSetting) {
    World world;
    const Reply refused = world.put("/config/a", R"({"value":"1"})", {{"If-Match", "*"}});
    EXPECT_EQ(refused.code(), 41201);
    EXPECT_EQ(refused.number("/mod_revision"), 0);
    world.by_hand("a", "x");
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", {{"If-Match", "*"}}).status, 200U);
}

TEST(ConditionalPut, IfNoneMatchStarOnlyCreates) {
    World world;
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", {{"If-None-Match", "*"}}).status, 201U);
    EXPECT_EQ(world.put("/config/a", R"({"value":"2"})", {{"If-None-Match", "*"}}).code(), 41201);
}

TEST(ConditionalPut, AListOfTagsMeansAnyOfThem) {
    World world;
    const std::string current = tag(world.put("/config/a", R"({"value":"1"})"));
    EXPECT_EQ(world.put("/config/a", R"({"value":"2"})", {{"If-Match", "\"77\", \"78\""}}).code(), 41201);
    EXPECT_EQ(world.put("/config/a", R"({"value":"2"})", {{"If-Match", "\"77\", " + current}}).status, 200U);
}

TEST(ConditionalPut, AWeakTagNeverMatches) {
    World world;
    const std::string current = tag(world.put("/config/a", R"({"value":"1"})"));
    EXPECT_EQ(world.put("/config/a", R"({"value":"2"})", {{"If-Match", "W/" + current}}).code(), 41201);
}

TEST(ConditionalPut, TheStoreDecidesNotThisNodesMemory) {
    World world;
    const std::string seen = tag(world.put("/config/a", R"({"value":"1"})"));
    world.store.hold_watches();
    world.store.put(world.layout.entry_key("a"), "meanwhile");
    EXPECT_EQ(world.put("/config/a", R"({"value":"2"})", {{"If-Match", seen}}).code(), 41201);
    world.store.release_watches();
}

TEST(ConditionalDelete, IfMatchDeletesOnlyAtThatRevision) {
    World world;
    const std::string first = tag(world.put("/config/a", R"({"value":"1"})"));
    world.by_hand("a", "2");
    const Reply refused = world.del("/config/a", {{"If-Match", first}});
    EXPECT_EQ(refused.code(), 41201);
    EXPECT_EQ(refused.number("/mod_revision"), world.store.revision());
    EXPECT_EQ(world.del("/config/a", {{"If-Match", tag(world.get("/config/a"))}}).status, 200U);
}

TEST(ConditionalDelete, WhatIsNotThereIs404WhateverTheCondition) {
    World world;
    for (const char* header : {"\"1\"", "*"}) EXPECT_EQ(world.del("/config/a", {{"If-Match", header}}).code(), 40401);
}

TEST(ConditionalPost, CreatingTakesNoConditions) {
    World world;
    EXPECT_EQ(
        world.post("/config", R"({"key":"a","value":"1"})", {{"Content-Type", "application/json"}, {"If-Match", "*"}})
            .code(),
        40007);
}

}  // namespace
}  // namespace confcast::api
