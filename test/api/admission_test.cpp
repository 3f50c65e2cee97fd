// Limits: how often somebody may ask, how much a namespace may hold, how often it may be written.
#include <gmock/gmock.h>

#include "access_world.hpp"

namespace confcast::api {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

std::string value_of(std::size_t bytes) { return R"({"value":")" + std::string(bytes, 'v') + "\"}"; }

TEST(RequestLimits, AnAddressIsToldToWait) {
    ApiOptions options;
    options.address_rate = {2, 3};
    World world(options);
    world.remote = "203.0.113.7:1";
    for (int i = 0; i < 3; ++i) {
        const Reply reply = world.get("/api/v1/config/a");
        EXPECT_EQ(reply.code(), 40401);
        EXPECT_EQ(reply.header("RateLimit-Limit"), "3");
        EXPECT_EQ(reply.header("RateLimit-Remaining"), std::to_string(2 - i));
    }
    world.remote = "203.0.113.7:2";
    const Reply refused = world.get("/api/v1/config/a");
    EXPECT_EQ(refused.code(), 42901) << "another port is the same address";
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(refused.header("RateLimit-Remaining"), "0");
    EXPECT_EQ(world.api.stats().requests_limited, 1U);
    world.remote = "203.0.113.8:1";
    EXPECT_EQ(world.get("/api/v1/config/a").code(), 40401);
    world.remote = "203.0.113.7:1";
    world.pass(seconds{1});
    EXPECT_EQ(world.get("/api/v1/config/a").code(), 40401);
    EXPECT_EQ(world.get("/livez").status, 200U);
}

TEST(RequestLimits, ThisMachineIsNotCountedByItsAddress) {
    ApiOptions options;
    options.address_rate = {1, 1};
    World world(options);
    for (const char* remote : {"127.0.0.1:1", "127.8.8.8:1", "[::1]:1"}) {
        world.remote = remote;
        for (int i = 0; i < 3; ++i) EXPECT_EQ(world.get("/api/v1/config/a").code(), 40401);
    }
}

TEST(RequestLimits, APrincipalIsTheSameFromEverywhere) {
    ApiOptions options;
    options.principal_rate = {1, 2};
    World world(options, World::Start::ready, World::Asks::everybody);
    const auto made = auth::make_token("ci", auth::Permissions::all(), {}, world.clock.wall());
    const auto other = auth::make_token("ci", auth::Permissions::all(), {}, world.clock.wall());
    world.authenticator.set_credentials({{made.token, other.token}, {}, {}});
    const auto ask = [&](const std::string& token) { return world.get("/api/v1/config/a", {bearer(token)}).code(); };
    EXPECT_EQ(ask(made.text), 40401);
    EXPECT_EQ(ask(made.text), 40401);
    EXPECT_EQ(ask(made.text), 42901);
    EXPECT_EQ(ask(other.text), 40401) << "the same name is not the same token";
}

TEST(WriteLimits, ANamespaceTakesSoManyWrites) {
    ApiOptions options;
    options.namespace_write_rate = {1, 2};
    World world(options);
    const auto put = [&](const std::string& key) { return world.put("/api/v1/config/" + key, value_of(1)).code(); };
    EXPECT_EQ(put("app/a"), 200);
    EXPECT_EQ(put("app/b"), 200);
    const Reply refused = world.put("/api/v1/config/app/c", value_of(1));
    EXPECT_EQ(refused.code(), 42902);
    EXPECT_EQ(refused.text("/namespace"), "app");
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(world.put("/api/v1/config/app/c?dry_run=true", value_of(1)).status, 200U);
    EXPECT_EQ(put("db/a"), 200);
    EXPECT_EQ(world.post("/api/v1/txn", R"({"put":[{"key":"db/a","value":"1"},{"key":"app/a","value":"1"}]})").code(),
              42902);
    EXPECT_EQ(
        world.post("/api/v1/notifications", R"({"event_id":"1","topic":"app/x","timestamp":1,"payload":1})").code(),
        42902);
    world.pass(seconds{1});
    EXPECT_EQ(put("app/c"), 200);
    EXPECT_EQ(world.api.stats().writes_limited, 3U);
}

TEST(WriteLimits, ANamespaceHoldsSoManyKeys) {
    ApiOptions options;
    options.max_namespace_keys = 2;
    World world(options);
    const auto put = [&](const std::string& key) { return world.put("/api/v1/config/" + key, value_of(1)).code(); };
    EXPECT_EQ(put("app/a"), 200);
    EXPECT_EQ(put("app/b"), 200);
    const Reply refused = world.put("/api/v1/config/app/c", value_of(1));
    EXPECT_EQ(refused.code(), 40304);
    EXPECT_EQ(refused.text("/unit"), "keys");
    EXPECT_EQ(refused.number("/limit"), 2);
    EXPECT_EQ(put("app/a"), 200) << "what is there may be replaced";
    EXPECT_EQ(put("db/a"), 200);
    EXPECT_EQ(world.del("/api/v1/config/app/a").code(), 200);
    EXPECT_EQ(put("app/c"), 200);
    EXPECT_EQ(world.post("/api/v1/txn", R"({"put":[{"key":"db/b","value":"1"},{"key":"db/c","value":"1"}]})").code(),
              40304)
        << "a transaction is counted whole";
}

TEST(WriteLimits, ANamespaceHoldsSoManyBytes) {
    ApiOptions options;
    options.max_namespace_bytes = 100;
    World world(options);
    EXPECT_EQ(world.put("/api/v1/config/app/a", value_of(90)).code(), 200);
    EXPECT_EQ(world.put("/api/v1/config/app/b", value_of(1)).code(), 40304);
    EXPECT_EQ(world.put("/api/v1/config/app/a", value_of(96)).code(), 40304);
    EXPECT_EQ(world.put("/api/v1/config/app/a", value_of(95)).code(), 200);
    world.by_hand("app/big", std::string(500, 'x'));
    EXPECT_EQ(world.put("/api/v1/config/app/a", value_of(96)).code(), 40304);
    EXPECT_EQ(world.put("/api/v1/config/app/a", value_of(10)).code(), 200) << "a full namespace can be made smaller";
}

TEST(MemoryBudget, StreamsAndWritesAreRefusedReadsGoOn) {
    World world;
    world.by_hand("a", "v");
    world.overloaded = true;
    const Reply refused = world.put("/api/v1/config/a", value_of(1));
    EXPECT_EQ(refused.code(), 50306);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(world.get("/api/v1/watch", {{"Accept", "application/x-ndjson"}}).code(), 50306);
    EXPECT_EQ(world.get("/api/v1/config/a").status, 200U);
    EXPECT_EQ(world.api.stats().overloaded, 2U);
    world.overloaded = false;
    EXPECT_EQ(world.put("/api/v1/config/a", value_of(1)).code(), 200);
}

TEST_F(AccessTest, AFullStoreOfTokensIsFull) {
    ApiOptions options;
    options.max_tokens = 1;
    World small(options);
    EXPECT_EQ(small.post("/api/v1/tokens", R"({"name":"a","permissions":[]})").status, 201U);
    EXPECT_EQ(small.post("/api/v1/tokens", R"({"name":"b","permissions":[]})").code(), 40304);
}

}  // namespace
}  // namespace confcast::api
