// Idempotency-Key: what is sent twice happens once.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using std::chrono::seconds;
using test::MemoryStore;

Headers key(const std::string& text = "k1") { return {{"Idempotency-Key", text}}; }
Headers key_and(const std::string& name, const std::string& value) {
    return {{"Idempotency-Key", "k1"}, {name, value}};
}

TEST(Once, APutIsToldWhatHappenedTheFirstTime) {
    World world;
    const Reply first = world.put("/config/a", R"({"value":"1"})", key());
    EXPECT_EQ(first.status, 201U);
    EXPECT_FALSE(first.has("duplicate"));
    world.put("/config/a", R"({"value":"2"})");
    const auto revision = world.store.revision();
    const Reply again = world.put("/config/a", R"({"value":"1"})", key());
    EXPECT_EQ(again.status, 200U);
    EXPECT_TRUE(again.at("/duplicate").as_bool());
    EXPECT_EQ(again.number("/mod_revision"), first.number("/mod_revision"));
    EXPECT_EQ(again.number("/version"), 1);
    EXPECT_EQ(again.header("ETag"), first.header("ETag"));
    EXPECT_EQ(world.store.revision(), revision);
    EXPECT_EQ(world.api.stats().repeated_writes, 1U);
    EXPECT_EQ(world.get("/config/a").text("/value"), "2") << "it was not written again";
}

TEST(Once, IsPartOfTheWritesOwnRevision) {
    World world;
    const Reply reply = world.put("/config/a", R"({"value":"1"})", key());
    const auto records = world.store.contents(store::KeyRange::prefix("/config.confcast/idempotency/"));
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].mod_revision, reply.number("/mod_revision"));
    EXPECT_NE(records[0].lease, 0);
    EXPECT_EQ(world.feed.state().size(), 1U);
}

TEST(Once, ARawPutToo) {
    World world;
    const Headers raw = key_and("Content-Type", "text/plain");
    EXPECT_EQ(world.send(http::Method::put, "/config/a", "bytes", raw).status, 201U);
    EXPECT_TRUE(world.send(http::Method::put, "/config/a", "bytes", raw).has("duplicate"));
    EXPECT_EQ(world.send(http::Method::put, "/config/a", "other", raw).code(), 42201);
}

TEST(Once, AConditionThatHeldTheFirstTimeIsNotAskedAgain) {
    World world;
    const std::string tag = '"' + std::to_string(world.by_hand("a", "0")) + '"';
    const Reply first = world.put("/config/a", R"({"value":"1"})", key_and("If-Match", tag));
    EXPECT_EQ(first.status, 200U);
    const Reply again = world.put("/config/a", R"({"value":"1"})", key_and("If-Match", tag));
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.number("/mod_revision"), first.number("/mod_revision"));
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", {{"If-Match", tag}}).code(), 41201);
}

TEST(Once, ARefusedWriteLeavesNothing) {
    World world;
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", key_and("If-Match", "\"7\"")).code(), 41201);
    EXPECT_TRUE(world.store.contents({"/config", ""}).empty());
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", key()).status, 201U) << "the key is still free";
}

TEST(Once, ACreation) {
    World world;
    const Reply first = world.post("/config", R"({"key":"a","value":"1"})", key());
    EXPECT_EQ(first.status, 201U);
    const Reply again = world.post("/config", R"({"key":"a","value":"1"})", key());
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.number("/mod_revision"), first.number("/mod_revision"));
    EXPECT_EQ(world.post("/config", R"({"key":"a","value":"1"})", key("k2")).code(), 40901);
}

TEST(Once, ADelete) {
    World world;
    world.by_hand("a", "1");
    const Reply first = world.del("/config/a", key());
    EXPECT_EQ(first.status, 200U);
    const Reply again = world.del("/config/a", key());
    EXPECT_EQ(again.status, 200U);
    EXPECT_TRUE(again.has("duplicate"));
    EXPECT_EQ(again.number("/mod_revision"), first.number("/mod_revision"));
    EXPECT_EQ(again.number("/version"), 0);
    EXPECT_EQ(world.del("/config/a", key("k2")).code(), 40401);
}

