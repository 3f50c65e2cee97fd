// POST /api/v1/notifications.
#include <gtest/gtest.h>

#include "raw_json.hpp"
#include "timestamp.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

using std::chrono::seconds;
using test::MemoryStore;

constexpr auto path = "/api/v1/notifications";

std::string body(const std::string& id = "1", const std::string& topic = "orders/new",
                 const std::string& payload = R"({"a": 1.50})",
                 const std::string& timestamp = R"("2026-11-23T08:00:00Z")") {
    return R"({"event_id":")" + id + R"(","timestamp":)" + timestamp + R"(,"topic":")" + topic + R"(","payload":)" +
           payload + "}";
}

std::vector<store::KeyValue> kept(const World& world) {
    return world.store.contents(store::KeyRange::prefix("/config.confcast/notify/"));
}

TEST(Notify, KeepsANewOneInTheStore) {
    World world;
    const Reply reply = world.post(path, body());
    EXPECT_EQ(reply.status, 201U);
    EXPECT_FALSE(reply.at("/duplicate").as_bool());
    EXPECT_EQ(reply.number("/revision"), world.store.revision());
    EXPECT_FALSE(reply.has("applied"));
    const auto all = kept(world);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].key, "/config.confcast/notify/" + reply.text("/fingerprint"));
    EXPECT_EQ(all[0].value,
              "confcast-notification 1\ntopic: orders/new\nevent-id: 1\ntimestamp: \"2026-11-23T08:00:00Z\"\n"
              "payload: {\"a\":1.50}\n");
    EXPECT_NE(all[0].lease, 0);
    EXPECT_EQ(world.feed.stats().notifications, 1U);
}

// printf '10:orders/new1:1' | sha256sum
TEST(Notify, TheFingerprintIsSha256OfTopicAndEventId) {
    World world;
    EXPECT_EQ(world.post(path, body()).text("/fingerprint"),
              "de44407fb3463616c01981800da9961bed00232f53d6079c393f3dffe40e000e");
    EXPECT_NE(world.post(path, body("1", "orders/ne")).text("/fingerprint"),
              world.post(path, body("w1", "orders/ne")).text("/fingerprint"));
}

TEST(Notify, ARepeatIsADuplicateAndMakesNoRevision) {
    World world;
    const Reply first = world.post(path, body());
    const auto revision = world.store.revision();
    const Reply again = world.post(path, body("1", "orders/new", "\"another payload\""));
    EXPECT_EQ(again.status, 200U);
    EXPECT_EQ(again.code(), 200);
    EXPECT_TRUE(again.at("/duplicate").as_bool());
    EXPECT_EQ(again.number("/revision"), first.number("/revision"));
    EXPECT_EQ(again.text("/fingerprint"), first.text("/fingerprint"));
    EXPECT_EQ(world.store.revision(), revision);
    EXPECT_EQ(world.api.stats().notification_duplicates, 1U);
    EXPECT_EQ(world.post(path, body("1", "orders/old")).status, 201U) << "an id names an event within its topic";
}

TEST(Notify, AfterItsTimeItIsNewAgain) {
    World world({.remember = seconds{100}});
    world.post(path, body());
    world.pass(seconds{100});
    EXPECT_TRUE(world.post(path, body()).at("/duplicate").as_bool()) << "at least so long";
    world.pass(seconds{11});
    EXPECT_EQ(world.post(path, body()).status, 201U);
}

TEST(Notify, ManyShareALease) {
    World world;
    for (int i = 0; i < 100; ++i) world.post(path, body(std::to_string(i)));
    EXPECT_EQ(world.store.calls(MemoryStore::Call::grant), 1U);
    EXPECT_EQ(world.store.calls(MemoryStore::Call::revoke), 0U);
    world.pass(seconds{31});
    world.post(path, body("later"));
    EXPECT_EQ(world.store.calls(MemoryStore::Call::grant), 2U);
}

TEST(Notify, ALeaseThatTheStoreLostIsReplaced) {
    World world;
    world.post(path, body("1"));
    world.store.fail_next(1, Errc::lease_not_found, MemoryStore::Call::commit);
    EXPECT_EQ(world.post(path, body("2")).status, 201U);
    EXPECT_EQ(world.store.calls(MemoryStore::Call::grant), 2U);
}

TEST(Notify, DryRunSaysWhetherItIsNew) {
    World world;
    const Reply fresh = world.post("/api/v1/notifications?dry_run", body());
    EXPECT_EQ(fresh.status, 200U);
    EXPECT_FALSE(fresh.at("/duplicate").as_bool());
    EXPECT_TRUE(kept(world).empty());
    world.post(path, body());
    EXPECT_TRUE(world.post("/api/v1/notifications?dry_run", body()).at("/duplicate").as_bool());
}

TEST(Notify, TakesMillisecondsAndNoPayloadToSpeakOf) {
    World world;
    EXPECT_EQ(world.post(path, body("1", "t", "null", "0")).status, 201U);
    EXPECT_EQ(world.post(path, body("2", "t", "\"\"", "1790000000000")).status, 201U);
    EXPECT_EQ(world.post(path, R"({"event_id":"3","timestamp":1,"topic":"t","payl\u006fad":[1, 2]})").status, 201U);
}

