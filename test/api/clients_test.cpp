// GET and DELETE of /api/v1/clients, with streams over fake connections of every kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <set>

#include "fake_socket.hpp"
#include "fake_stream.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class ClientsApi : public ::testing::Test {
  protected:
    ~ClientsApi() override {
        for (auto& socket : sockets_) socket.end();
        for (auto& stream : streams_) stream.end();
        world.settle();
        EXPECT_EQ(world.hub.sessions(), 0U);
    }

    /// A WebSocket on the watch endpoint; its session's id.
    std::string socket(const std::string& query = "") {
        Reply reply = world.get("/ws" + query, {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}});
        EXPECT_EQ(reply.status, 101U) << reply.body;
        FakeSocket& one = sockets_.emplace_back(world.io);
        one.open(reply.response.upgrade);
        world.settle();
        return json::value_to<std::string>(one.json(0).at("payload").at("session"));
    }
    void body(const std::string& query, std::string_view type) {
        Reply reply = world.get("/api/v1/watch" + query, {{"Accept", std::string(type)}});
        EXPECT_EQ(reply.status, 200U) << reply.body;
        bodies_.push_back(std::move(reply.response.stream));
        FakeStream& one = streams_.emplace_back(world.io);
        asio::co_spawn(world.io, bodies_.back()(one), [](const std::exception_ptr&) {});
        world.settle();
    }
    Reply list(const std::string& query = "") {
        Reply reply = world.get("/api/v1/clients" + query);
        EXPECT_EQ(reply.status, 200U) << reply.body;
        return reply;
    }
    std::size_t count(const std::string& query) { return list(query).at("/clients").as_array().size(); }

    World world;
    std::deque<FakeSocket> sockets_;
    std::deque<FakeStream> streams_;

  private:
    std::deque<decltype(http::Response::stream)> bodies_;
};

TEST_F(ClientsApi, NobodyIsAnEmptyList) {
    const Reply reply = list();
    EXPECT_EQ(json::serialize(reply.at("/clients")), "[]");
    EXPECT_TRUE(reply.at("/next_cursor").is_null());
    EXPECT_EQ(reply.text("/epoch"), world.feed.position().epoch.to_string());
    EXPECT_EQ(reply.number("/revision"), world.feed.position().revision);
}

TEST_F(ClientsApi, AClientIsShownWhole) {
    world.put("/config/app/a", R"({"value":"1"})");
    const std::string id =
        socket("?key=k&prefix=app/&glob=*/db&client_id=cart-7&label=zone:eu&label=url:http://x:1/a&label=empty:");
    const Reply reply = world.get("/api/v1/clients/" + id);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/id"), id);
    EXPECT_EQ(reply.text("/address"), "127.0.0.1:1");
    EXPECT_EQ(reply.text("/transport"), "websocket");
    EXPECT_EQ(reply.text("/client_id"), "cart-7");
    EXPECT_EQ(json::serialize(reply.at("/labels")), R"({"zone":"eu","url":"http://x:1/a","empty":""})");
    EXPECT_EQ(json::serialize(reply.at("/filters")),
              R"({"keys":["k"],"prefixes":["app/"],"globs":["*/db"],"topics":[]})");
    EXPECT_EQ(reply.text("/position/epoch"), world.feed.position().epoch.to_string());
    EXPECT_EQ(reply.number("/position/seq_id"), world.feed.position().revision);
    EXPECT_EQ(reply.number("/lag"), 0);
    EXPECT_EQ(reply.text("/connected_since"), "2023-11-14T22:13:20.000Z");
    EXPECT_GT(reply.number("/bytes_sent"), 100);
    EXPECT_EQ(reply.text("/state"), "live");
    EXPECT_FALSE(reply.has("ack"));
    EXPECT_TRUE(list().at("/clients/0") == reply.data());
}

TEST_F(ClientsApi, ANamelessOneHasNoIdAndNoLabels) {
    const Reply reply = world.get("/api/v1/clients/" + socket());
    EXPECT_FALSE(reply.has("client_id"));
    EXPECT_EQ(json::serialize(reply.at("/labels")), "{}");
    EXPECT_EQ(json::serialize(reply.at("/filters")), R"({"keys":[],"prefixes":[""],"globs":[],"topics":[]})");
}

TEST_F(ClientsApi, ASlowOneIsBehindAndSaysByHowMuch) {
    const std::string id = socket("?prefix=a");
    sockets_.back().held = true;
    for (const char* value : {"1", "2", "3"}) world.by_hand("a", value);
    const Reply reply = world.get("/api/v1/clients/" + id);
    EXPECT_EQ(reply.text("/state"), "behind");
    EXPECT_EQ(reply.number("/lag"), 2);
}

TEST_F(ClientsApi, TheLatestAckIsShownWithItsLag) {
    const std::string id = socket("?prefix=a&snapshot=false");
    const auto first = world.by_hand("a", "1");
    world.by_hand("a", "2");
    const auto say = [&](json::object payload) {
        sockets_.back().events->on_message(
            json::serialize(json::object{{"type", "ack"}, {"payload", std::move(payload)}}), false);
    };
    say({{"seq_id", first}, {"status", "failed"}, {"key", "a"}, {"error", "not a \"port\""}});
    Reply reply = world.get("/api/v1/clients/" + id);
    EXPECT_EQ(json::serialize(reply.at("/ack")),
              R"({"seq_id":)" + std::to_string(first) +
                  R"(,"status":"failed","key":"a","error":"not a \"port\"","at":"2023-11-14T22:13:20.000Z","lag":1})");
    say({{"seq_id", first + 1}, {"status", "applied"}});
    reply = world.get("/api/v1/clients/" + id);
    EXPECT_EQ(reply.text("/ack/status"), "applied");
    EXPECT_EQ(reply.number("/ack/lag"), 0);
    EXPECT_FALSE(reply.at("/ack").as_object().contains("error"));
}

