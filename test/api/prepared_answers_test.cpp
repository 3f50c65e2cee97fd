// Answers to GET that are made once for a revision.
#include "prepared_answers.hpp"

#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

feed::EntryPtr entry(const std::string& key, const std::string& value, store::Revision revision) {
    feed::Entry made;
    made.key = key;
    made.value = value;
    made.create_revision = made.mod_revision = revision;
    made.version = 1;
    return std::make_shared<const feed::Entry>(std::move(made));
}

TEST(PreparedAnswers, OneIsMadeOnceForAnEntry) {
    PreparedAnswers answers(1U << 20U);
    const auto first = entry("app/port", "1", 7);
    const auto answer = answers.of(first);
    EXPECT_EQ(answers.of(first), answer);
    EXPECT_EQ(answers.made(), 1U);
    EXPECT_EQ(answer->headers.first("ETag"), "\"7\"");
    EXPECT_NE(answers.of(entry("app/port", "2", 8)), answer);
}

TEST(PreparedAnswers, StayWithinTheirLimit) {
    PreparedAnswers answers(64U << 10U);
    for (int i = 0; i < 1'000; ++i) {
        answers.of(entry("k" + std::to_string(i), std::string(500, 'v'), i + 2));
        ASSERT_LE(answers.bytes(), 64U << 10U);
    }
    EXPECT_GT(answers.size(), 10U);
    answers.change(0);
    EXPECT_EQ(answers.size(), 0U);
    EXPECT_EQ(answers.bytes(), 0U);
}

TEST(PreparedAnswers, WhatIsAskedForStays) {
    PreparedAnswers answers(64U << 10U);
    const auto hot = entry("hot", "v", 2);
    for (int i = 0; i < 1'000; ++i) {
        answers.of(hot);
        answers.of(entry("k" + std::to_string(i), std::string(500, 'v'), i + 3));
    }
    EXPECT_EQ(answers.made(), 1'001U);
}

TEST(PreparedAnswers, ALargeOneDrivesOutNobody) {
    PreparedAnswers answers(64U << 10U);
    const auto small = entry("small", "v", 2);
    answers.of(small);
    const auto large = entry("large", std::string(60'000, 'v'), 3);
    EXPECT_EQ(answers.of(large)->headers.first("ETag"), "\"3\"");
    EXPECT_EQ(answers.size(), 1U);
}

struct Get : ::testing::Test {
    World world;
    std::string path = "/api/v1/config/app/port";
};

// The way of a request that asks for nothing but the setting is another one than that of all others.
TEST_F(Get, IsTheSameOnBothWays) {
    world.put(path, R"({"value":"1","message":"why"})");
    const Reply quick = world.get(path);
    const Reply slow = world.get(path + "?raw=false");
    EXPECT_EQ(quick.status, 200U);
    EXPECT_EQ(quick.body, slow.body);
    for (const char* name : {"Content-Type", "ETag", "Cache-Control", "X-Confcast-Revision"})
        EXPECT_EQ(quick.header(name), slow.header(name)) << name;
    EXPECT_TRUE(quick.response.prepared);
    EXPECT_FALSE(slow.response.prepared);
}

TEST_F(Get, SeesEachRevisionAtOnce) {
    for (int i = 0; i < 50; ++i) {
        const std::string value = std::to_string(i);
        world.put(path, R"({"value":")" + value + R"("})");
        const Reply reply = world.get(path);
        EXPECT_EQ(reply.text("/value"), value);
        EXPECT_EQ(reply.header("ETag"), '"' + std::to_string(reply.number("/mod_revision")) + '"');
        EXPECT_EQ(world.get(path).body, reply.body);
    }
    world.del(path);
    EXPECT_EQ(world.get(path).status, 404U);
    world.put(path, R"({"value":"again"})");
    EXPECT_EQ(world.get(path).text("/value"), "again");
}

TEST_F(Get, ConditionsAreHeard) {
    const std::string tag = world.put(path, R"({"value":"1"})").header("ETag");
    world.get(path);
    EXPECT_EQ(world.get(path, {{"If-None-Match", tag}}).status, 304U);
    EXPECT_EQ(world.get(path, {{"if-match", "\"999\""}}).status, 412U);
    EXPECT_EQ(world.get(path, {{"If-None-Match", "nonsense"}}).status, 400U);
}

TEST_F(Get, AKeyMayBePercentEncoded) {
    world.put(path, R"({"value":"1"})");
    EXPECT_EQ(world.get("/api/v1/config/app/%70ort").text("/value"), "1");
}

}  // namespace
}  // namespace confcast::api
