// PUT of one setting.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;
using test::MemoryStore;

TEST(Put, CreatesThenReplaces) {
    World world;
    const Reply created = world.put("/api/v1/config/app/port", R"({"value":"8080"})");
    EXPECT_EQ(created.status, 201U);
    EXPECT_EQ(created.code(), 200);
    EXPECT_EQ(created.text("/key"), "app/port");
    EXPECT_EQ(created.number("/version"), 1);
    EXPECT_EQ(created.number("/mod_revision"), world.store.revision());
    EXPECT_FALSE(created.has("applied"));
    const Reply replaced = world.put("/api/v1/config/app/port", R"({"value":"9090"})");
    EXPECT_EQ(replaced.status, 200U);
    EXPECT_EQ(replaced.number("/version"), 2);
    EXPECT_EQ(replaced.number("/mod_revision"), created.number("/mod_revision") + 1);
    EXPECT_EQ(replaced.header("ETag"), '"' + std::to_string(replaced.number("/mod_revision")) + '"');
}

TEST(Put, TheStoreHoldsExactlyTheValuesBytes) {
    World world;
    world.put("/config/a", R"({"value":"line\n\u0000end"})");
    const auto held = world.store.contents(store::KeyRange::single("/config/a"));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].value, std::string("line\n\0end", 9));
}

TEST(Put, TheMetadataIsWrittenBesideItInTheSameRevision) {
    World world;
    world.put("/config/a", R"({"value":"x","message":"why"})");
    const auto held = world.store.contents(store::KeyRange::single("/config.confcast/meta/a"));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].mod_revision, world.store.revision());
    EXPECT_EQ(store::decode_metadata(held[0].value)->message, "why");
}

TEST(Put, TheWriterReadsItsOwnWriteThoughTheWatchIsSlow) {
    World world;
    world.store.hold_watches();
    std::optional<Reply> reply;
    // the answer comes after the node has it, not before
    world.store.on_call([&](MemoryStore::Call call) {
        if (call == MemoryStore::Call::commit) asio::post(world.io, [&] { world.store.release_watches(); });
    });
    const Reply written = world.put("/config/a", R"({"value":"new"})");
    EXPECT_EQ(written.status, 201U);
    EXPECT_GE(world.feed.position().revision, written.number("/mod_revision"));
    EXPECT_EQ(world.get("/config/a").text("/value"), "new");
}

