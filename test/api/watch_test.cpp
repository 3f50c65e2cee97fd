// The watch endpoint up to its upgrade, and a whole stream over a fake socket.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "confcast/http/websocket.hpp"
#include "fake_socket.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

const Headers upgrade{{"Connection", "Upgrade"}, {"Upgrade", "websocket"}};

TEST(Watch, AnswersAnUpgradeOnBothMounts) {
    World world;
    for (const char* target :
         {"/api/v1/watch", "/ws", "/ws?prefix=a/&prefix=b/&key=c&glob=a/*/b&glob=**&fields=meta&snapshot=false"}) {
        const Reply reply = world.get(target, upgrade);
        EXPECT_EQ(reply.status, 101U) << target;
        EXPECT_TRUE(reply.response.upgrade) << target;
    }
    EXPECT_EQ(world.get("/ws", {{"Upgrade", "h2c, WebSocket"}}).status, 101U);
}

TEST(Watch, WithoutAnUpgradeItIs42601) {
    World world;
    for (const Headers& headers : {Headers{}, Headers{{"Upgrade", "h2c"}}}) {
        const Reply reply = world.get("/api/v1/watch", headers);
        EXPECT_EQ(reply.status, 426U);
        EXPECT_EQ(reply.code(), 42601);
        EXPECT_EQ(reply.header("Upgrade"), "websocket");
        EXPECT_EQ(reply.text("/served"), "text/event-stream, application/x-ndjson");
    }
    EXPECT_EQ(world.send(http::Method::head, "/ws", "", upgrade).code(), 42601);
}

TEST(Watch, RefusalsComeBeforeTheUpgrade) {
    World world;
    const std::vector<std::pair<std::string, int>> table{{"?since=x", 40010},    {"?since=-1", 40010},
                                                         {"?since=", 40010},     {"?since=99999999999999999999", 40010},
                                                         {"?since=zz:1", 40010}, {"?since=1&since=2", 40003},
                                                         {"?key=a//b", 40004},   {"?key=", 40004},
                                                         {"?key=%FF", 40003},    {"?fields=x", 40003},
                                                         {"?token=x", 40002},    {"?key=%", 40005},
                                                         {"?glob=", 40004},      {"?glob=a//*", 40004},
                                                         {"?glob=a**", 40004},   {"?glob=%FF", 40003}};
    for (const auto& [query, code] : table) {
        const Reply reply = world.get("/api/v1/watch" + query, upgrade);
        EXPECT_EQ(reply.code(), code) << query;
        EXPECT_FALSE(reply.response.upgrade);
    }
    std::string many = "?key=k0";
    for (int i = 1; i <= 100; ++i) many += "&key=k" + std::to_string(i);
    EXPECT_EQ(world.get("/ws" + many, upgrade).code(), 40014);
}

TEST(Watch, BeforeTheFirstListNobodyIsTaken) {
    World world({}, World::Start::without_feed);
    EXPECT_EQ(world.get("/ws", upgrade).code(), 50302);
}

TEST(Watch, AStreamBeginsWithWelcomeAndGoesOnWithWhatIsWritten) {
    World world;
    world.put("/config/a", R"({"value":"1"})");
    const Reply reply = world.get("/ws?prefix=a", upgrade);
    FakeSocket socket(world.io);
    socket.open(reply.response.upgrade);
    world.settle();
    ASSERT_GE(socket.messages.size(), 2U);
    EXPECT_EQ(socket.type(0), "welcome");
    EXPECT_EQ(socket.type(1), "snapshot");
    EXPECT_EQ(world.hub.sessions(), 1U);

    const Reply written = world.put("/config/a", R"({"value":"2"})");
    world.settle();
    EXPECT_EQ(socket.type(socket.messages.size() - 1), "update");
    EXPECT_EQ(socket.json(socket.messages.size() - 1).at("seq_id").as_int64(), written.number("/mod_revision"));

    socket.end();
    world.settle();
    EXPECT_TRUE(socket.gone);
    EXPECT_EQ(world.hub.sessions(), 0U);
}

TEST(Watch, ABinaryMessageIsAnsweredByAnErrorAndTheStreamGoesOn) {
    World world;
    const Reply reply = world.get("/ws?snapshot=false", upgrade);
    FakeSocket socket(world.io);
    socket.open(reply.response.upgrade);
    world.settle();
    socket.events->on_message(R"({"type":"ping"})", true);
    world.settle();
    EXPECT_EQ(socket.type(socket.messages.size() - 1), "error");
    EXPECT_EQ(socket.json(socket.messages.size() - 1).at("payload").at("code").as_int64(), 40011);
    socket.events->on_message(R"({"type":"ping"})", false);
    world.settle();
    EXPECT_EQ(socket.type(socket.messages.size() - 1), "pong");
    EXPECT_FALSE(socket.closed);
    socket.end();
    world.settle();
}

}  // namespace
}  // namespace confcast::api
