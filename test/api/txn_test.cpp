// POST /txn.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using test::MemoryStore;

Reply txn(World& world, std::string body, const std::string& query = "") {
    return world.post("/api/v1/txn" + query, std::move(body));
}

TEST(Txn, AllHappensInOneRevision) {
    World world;
    world.by_hand("old", "x");
    const Reply reply =
        txn(world, R"({"put":[{"key":"a","value":"1"},{"key":"b","value":"2"}],"delete":["old","gone"]})");
    EXPECT_EQ(reply.status, 200U);
    const store::Revision revision = world.store.revision();
    EXPECT_EQ(reply.number("/revision"), revision);
    EXPECT_EQ(reply.text("/put/0/key"), "a");
    EXPECT_EQ(reply.number("/put/1/mod_revision"), revision);
    EXPECT_EQ(reply.number("/put/1/version"), 1);
    EXPECT_EQ(reply.text("/delete/0/key"), "old");
    EXPECT_EQ(reply.at("/delete/0/deleted"), true);
    EXPECT_EQ(reply.at("/delete/1/deleted"), false);
    EXPECT_EQ(world.get("/config/b").number("/mod_revision"), revision);
    EXPECT_EQ(world.get("/config/old").status, 404U);
}

TEST(Txn, AFailedCompareNamesItsIndexAndChangesNothing) {
    World world;
    const store::Revision a = world.by_hand("a", "1");
    const store::Revision b = world.by_hand("b", "2");
    const Reply reply = txn(world, R"({"compare":[{"key":"a","mod_revision":)" + std::to_string(a) +
                                       R"(},{"key":"b","mod_revision":1}],"put":[{"key":"a","value":"new","ttl":9}]})");
    EXPECT_EQ(reply.status, 409U);
    EXPECT_EQ(reply.code(), 40902);
    EXPECT_EQ(reply.number("/op_index"), 1);
    EXPECT_EQ(reply.text("/key"), "b");
    EXPECT_EQ(reply.number("/mod_revision"), b);
    EXPECT_EQ(world.get("/config/a").text("/value"), "1");
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), 1U);
}

TEST(Txn, ModRevisionZeroMeansNotThere) {
    World world;
    const std::string body = R"({"compare":[{"key":"a","mod_revision":0}],"put":[{"key":"a","value":"1"}]})";
    EXPECT_EQ(txn(world, body).status, 200U);
    EXPECT_EQ(txn(world, body).code(), 40902);
}

TEST(Txn, ComparesAloneAreACheck) {
    World world;
    const store::Revision before = world.store.revision();
    const Reply reply = txn(world, R"({"compare":[{"key":"a","mod_revision":0}]})");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.number("/revision"), before);
    EXPECT_EQ(world.store.revision(), before);
}

TEST(Txn, SettingsOfOneTtlShareALease) {
    World world;
    txn(world,
        R"({"put":[{"key":"a","value":"1","ttl":5},{"key":"b","value":"1","ttl":5},{"key":"c","value":"1","ttl":9}]})");
    EXPECT_EQ(world.store.calls(MemoryStore::Call::grant), 2U);
    world.pass(std::chrono::seconds(6));
    EXPECT_EQ(world.get("/config/a").status, 404U);
    EXPECT_EQ(world.get("/config/b").status, 404U);
    EXPECT_EQ(world.get("/config/c").status, 200U);
}

TEST(Txn, AGrantThatFailsGivesTheOthersBack) {
    World world;
    std::size_t grants = 0;
    world.store.on_call([&](MemoryStore::Call call) {
        if (call == MemoryStore::Call::grant && ++grants == 2)
            world.store.fail_next(1, Errc::store_unavailable, MemoryStore::Call::grant);
    });
    const Reply reply = txn(world, R"({"put":[{"key":"a","value":"1","ttl":5},{"key":"b","value":"1","ttl":6}]})");
    EXPECT_EQ(reply.code(), 50301);
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), 1U);
}

TEST(Txn, AKeyMayBeNamedOnce) {
    World world;
    for (const char* body : {R"({"put":[{"key":"a","value":"1"},{"key":"a","value":"2"}]})",
                             R"({"put":[{"key":"a","value":"1"}],"delete":["a"]})", R"({"delete":["a","a"]})"}) {
        const Reply reply = txn(world, body);
        EXPECT_EQ(reply.code(), 40012) << body;
        EXPECT_EQ(reply.text("/key"), "a");
    }
}

