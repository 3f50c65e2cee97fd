// GET of one setting.
#include <gtest/gtest.h>

#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;

TEST(Read, GivesTheEntryInAnEnvelope) {
    World world;
    world.put("/api/v1/config/app/port", R"({"value":"8080","content_type":"text/plain","message":"why"})");
    const Reply reply = world.get("/api/v1/config/app/port");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.code(), 200);
    EXPECT_EQ(reply.message(), "ok");
    EXPECT_EQ(reply.text("/key"), "app/port");
    EXPECT_EQ(reply.text("/value"), "8080");
    EXPECT_EQ(reply.text("/content_type"), "text/plain");
    EXPECT_EQ(reply.text("/message"), "why");
    EXPECT_EQ(reply.number("/version"), 1);
    EXPECT_EQ(reply.header("ETag"), '"' + std::to_string(reply.number("/mod_revision")) + '"');
    EXPECT_TRUE(reply.has("updated_at"));
    EXPECT_FALSE(reply.header("X-Request-Id").empty());
}

TEST(Read, BothMountsAreOneHandler) {
    World world;
    world.put("/config/a", R"({"value":"x"})");
    EXPECT_EQ(world.get("/config/a").body, world.get("/api/v1/config/a").body);
}

TEST(Read, AMissingSettingIs40401) {
    World world;
    const Reply reply = world.get("/api/v1/config/app/x");
    EXPECT_EQ(reply.status, 404U);
    EXPECT_EQ(reply.code(), 40401);
    EXPECT_EQ(reply.message(), "There is no setting \"app/x\".");
    EXPECT_EQ(reply.text("/key"), "app/x");
}

TEST(Read, EveryReadCarriesTheNodesPosition) {
    World world;
    const store::Revision revision = world.by_hand("a", "1");
    const std::string position = "0000000000000001:" + std::to_string(revision);
    for (const char* target : {"/config/a", "/config/missing", "/config", "/config/a?raw", "/config/a?raw=maybe"})
        EXPECT_EQ(world.get(target).header("X-Confcast-Revision"), position) << target;
    EXPECT_EQ(world.get("/config/a", {{"If-None-Match", "*"}}).header("X-Confcast-Revision"), position);
}

TEST(Read, PercentEncodedSlashesAreSlashesOfTheKey) {
    World world;
    world.by_hand("a/b c/中", "x");
    EXPECT_EQ(world.get("/config/a%2Fb%20c/%E4%B8%AD").text("/key"), "a/b c/中");
}

TEST(Read, AWriteByHandIsAFirstClassSetting) {
    World world;
    const store::Revision revision = world.by_hand("app/port", "8080");
    const Reply reply = world.get("/config/app/port");
    EXPECT_EQ(reply.number("/mod_revision"), revision);
    EXPECT_EQ(reply.text("/content_type"), "text/plain; charset=utf-8");
    EXPECT_FALSE(reply.has("updated_at"));
}

TEST(Read, BytesThatAreNotTextAreBase64) {
    World world;
    world.by_hand("bin", "\xff\xfe");
    const Reply reply = world.get("/config/bin");
    EXPECT_EQ(reply.text("/value"), "//4=");
    EXPECT_EQ(reply.text("/encoding"), "base64");
    EXPECT_EQ(reply.text("/content_type"), "application/octet-stream");
}

TEST(Read, RawGivesTheBytesUnderTheirType) {
    World world;
    world.put("/config/page", "<b>x</b>", {{"Content-Type", "text/html"}});
    const Reply reply = world.get("/config/page?raw");
    EXPECT_EQ(reply.body, "<b>x</b>");
    EXPECT_EQ(reply.header("Content-Type"), "text/html");
    EXPECT_FALSE(reply.header("ETag").empty());
}

