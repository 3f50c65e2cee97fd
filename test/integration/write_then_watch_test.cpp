// The main job: write a setting, see it arrive; and the stream's other promises on a quiet server.
#include <gtest/gtest.h>

#include "watcher.hpp"

namespace confcast::test {
namespace {

TEST(WriteThenWatch, AWatcherSeesTheWriteWithItsRevision) {
    const Server server;
    Watcher watcher(server, "prefix=app/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));

    const auto revision = server.put("app/port", "8080");

    const auto update = watcher.next_of("update");
    ASSERT_TRUE(update);
    EXPECT_EQ(update->at("seq_id").to_number<std::int64_t>(), revision);
    const auto& event = update->at("payload").at("events").at(0);
    EXPECT_EQ(event.at("op").as_string(), "put");
    EXPECT_EQ(event.at("key").as_string(), "app/port");
    EXPECT_EQ(event.at("value").as_string(), "8080");
    EXPECT_EQ(watcher.model().violations(), std::vector<std::string>{});
}

TEST(WriteThenWatch, TheWritersNextReadSeesTheWrite) {
    const Server server;
    auto http = server.http();
    for (int i = 0; i < 50; ++i) {
        const auto value = std::to_string(i);
        ASSERT_EQ(http.put("/config/a", value, {{"Content-Type", "text/plain"}}).status / 100, 2U);
        const auto read = http.get("/config/a");
        ASSERT_EQ(envelope_of(read).at("data").at("value").as_string(), value);
        EXPECT_EQ(
            read.header("ETag"),
            "\"" + std::to_string(envelope_of(read).at("data").at("mod_revision").to_number<std::int64_t>()) + "\"");
    }
}

TEST(WriteThenWatch, AFreshWatcherGetsTheStateThenTheChanges) {
    const Server server;
    server.put("app/a", "1");
    server.put("app/b", "2");
    server.put("other/c", "3");

    Watcher watcher(server, "prefix=app/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    EXPECT_EQ(watcher.model().resume(), "none");
    EXPECT_EQ(watcher.model().reason(), "fresh");
    EXPECT_EQ(watcher.model().entries(), list_all(server, "app/"));

    server.put("other/c", "unseen");
    const auto last = server.put("app/a", "4");
    ASSERT_TRUE(watcher.until([&](const Model& model) { return model.position() >= last; }));
    EXPECT_EQ(watcher.model().entries(), list_all(server, "app/"));
    EXPECT_EQ(watcher.model().updates(), 1U);
    EXPECT_EQ(watcher.model().violations(), std::vector<std::string>{});
}

TEST(WriteThenWatch, ADeleteArrivesAndTheSettingIsGone) {
    const Server server;
    server.put("app/a", "1");
    Watcher watcher(server, "key=app/a");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    ASSERT_EQ(server.http().del("/config/app/a").status, 200U);
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.updates() == 1; }));
    EXPECT_TRUE(watcher.model().entries().empty());
    const auto read = server.http().get("/config/app/a");
    EXPECT_EQ(read.status, 404U);
    EXPECT_EQ(code_of(read), 40401);
}

TEST(WriteThenWatch, ATransactionArrivesInOneMessage) {
    const Server server;
    Watcher watcher(server, "prefix=app/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    const auto answer = server.http().request(
        "POST", "/api/v1/txn", {{"Content-Type", "application/json"}},
        R"({"put":[{"key":"app/a","value":"1"},{"key":"app/b","value":"2"},{"key":"other","value":"3"}]})");
    ASSERT_EQ(answer.status / 100, 2U) << answer.body;
    const auto update = watcher.next_of("update");
    ASSERT_TRUE(update);
    EXPECT_EQ(update->at("payload").at("events").as_array().size(), 2U);
    EXPECT_EQ(watcher.model().violations(), std::vector<std::string>{});
}

TEST(WriteThenWatch, SubscribingOnALiveStreamAddsItsState) {
    const Server server;
    server.put("late/a", "there before");
    Watcher watcher(server, "prefix=app/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    watcher.socket().send_text(R"({"type":"subscribe","id":"s1","payload":{"prefixes":["late/"]}})");
    const auto subscribed = watcher.next_of("subscribed");
    ASSERT_TRUE(subscribed);
    EXPECT_EQ(subscribed->at("payload").at("id").as_string(), "s1");
    const auto snapshot = watcher.next_of("snapshot");
    ASSERT_TRUE(snapshot);
    ASSERT_EQ(snapshot->at("payload").at("entries").as_array().size(), 1U);
    EXPECT_EQ(snapshot->at("payload").at("entries").at(0).at("value").as_string(), "there before");

    server.put("late/b", "new");
    EXPECT_TRUE(watcher.next_of("update"));

    watcher.socket().send_text(R"({"type":"unsubscribe","id":"s2","payload":{"prefixes":["late/"]}})");
    ASSERT_TRUE(watcher.next_of("unsubscribed"));
    server.put("late/c", "unseen");
    server.put("app/d", "seen");
    const auto update = watcher.next_of("update");
    ASSERT_TRUE(update);
    EXPECT_EQ(update->at("payload").at("events").at(0).at("key").as_string(), "app/d");
}

TEST(WriteThenWatch, PingIsAnsweredAndAckIsAccepted) {
    const Server server;
    Watcher watcher(server, "prefix=app/");
    watcher.socket().send_text(R"({"type":"ack","payload":{"seq_id":1,"status":"applied"}})");
    watcher.socket().send_text(R"({"type":"ping","id":"p"})");
    EXPECT_TRUE(watcher.next_of("pong"));
}

TEST(WriteThenWatch, TheBareMountsAreTheSame) {
    const Server server;
    server.put("app/a", "1");
    auto http = server.http();
    EXPECT_EQ(http.get("/config/app/a").body, http.get("/api/v1/config/app/a").body);
    load::WebSocketClient watcher(server.endpoint(), "/ws?prefix=app/");
    EXPECT_TRUE(watcher.receive());
}

}  // namespace
}  // namespace confcast::test