TEST(Txn, OperationsAreLimited) {
    World world;
    const auto puts = [](int count) {
        std::string body = R"({"put":[)";
        for (int i = 0; i < count; ++i)
            body += (i == 0 ? "" : ",") + (R"({"key":"k)" + std::to_string(i)) + R"(","value":"v"})";
        return body + "]}";
    };
    EXPECT_EQ(txn(world, puts(64)).status, 200U);
    const Reply reply = txn(world, puts(65));
    EXPECT_EQ(reply.code(), 40013);
    EXPECT_EQ(reply.number("/limit"), 64);
}

TEST(Txn, EveryRefusalNamesItsPlace) {
    World world;
    const std::vector<std::tuple<const char*, int, const char*>> table{
        {R"([])", 40006, "/"},
        {R"({})", 40006, "/"},
        {R"({"put":{}})", 40006, "/put"},
        {R"({"compare":1})", 40006, "/compare"},
        {R"({"delete":"a"})", 40006, "/delete"},
        {R"({"delete":[1]})", 40006, "/delete/0"},
        {R"({"delete":["a","//"]})", 40004, "/delete/1"},
        {R"({"put":["a"]})", 40006, "/put/0"},
        {R"({"put":[{"value":"x"}]})", 40006, "/put/0/key"},
        {R"({"put":[{"key":"a"}]})", 40006, "/put/0/value"},
        {R"({"put":[{"key":"a","value":1}]})", 40006, "/put/0/value"},
        {R"({"put":[{"key":"","value":"x"}]})", 40004, "/put/0/key"},
        {R"({"put":[{"key":"a","value":"x","vlaue":"y"}]})", 40002, "/put/0/vlaue"},
        {R"({"put":[{"key":"a","value":"x","ttl":0}]})", 40006, "/put/0/ttl"},
        {R"({"compare":[{"key":"a"}]})", 40006, "/compare/0/mod_revision"},
        {R"({"compare":[{"key":"a","mod_revision":-1}]})", 40006, "/compare/0/mod_revision"},
        {R"({"compare":[{"key":"a","mod_revision":1,"value":"x"}]})", 40002, "/compare/0/value"},
        {R"({"compares":[]})", 40002, "/compares"},
    };
    for (const auto& [body, code, pointer] : table) {
        const Reply reply = txn(world, body);
        EXPECT_EQ(reply.code(), code) << body;
        EXPECT_EQ(reply.text("/pointer"), pointer) << body;
    }
}

TEST(Txn, TakesJsonOnly) {
    World world;
    EXPECT_EQ(world.post("/api/v1/txn", "x", {{"Content-Type", "text/plain"}}).code(), 41501);
}

TEST(Txn, DryRunSaysWhatWouldHappen) {
    World world;
    const store::Revision there = world.by_hand("old", "x");
    const Reply reply = txn(
        world,
        R"({"compare":[{"key":"a","mod_revision":0}],"put":[{"key":"a","value":"1"},{"key":"old","value":"2"}],"delete":["b"]})",
        "?dry_run=true");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.at("/dry_run"), true);
    EXPECT_EQ(reply.number("/revision"), there);
    EXPECT_EQ(reply.text("/put/0/action"), "create");
    EXPECT_EQ(reply.text("/put/1/action"), "replace");
    EXPECT_EQ(reply.number("/put/1/current_mod_revision"), there);
    EXPECT_EQ(reply.number("/put/1/version"), 2);
    EXPECT_EQ(reply.at("/delete/0/deleted"), false);
    EXPECT_EQ(world.store.revision(), there);
}

TEST(Txn, DryRunEvaluatesTheCompares) {
    World world;
    const Reply reply = txn(world, R"({"compare":[{"key":"a","mod_revision":5}]})", "?dry_run");
    EXPECT_EQ(reply.code(), 40902);
    EXPECT_EQ(reply.number("/op_index"), 0);
}

TEST(Txn, TheWriterReadsItsOwnWrite) {
    World world;
    const Reply reply = txn(world, R"({"put":[{"key":"a","value":"1"}]})");
    EXPECT_GE(world.feed.position().revision, reply.number("/revision"));
}

}  // namespace
}  // namespace confcast::api