TEST(Once, ATransaction) {
    World world;
    const std::string body = R"({"compare":[{"key":"a","mod_revision":0}],"put":[{"key":"a","value":"1"}]})";
    const Reply first = world.post("/api/v1/txn", body, key());
    EXPECT_EQ(first.status, 200U);
    const Reply again = world.post("/api/v1/txn", body, key());
    EXPECT_EQ(again.status, 200U);
    EXPECT_TRUE(again.at("/duplicate").as_bool());
    EXPECT_EQ(again.number("/revision"), first.number("/revision"));
    EXPECT_EQ(world.post("/api/v1/txn", body, key("k2")).code(), 40902);
}

TEST(Once, ATransactionHasOneSettingLess) {
    World world;
    const auto body = [](int settings) {
        std::string text = R"({"put":[)";
        for (int i = 0; i < settings; ++i)
            text += (i > 0 ? "," : "") + (R"({"key":"k)" + std::to_string(i) + R"(","value":"1"})");
        return text + "]}";
    };
    EXPECT_EQ(world.post("/api/v1/txn", body(63), key()).status, 200U);
    const Reply over = world.post("/api/v1/txn", body(64), key("k2"));
    EXPECT_EQ(over.code(), 40013);
    EXPECT_EQ(over.number("/limit"), 63);
    EXPECT_EQ(world.post("/api/v1/txn", body(64)).status, 200U);
}

TEST(Once, AnotherRequestWithTheKeyIs42201) {
    World world;
    world.put("/config/a", R"({"value":"1"})", key());
    EXPECT_EQ(world.put("/config/a", R"({"value":"2"})", key()).code(), 42201);
    EXPECT_EQ(world.put("/config/b", R"({"value":"1"})", key()).status, 422U);
    EXPECT_EQ(world.put("/config/a?raw", R"({"value":"1"})", key()).code(), 42201);
    EXPECT_EQ(world.del("/config/a", key()).code(), 42201);
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", key_and("If-None-Match", "*")).code(), 42201);
    EXPECT_EQ(world.get("/config/a").text("/value"), "1");
    EXPECT_EQ(world.get("/config/b").code(), 40401);
}

// The reason for all this: an answer that did not come.
TEST(Once, AWriteOfUnknownOutcomeMayBeRepeated) {
    World world;
    world.store.lose_next_answer(Errc::outcome_unknown);
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", key()).code(), 50402);
    const Reply again = world.put("/config/a", R"({"value":"1"})", key());
    EXPECT_EQ(again.status, 200U);
    EXPECT_TRUE(again.has("duplicate"));
    EXPECT_EQ(again.number("/version"), 1) << "it happened once";
}

TEST(Once, AfterItsTimeTheKeyIsFree) {
    World world({.remember = seconds{100}});
    world.put("/config/a", R"({"value":"1"})", key());
    world.pass(seconds{100});
    EXPECT_TRUE(world.put("/config/a", R"({"value":"1"})", key()).has("duplicate"));
    world.pass(seconds{11});
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", key()).number("/version"), 2);
}

TEST(Once, WhatHistoryNoLongerTellsIsLeftOut) {
    World world;
    const Reply first = world.put("/config/a", R"({"value":"1"})", key());
    world.by_hand("b", "1");
    world.store.drop_history();
    const Reply again = world.put("/config/a", R"({"value":"1"})", key());
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.number("/mod_revision"), first.number("/mod_revision"));
    EXPECT_FALSE(again.has("version"));
}

TEST(Once, TheTimeToLiveOfARepeatIsGivenBack) {
    World world;
    world.put("/config/a", R"({"value":"1","ttl":50})", key());
    EXPECT_TRUE(world.put("/config/a", R"({"value":"1","ttl":50})", key()).has("duplicate"));
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), 1U);
    EXPECT_EQ(world.get("/config/a").status, 200U);
}

TEST(Once, ADryRunDoesNotLookAtIt) {
    World world;
    world.put("/config/a", R"({"value":"1"})", key());
    EXPECT_EQ(world.put("/config/a?dry_run", R"({"value":"1"})", key()).text("/action"), "replace");
}

TEST(Once, RefusesKeysThatAreNone) {
    World world;
    for (const auto& bad : {std::string(), std::string(256, 'x'), std::string("a b"), std::string("\xc3\xa4")}) {
        const Reply reply = world.put("/config/a", R"({"value":"1"})", key(bad));
        EXPECT_EQ(reply.code(), 40007) << bad;
        EXPECT_EQ(reply.text("/name"), "Idempotency-Key");
    }
    EXPECT_EQ(world.put("/config/a", R"({"value":"1"})", key(std::string(255, '~'))).status, 201U);
}

}  // namespace
}  // namespace confcast::api