TEST_F(ClientsApi, AreFilteredByNameLabelAndTransport) {
    socket("?client_id=a&label=zone:eu&label=tier:1");
    socket("?client_id=b&label=zone:eu");
    body("?client_id=b&label=zone:us", "text/event-stream");
    body("", "application/x-ndjson");
    EXPECT_EQ(count(""), 4U);
    EXPECT_EQ(count("?client_id=b"), 2U);
    EXPECT_EQ(count("?client_id=nobody"), 0U);
    EXPECT_EQ(count("?label=zone:eu"), 2U);
    EXPECT_EQ(count("?label=zone:eu&label=tier:1"), 1U);
    EXPECT_EQ(count("?transport=websocket"), 2U);
    EXPECT_EQ(count("?transport=sse"), 1U);
    EXPECT_EQ(count("?transport=ndjson"), 1U);
    EXPECT_EQ(count("?transport=sse&client_id=b&label=zone:us"), 1U);
    EXPECT_EQ(list("?transport=sse").text("/clients/0/transport"), "sse");
}

TEST_F(ClientsApi, PagesGoOnWhereTheLastOneEnded) {
    std::set<std::string> all;
    for (int i = 0; i < 7; ++i) all.insert(socket());
    std::set<std::string> seen;
    std::string query = "?limit=3";
    std::size_t pages = 0;
    for (bool more = true; more; ++pages) {
        const Reply reply = list(query);
        EXPECT_LE(reply.at("/clients").as_array().size(), 3U);
        for (const json::value& client : reply.at("/clients").as_array())
            EXPECT_TRUE(seen.insert(json::value_to<std::string>(client.at("id"))).second);
        more = !reply.at("/next_cursor").is_null();
        if (more) query = "?limit=3&cursor=" + reply.text("/next_cursor");
    }
    EXPECT_EQ(pages, 3U);
    EXPECT_EQ(seen, all);
}

TEST_F(ClientsApi, DeleteClosesTheStreamAndTellsWhy) {
    const std::string id = socket();
    const std::string other = socket();
    const Reply reply = world.del("/api/v1/clients/" + id);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.text("/id"), id);
    EXPECT_EQ(reply.text("/state"), "closing");
    EXPECT_TRUE(sockets_.front().closed);
    EXPECT_EQ(sockets_.front().close_code, 1008);
    EXPECT_FALSE(sockets_.back().closed);
    world.settle();
    EXPECT_EQ(world.get("/api/v1/clients/" + id).code(), 40404);
    EXPECT_EQ(world.del("/api/v1/clients/" + id).code(), 40404);
    EXPECT_EQ(count(""), 1U);
    EXPECT_EQ(list().text("/clients/0/id"), other);
    EXPECT_EQ(world.hub.stats().dismissed, 1U);
}