TEST(Put, ACommittedWriteThatTheNodeDoesNotSeeInTimeIsASuccessThatSaysSo) {
    World world;
    world.store.hold_watches();
    // send_while sends no body: the bare bytes "" are a value too
    const Reply reply = world.send_while(http::Method::put, "/config/a", [&] { world.clock.advance(5'001ms); });
    EXPECT_EQ(reply.status, 201U);
    EXPECT_EQ(reply.at("/applied"), false);
    world.store.release_watches();
}

TEST(Put, AnyOtherContentTypeIsTheValueItself) {
    World world;
    world.put("/config/a", "k: v\n", {{"Content-Type", "application/yaml"}});
    const Reply reply = world.get("/config/a");
    EXPECT_EQ(reply.text("/value"), "k: v\n");
    EXPECT_EQ(reply.text("/content_type"), "application/yaml");
}

TEST(Put, WithoutAContentTypeTheBodyIsTheValueToo) {
    World world;
    EXPECT_EQ(world.send(http::Method::put, "/config/a", "x").status, 201U);
    EXPECT_EQ(world.get("/config/a").text("/content_type"), "text/plain; charset=utf-8");
}

TEST(Put, RawForcesTheBytesOfJson) {
    World world;
    world.put("/config/a?raw", R"({"feature":true})");
    const Reply reply = world.get("/config/a");
    EXPECT_EQ(reply.text("/value"), R"({"feature":true})");
    EXPECT_EQ(reply.text("/content_type"), "application/json");
}

TEST(Put, AnEmptyValueIsAValue) {
    World world;
    EXPECT_EQ(world.put("/config/a", R"({"value":""})").status, 201U);
    EXPECT_EQ(world.get("/config/a").text("/value"), "");
}

TEST(Put, Base64BringsAnyBytes) {
    World world;
    world.put("/config/a", R"({"value":"//4=","encoding":"base64"})");
    EXPECT_EQ(world.get("/config/a?raw").body, "\xff\xfe");
}

TEST(Put, ReplacingReplacesEverything) {
    World world;
    world.put("/config/a", R"({"value":"1","message":"why","content_type":"text/x","ttl":60})");
    world.put("/config/a", R"({"value":"2"})");
    const Reply reply = world.get("/config/a");
    for (const char* gone : {"message", "ttl"}) EXPECT_FALSE(reply.has(gone)) << gone;
    EXPECT_EQ(reply.text("/content_type"), "text/plain; charset=utf-8");
}

TEST(PutTtl, TheSettingEndsWithItsTime) {
    World world;
    world.put("/config/a", R"({"value":"1","ttl":60})");
    EXPECT_EQ(world.get("/config/a").number("/ttl"), 60);
    world.pass(59s);
    EXPECT_EQ(world.get("/config/a").status, 200U);
    world.pass(2s);
    EXPECT_EQ(world.get("/config/a").code(), 40401);
    EXPECT_TRUE(world.store.contents({"/config", ""}).empty()) << "the metadata goes with it";
}

TEST(PutTtl, AWriteWithoutATtlTakesItAway) {
    World world;
    world.put("/config/a", R"({"value":"1","ttl":60})");
    world.put("/config/a", R"({"value":"2"})");
    world.pass(61s);
    EXPECT_EQ(world.get("/config/a").text("/value"), "2");
}

TEST(PutTtl, AGrantThatIsNotUsedIsGivenBack) {
    World world;
    world.by_hand("a", "x");
    world.put("/config/a", R"({"value":"1","ttl":60})", {{"If-None-Match", "*"}, {"Content-Type", "application/json"}});
    world.put("/config/a", R"({"value":"1","ttl":60})", {{"Content-Type", "application/json"}, {"If-None-Match", "*"}});
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), world.store.calls(MemoryStore::Call::grant));
    world.store.fail_next(1, Errc::store_unavailable, MemoryStore::Call::commit);
    world.put("/config/a", R"({"value":"1","ttl":60})");
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), world.store.calls(MemoryStore::Call::grant));
}

TEST(PutTtl, AnUnknownOutcomeKeepsItsLease) {
    World world;
    world.store.lose_next_answer(Errc::outcome_unknown);
    EXPECT_EQ(world.put("/config/a", R"({"value":"1","ttl":60})").code(), 50402);
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), 0U);
    world.settle();
    EXPECT_EQ(world.get("/config/a").status, 200U);
}

TEST(PutTtl, AGrantThatFailsIsTold) {
    World world;
    world.store.fail_next(1, Error(Errc::store_unavailable).with("reason", "full"), MemoryStore::Call::grant);
    EXPECT_EQ(world.put("/config/a", R"({"value":"1","ttl":60})").code(), 50301);
}

TEST(PutDryRun, SaysWhatWouldHappenAndChangesNothing) {
    World world;
    const store::Revision before = world.store.revision();
    const Reply create = world.put("/config/a?dry_run=true", R"({"value":"1","ttl":60})");
    EXPECT_EQ(create.status, 200U);
    EXPECT_EQ(create.at("/dry_run"), true);
    EXPECT_EQ(create.text("/action"), "create");
    EXPECT_EQ(create.number("/current_mod_revision"), 0);
    EXPECT_EQ(create.number("/version"), 1);
    EXPECT_EQ(world.store.revision(), before);
    EXPECT_EQ(world.store.calls(MemoryStore::Call::grant), 0U);

    world.by_hand("a", "x");
    const Reply replace = world.put("/config/a?dry_run", R"({"value":"1"})");
    EXPECT_EQ(replace.text("/action"), "replace");
    EXPECT_EQ(replace.number("/current_mod_revision"), world.store.revision());
    EXPECT_EQ(replace.number("/version"), 2);
    EXPECT_EQ(world.get("/config/a").text("/value"), "x");
}

TEST(PutDryRun, ValidatesAndEvaluatesTheConditions) {
    World world;
    EXPECT_EQ(world.put("/config/a?dry_run", R"({"value":1})").code(), 40006);
    EXPECT_EQ(
        world.put("/config/a?dry_run", R"({"value":"1"})", {{"Content-Type", "application/json"}, {"If-Match", "*"}})
            .code(),
        41201);
    EXPECT_EQ(world.put("/config/a?dry_run=false", R"({"value":"1"})").status, 201U);
}

}  // namespace
}  // namespace confcast::api