TEST(Notify, RefusesWhatIsNotWhole) {
    World world;
    const auto refused = [&](const std::string& text) {
        const Reply reply = world.post(path, text);
        return std::to_string(reply.code()) + ' ' + (reply.has("pointer") ? reply.text("/pointer") : std::string());
    };
    EXPECT_EQ(refused(R"({"timestamp":1,"topic":"t","payload":1})"), "40006 /event_id");
    EXPECT_EQ(refused(R"({"event_id":"1","topic":"t","payload":1})"), "40006 /timestamp");
    EXPECT_EQ(refused(R"({"event_id":"1","timestamp":1,"payload":1})"), "40006 /topic");
    EXPECT_EQ(refused(R"({"event_id":"1","timestamp":1,"topic":"t"})"), "40006 /payload");
    EXPECT_EQ(refused(R"({"event_id":1,"timestamp":1,"topic":"t","payload":1})"), "40006 /event_id");
    EXPECT_EQ(refused(body("")), "40006 /event_id");
    EXPECT_EQ(refused(body(std::string(257, 'x'))), "40006 /event_id");
    EXPECT_EQ(refused(body("a\\u0007")), "40006 /event_id");
    EXPECT_EQ(refused(body("1", "a//b")), "40004 ");
    EXPECT_EQ(refused(body("1", "t", "1", "-1")), "40006 /timestamp");
    EXPECT_EQ(refused(body("1", "t", "1", "1.5")), "40006 /timestamp");
    EXPECT_EQ(refused(body("1", "t", "1", "\"yesterday\"")), "40006 /timestamp");
    EXPECT_EQ(refused(R"({"event_id":"1","timestamp":1,"topic":"t","payload":1,"ttl":5})"), "40002 /ttl");
    EXPECT_EQ(refused("["), "40001 ");
    EXPECT_EQ(refused("[]"), "40006 /");
    EXPECT_EQ(world.post(path, body(), {{"Content-Type", "text/plain"}}).code(), 41501);
    EXPECT_EQ(world.post("/api/v1/notifications?x=1", body()).code(), 40002);
    EXPECT_EQ(world.get(path).code(), 40501);
    EXPECT_TRUE(kept(world).empty());
}

TEST(Notify, RefusesAPayloadOverTheLimitOfAValue) {
    World world({.max_value = 100});
    const Reply reply = world.post(path, body("1", "t", '"' + std::string(99, 'x') + '"'));
    EXPECT_EQ(reply.code(), 41301);
    EXPECT_EQ(reply.number("/limit"), 100);
    EXPECT_EQ(reply.number("/size"), 101);
    EXPECT_EQ(world.post(path, body("1", "t", '"' + std::string(98, 'x') + '"')).status, 201U);
}

TEST(Notify, SaysWhenTheStoreIsAway) {
    World world;
    world.store.fail_all(Errc::store_unavailable);
    EXPECT_EQ(world.post(path, body()).code(), 50301);
    world.store.heal();
    EXPECT_EQ(world.post(path, body()).status, 201U);
    world.store.lose_next_answer(Errc::outcome_unknown);
    EXPECT_EQ(world.post(path, body("2")).code(), 50402);
    EXPECT_TRUE(world.post(path, body("2")).at("/duplicate").as_bool()) << "it had happened: it may simply be repeated";
}

TEST(RawMember, IsAsItWasSentButForWhiteSpace) {
    EXPECT_EQ(raw_member(R"({"a":1,"p":1.50})", "p"), "1.50");
    EXPECT_EQ(raw_member(" { \"p\" : { \"x\\\"}\" : [ 1 , 2e5 , { } ] , \"y\": \" a b \" } , \"z\" : 3 } ", "p"),
              R"({"x\"}":[1,2e5,{}],"y":" a b "})");
    EXPECT_EQ(raw_member(R"({"a":{"p":1},"b":["p"],"p":null})", "p"), "null");
    EXPECT_EQ(raw_member(R"({"p":12345678901234567890123})", "p"), "12345678901234567890123");
    EXPECT_EQ(raw_member(R"({"q":1})", "p"), std::nullopt);
    EXPECT_EQ(raw_member("{}", "p"), std::nullopt);
    EXPECT_EQ(raw_member(R"({"\u0070":1})", "p"), std::nullopt);
}

TEST(Rfc3339, IsADateTimeThatExists) {
    for (const auto* good : {"2026-11-23T08:00:00Z", "2026-11-23t08:00:00.123456789z", "2024-02-29T23:59:60+14:00",
                             "0000-01-01T00:00:00-00:00"})
        EXPECT_TRUE(is_rfc3339(good)) << good;
    for (const auto* bad :
         {"", "2026-11-23", "2026-11-23 08:00:00Z", "2026-11-23T08:00:00", "2026-11-23T08:00Z", "2026-02-29T08:00:00Z",
          "2026-13-01T08:00:00Z", "2026-00-01T08:00:00Z", "2026-01-32T08:00:00Z", "2026-11-23T24:00:00Z",
          "2026-11-23T08:60:00Z", "2026-11-23T08:00:61Z", "2026-11-23T08:00:00.Z", "2026-11-23T08:00:00+24:00",
          "2026-11-23T08:00:00+0800", "2026-11-23T08:00:00Zx", "26-11-23T08:00:00Z", "-026-11-23T08:00:00Z"})
        EXPECT_FALSE(is_rfc3339(bad)) << bad;
}

}  // namespace
}  // namespace confcast::api