TEST(Read, RawFallsBackToWhatTheBytesSuggest) {
    World world;
    world.by_hand("text", "x");
    world.by_hand("bin", "\xff");
    EXPECT_EQ(world.get("/config/text?raw").header("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(world.get("/config/bin?raw").header("Content-Type"), "application/octet-stream");
}

TEST(Read, FieldsMetaLeavesTheValueOut) {
    World world;
    world.by_hand("a", "secret");
    const Reply reply = world.get("/config/a?fields=meta");
    EXPECT_FALSE(reply.has("value"));
    EXPECT_TRUE(reply.has("mod_revision"));
}

TEST(Read, HeadIsServedFromGet) {
    World world;
    world.by_hand("a", "x");
    const Reply reply = world.send(http::Method::head, "/config/a");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_FALSE(reply.header("ETag").empty());
    EXPECT_EQ(world.send(http::Method::head, "/config/b").status, 404U);
}

TEST(Read, ThePastIsReadFromTheStore) {
    World world;
    world.put("/config/a", R"({"value":"one","message":"first"})");
    const store::Revision then = world.store.revision();
    world.put("/config/a", R"({"value":"two"})");
    const Reply reply = world.get("/config/a?revision=" + std::to_string(then));
    EXPECT_EQ(reply.text("/value"), "one");
    EXPECT_EQ(reply.text("/message"), "first");
    EXPECT_EQ(reply.header("ETag"), '"' + std::to_string(then) + '"');
    EXPECT_EQ(world.get("/config/a?raw&revision=" + std::to_string(then)).body, "one");
}

TEST(Read, ThePastKnowsWhatWasNotThere) {
    World world;
    world.by_hand("b", "x");
    const store::Revision then = world.store.revision();
    world.by_hand("a", "x");
    const Reply reply = world.get("/config/a?revision=" + std::to_string(then));
    EXPECT_EQ(reply.code(), 40401);
    EXPECT_EQ(reply.number("/revision"), then);
}

TEST(Read, AMetadataRecordOfAnotherRevisionDoesNotCountInThePastEither) {
    World world;
    world.put("/config/a", R"({"value":"one","message":"first"})");
    const store::Revision then = world.by_hand("a", "two");
    EXPECT_FALSE(world.get("/config/a?revision=" + std::to_string(then)).has("message"));
}

TEST(Read, ACompactedRevisionIs41001WithTheOldest) {
    World world;
    world.by_hand("a", "1");
    world.by_hand("a", "2");
    world.by_hand("a", "3");
    world.store.drop_history();
    const Reply reply = world.get("/config/a?revision=2");
    EXPECT_EQ(reply.status, 410U);
    EXPECT_EQ(reply.code(), 41001);
    EXPECT_EQ(reply.number("/oldest"), world.store.revision());
}

TEST(Read, AFutureRevisionIs40015WithTheNewest) {
    World world;
    world.by_hand("a", "1");
    const Reply reply = world.get("/config/a?revision=1000");
    EXPECT_EQ(reply.code(), 40015);
    EXPECT_EQ(reply.number("/revision"), world.store.revision());
}

TEST(Read, MinRevisionWaitsUntilTheNodeHasSeenIt) {
    World world;
    world.store.hold_watches();
    const store::Revision wanted = world.store.put(world.layout.entry_key("a"), "new");
    const Reply reply = world.send_while(http::Method::get, "/config/a?min_revision=" + std::to_string(wanted),
                                         [&] { world.store.release_watches(); });
    EXPECT_EQ(reply.text("/value"), "new");
}

TEST(Read, MinRevisionOfThePastIsAnsweredAtOnce) {
    World world;
    world.by_hand("a", "1");
    EXPECT_EQ(world.get("/config/a?min_revision=0").status, 200U);
    EXPECT_EQ(world.get("/config/a?min_revision=1").status, 200U);
}

TEST(Read, MinRevisionThatDoesNotComeInTimeIs50302) {
    World world;
    world.by_hand("a", "1");
    const Reply reply =
        world.send_while(http::Method::get, "/config/a?min_revision=1000", [&] { world.clock.advance(5'001ms); });
    EXPECT_EQ(reply.status, 503U);
    EXPECT_EQ(reply.code(), 50302);
    EXPECT_EQ(reply.number("/revision"), 1000);
    EXPECT_EQ(reply.number("/current"), world.store.revision());
    EXPECT_FALSE(reply.header("Retry-After").empty());
}

TEST(Read, LinearizableSeesWhatTheStoreHasThoughTheWatchIsSlow) {
    World world;
    world.by_hand("a", "old");
    world.store.hold_watches();
    world.store.put(world.layout.entry_key("a"), "new");
    EXPECT_EQ(world.get("/config/a").text("/value"), "old");
    EXPECT_EQ(world.get("/config/a?consistency=serializable").text("/value"), "old");
    const Reply reply = world.send_while(http::Method::get, "/config/a?consistency=linearizable",
                                         [&] { world.store.release_watches(); });
    EXPECT_EQ(reply.text("/value"), "new");
}

TEST(Read, LinearizableFailsWhenTheStoreDoes) {
    World world;
    world.by_hand("a", "x");
    world.store.fail_next(1, Error(Errc::store_unavailable).with("reason", "no quorum"),
                          test::MemoryStore::Call::range);
    EXPECT_EQ(world.get("/config/a?consistency=linearizable").code(), 50301);
}

TEST(Read, BeforeTheFirstListNothingIsServed) {
    World world({}, World::Start::without_feed);
    for (const char* target : {"/config/a", "/config"}) {
        const Reply reply = world.get(target);
        EXPECT_EQ(reply.code(), 50302) << target;
        EXPECT_FALSE(reply.header("Retry-After").empty());
    }
}

}  // namespace
}  // namespace confcast::api