TEST_F(ClientsApi, DeleteEndsABodyToo) {
    body("", "text/event-stream");
    const Reply reply = world.del("/api/v1/clients/" + list().text("/clients/0/id"));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_TRUE(streams_.front().closed);
}

TEST_F(ClientsApi, WhoIsNotThereIs40404InTwoLanguages) {
    for (const char* id : {"0000000000000001", "x", "00000000000000001", "000000000000000G", "%2F"}) {
        EXPECT_EQ(world.get("/api/v1/clients/" + std::string(id)).code(), 40404) << id;
        EXPECT_EQ(world.del("/api/v1/clients/" + std::string(id)).code(), 40404) << id;
    }
    const Reply reply = world.get("/api/v1/clients/0000000000000001");
    EXPECT_EQ(reply.status, 404U);
    EXPECT_EQ(reply.text("/id"), "0000000000000001");
    EXPECT_THAT(reply.message(), HasSubstr("0000000000000001"));
    EXPECT_THAT(world.get("/api/v1/clients/0000000000000001", {{"Accept-Language", "zh"}}).message(),
                HasSubstr("没有该推送流"));
}

TEST_F(ClientsApi, BadQueriesAreRefused) {
    const std::vector<std::pair<std::string, int>> table{
        {"?limit=0", 40003},         {"?limit=1001", 40003}, {"?limit=x", 40003},
        {"?cursor=x", 40003},        {"?transport=", 40003}, {"?transport=WebSocket", 40003},
        {"?label=zone", 40003},      {"?label=:eu", 40003},  {"?client_id=", 40003},
        {"?client_id=a%20b", 40003}, {"?state=live", 40002}, {"?client_id=a&client_id=b", 40003},
        {"?label=%", 40005},         {"?label=a:%FF", 40003}};
    for (const auto& [query, code] : table) EXPECT_EQ(world.get("/api/v1/clients" + query).code(), code) << query;
    EXPECT_EQ(world.get("/api/v1/clients/0000000000000001?x=1").code(), 40002);
    EXPECT_EQ(world.del("/api/v1/clients/0000000000000001?x=1").code(), 40002);
    EXPECT_EQ(world.post("/api/v1/clients", "{}").code(), 40501);
    EXPECT_EQ(world.del("/api/v1/clients").code(), 40501);
}

// What a client may call itself: refused before the upgrade, with the rule.
TEST_F(ClientsApi, NamesHaveLimits) {
    const auto code = [&](const std::string& query) {
        const Reply reply = world.get("/ws?" + query, {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}});
        return reply.status == 101U ? 0 : reply.code();
    };
    const auto letters = [](std::size_t n) { return std::string(n, 'x'); };
    std::string labels = "label=k0:v";
    for (int i = 1; i < 16; ++i) labels += "&label=k" + std::to_string(i) + ":v";

    EXPECT_EQ(code("client_id=" + letters(128)), 0);
    EXPECT_EQ(code("client_id=" + letters(129)), 40003);
    EXPECT_EQ(code("client_id=a.b_c:d/e@f-G9"), 0);
    for (const char* bad : {"", "a%20b", "%C3%BC", "a%22", "a,b", "a%0A", "a=b", "a%00"})
        EXPECT_EQ(code("client_id=" + std::string(bad)), 40003) << bad;

    EXPECT_EQ(code("label=" + letters(63) + ":" + letters(128)), 0);
    EXPECT_EQ(code("label=" + letters(64) + ":v"), 40003);
    EXPECT_EQ(code("label=k:" + letters(129)), 40003);
    EXPECT_EQ(code("label=k:"), 0);
    for (const char* bad : {"", "k", ":", ":v", "k%20:v", "k:%20", "k:v%0A"})
        EXPECT_EQ(code("label=" + std::string(bad)), 40003) << bad;
    EXPECT_EQ(code(labels), 0);
    EXPECT_EQ(code(labels + "&label=k16:v"), 40003);
    EXPECT_EQ(code("label=k:1&label=k:2"), 40003);

    const Reply reply = world.get("/ws?client_id=a%20b", {{"Upgrade", "websocket"}, {"Accept-Language", "zh"}});
    EXPECT_EQ(reply.text("/parameter"), "client_id");
    EXPECT_THAT(reply.text("/rule"), HasSubstr("letters"));
    EXPECT_THAT(reply.message(), HasSubstr("字母"));
}

}  // namespace
}  // namespace confcast::api
