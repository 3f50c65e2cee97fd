// The watch endpoint where it answers with a body: which one it chooses, its head, and whole streams.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <memory>

#include "fake_stream.hpp"
#include "stream_transport.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Headers sse{{"Accept", "text/event-stream"}};
const Headers ndjson{{"Accept", "application/x-ndjson"}};

/// The stream of an answer, running on a fake connection.
class Listener {
  public:
    Listener(World& world, const std::string& target, const Headers& headers) : stream(world.io), world_(world) {
        reply = world.get(target, headers);
        if (!reply.response.stream) return;
        asio::co_spawn(world.io, reply.response.stream(stream), [this](const std::exception_ptr&) { ended = true; });
        world.settle();
    }
    ~Listener() {
        if (!reply.response.stream) return;
        stream.end();
        world_.settle();
        EXPECT_TRUE(ended);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    std::string take() {
        world_.settle();
        return stream.take();
    }

    FakeStream stream;
    Reply reply;
    bool ended = false;

  private:
    World& world_;
};

/// The values of an SSE field ("data", "id", "event", "retry") in order.
std::vector<std::string> fields(const std::string& text, const std::string& name) {
    std::vector<std::string> found;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const std::string line = text.substr(start, end - start);
        start = end + 1;
        if (line == name) found.emplace_back();
        if (line.starts_with(name + ": ")) found.push_back(line.substr(name.size() + 2));
    }
    return found;
}

TEST(WatchStream, AcceptChoosesTheBody) {
    World world;
    const std::vector<std::pair<std::string, std::string>> table{{"text/event-stream", "text/event-stream"},
                                                                 {"application/x-ndjson", "application/x-ndjson"},
                                                                 {"*/*", "application/x-ndjson"},
                                                                 {"text/*", "text/event-stream"}};
    for (const auto& [accept, type] : table) {
        for (const char* target : {"/api/v1/watch", "/ws"}) {
            const Reply reply = world.get(target, {{"Accept", accept}});
            EXPECT_EQ(reply.status, 200U) << accept;
            EXPECT_TRUE(reply.response.stream);
            EXPECT_FALSE(reply.response.upgrade);
            EXPECT_EQ(reply.header("Content-Type"), type);
            EXPECT_EQ(reply.header("Cache-Control"), "no-cache");
            EXPECT_EQ(reply.header("X-Accel-Buffering"), "no");
            EXPECT_FALSE(reply.header("X-Request-Id").empty());
        }
    }
}

TEST(WatchStream, AnUpgradeBeatsAccept) {
    World world;
    const Reply reply = world.get("/ws", {{"Upgrade", "websocket"}, {"Accept", "text/event-stream"}});
    EXPECT_TRUE(reply.response.upgrade);
    EXPECT_FALSE(reply.response.stream);
}

TEST(WatchStream, NothingThatIsServedIs40601) {
    World world;
    for (const char* accept : {"text/html", "application/json", "text/event-stream;q=0", "junk"}) {
        const Reply reply = world.get("/api/v1/watch", {{"Accept", accept}});
        EXPECT_EQ(reply.status, 406U);
        EXPECT_EQ(reply.code(), 40601);
        EXPECT_EQ(reply.text("/served"), "text/event-stream, application/x-ndjson");
        EXPECT_THAT(reply.message(), HasSubstr("application/x-ndjson"));
    }
    const Reply zh = world.get("/ws", {{"Accept", "text/html"}, {"Accept-Language", "zh"}});
    EXPECT_THAT(zh.message(), HasSubstr("Accept 请求头"));
}

TEST(WatchStream, RefusalsComeBeforeTheStream) {
    World world;
    const std::vector<std::pair<std::string, int>> table{
        {"?since=x", 40010}, {"?since=0", 40010}, {"?key=a//b", 40004}, {"?filter=x", 40002}, {"?fields=x", 40003}};
    for (const auto& [query, code] : table) {
        const Reply reply = world.get("/api/v1/watch" + query, sse);
        EXPECT_EQ(reply.code(), code) << query;
        EXPECT_FALSE(reply.response.stream);
    }
    EXPECT_EQ(world.get("/api/v1/watch?fields=x", {{"Accept", "text/html"}}).code(), 40003);
    for (const char* id : {"x", "0", "0000000000000001:0", "-1"})
        EXPECT_EQ(world.get("/api/v1/watch", {{"Accept", "text/event-stream"}, {"Last-Event-ID", id}}).code(), 40010)
            << id;
}

// It gives up for ever at anything but 200.
TEST(WatchStream, AnEventSourceThatComesTooEarlyIsToldWhenToComeBack) {
    World world({}, World::Start::without_feed);
    EXPECT_EQ(world.get("/api/v1/watch", ndjson).code(), 50302);
    const Reply reply = world.get("/api/v1/watch", sse);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.header("Content-Type"), "text/event-stream");
    EXPECT_FALSE(reply.response.stream) << "it ends at once";
    EXPECT_GE(std::stoi(fields(reply.body, "retry").at(0)), 1000);
    EXPECT_TRUE(fields(reply.body, "event").empty());
}

TEST(WatchStream, AnEventSourceThatComesWhileTheServerLeavesIsToldWhenToComeBack) {
    World world;
    world.api.set_draining();
    const Reply reply = world.get("/api/v1/watch", {{"Accept", "text/event-stream"}, {"Last-Event-ID", "1"}});
    EXPECT_EQ(reply.status, 200U);
    EXPECT_FALSE(reply.response.stream);
    EXPECT_EQ(fields(reply.body, "retry").size(), 1U);
    EXPECT_TRUE(fields(reply.body, "id").empty()) << "it keeps its position";
    EXPECT_TRUE(world.get("/api/v1/watch", ndjson).response.stream);
}

TEST(WatchStream, ServerSentEventsBeginWithRetryThenTheState) {
    World world;
    const store::Revision at = world.by_hand("a", "1");
    Listener listener(world, "/api/v1/watch?prefix=a", sse);
    ASSERT_EQ(listener.stream.writes.size(), 1U) << "one write: the first byte is there at once";
    const std::string text = listener.take();
    EXPECT_THAT(text, StartsWith("retry: "));
    const int retry = std::stoi(fields(text, "retry").at(0));
    EXPECT_GE(retry, 1000);
    EXPECT_LT(retry, 2000);
    EXPECT_EQ(fields(text, "event"), (std::vector<std::string>{"welcome", "snapshot"}));
    const std::string position = "0000000000000001:" + std::to_string(at);
    EXPECT_EQ(fields(text, "id"), (std::vector<std::string>{"", position})) << "no position is owned before the state";
    const auto snapshot = boost::json::parse(fields(text, "data").at(1));
    EXPECT_EQ(snapshot.at("seq_id").as_int64(), at);
    EXPECT_EQ(snapshot.at("payload").at("entries").at(0).at("key").as_string(), "a");
    EXPECT_THAT(text, testing::EndsWith("\n\n"));
    EXPECT_EQ(world.hub.sessions(), 1U);
}

TEST(WatchStream, ServerSentEventsGoOnWithWhatIsWritten) {
    World world;
    Listener listener(world, "/api/v1/watch?snapshot=false&prefix=a", sse);
    listener.take();
    world.by_hand("b", "no match");
    const store::Revision at = world.by_hand("a", "line\nend");
    const std::string text = listener.take();
    EXPECT_EQ(fields(text, "event"), std::vector<std::string>{"update"});
    EXPECT_EQ(fields(text, "id"), std::vector<std::string>{"0000000000000001:" + std::to_string(at)});
    EXPECT_TRUE(fields(text, "retry").empty()) << "once is enough";
    ASSERT_EQ(fields(text, "data").size(), 1U) << "no line end of a value may end the data";
    const auto update = boost::json::parse(fields(text, "data").at(0));
    EXPECT_EQ(update.at("payload").at("events").at(0).at("value").as_string(), "line\nend");
}

TEST(WatchStream, LinesOfJsonAreTheMessagesAndNothingElse) {
    World world;
    world.by_hand("a", "1");
    Listener listener(world, "/api/v1/watch?prefix=a", ndjson);
    world.by_hand("a", "2");
    const std::string text = listener.take();
    std::vector<std::string> types;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = text.find('\n', start);
        ASSERT_NE(end, std::string::npos) << "a line without an end";
        types.emplace_back(boost::json::parse(text.substr(start, end - start)).at("type").as_string());
        start = end + 1;
    }
    EXPECT_EQ(types, (std::vector<std::string>{"welcome", "snapshot", "update"}));
}

TEST(WatchStream, SignsOfLifeAreCommentsAndEmptyLines) {
    World world;
    EXPECT_EQ(Listener(world, "/api/v1/watch", sse).stream.alive, ": ping\n\n");
    EXPECT_EQ(Listener(world, "/api/v1/watch", ndjson).stream.alive, "\n");
}

TEST(WatchStream, LastEventIdIsWhereItGoesOnAndBeatsSince) {
    World world;
    const store::Revision first = world.by_hand("a", "1");
    const store::Revision second = world.by_hand("a", "2");
    const std::string id = "0000000000000001:" + std::to_string(first);
    for (const std::string& type : {std::string("text/event-stream"), std::string("application/x-ndjson")}) {
        for (const std::string& query : {std::string(), "?since=" + std::to_string(second), std::string("?since=x")}) {
            Listener listener(world, "/api/v1/watch" + query, {{"Accept", type}, {"Last-Event-ID", id}});
            const std::string text = listener.take();
            EXPECT_THAT(text, HasSubstr("\"caught_up\"")) << query;
            EXPECT_THAT(text, HasSubstr("\"update\""));
            EXPECT_THAT(text, Not(HasSubstr("\"snapshot\",\"payload")));
        }
    }
    Listener listener(world, "/api/v1/watch?since=" + std::to_string(second), {sse.front(), {"Last-Event-ID", ""}});
    EXPECT_THAT(listener.take(), HasSubstr("\"current\"")) << "an empty one is none";
}

TEST(WatchStream, AWebSocketsSinceIsNotOverruled) {
    World world;
    EXPECT_EQ(world.get("/ws?since=x", {{"Upgrade", "websocket"}, {"Last-Event-ID", "1"}}).code(), 40010);
    EXPECT_EQ(world.get("/ws?since=1", {{"Upgrade", "websocket"}, {"Last-Event-ID", "x"}}).status, 101U);
}

TEST(WatchStream, GoawaySaysWhenToComeBackAndEndsTheBody) {
    World world;
    Listener events(world, "/api/v1/watch", sse);
    Listener lines(world, "/api/v1/watch", ndjson);
    events.take();
    lines.take();
    world.hub.drain("shutting down", 10s);
    const std::string text = events.take();
    EXPECT_EQ(fields(text, "event"), std::vector<std::string>{"goaway"});
    const auto goaway = boost::json::parse(fields(text, "data").at(0));
    const std::int64_t after = goaway.at("payload").at("reconnect_after_ms").as_int64();
    EXPECT_EQ(std::stoi(fields(text, "retry").at(0)), std::max<std::int64_t>(after, 250));
    EXPECT_FALSE(fields(text, "id").at(0).empty()) << "it keeps its position";
    EXPECT_TRUE(events.stream.closed);
    EXPECT_TRUE(events.ended);
    EXPECT_EQ(boost::json::parse(lines.take()).at("type").as_string(), "goaway");
    EXPECT_TRUE(lines.stream.closed);
    EXPECT_EQ(world.hub.sessions(), 0U);
}

TEST(WatchStream, TheSessionEndsWithTheConnection) {
    World world;
    {
        Listener listener(world, "/api/v1/watch", sse);
        EXPECT_EQ(world.hub.sessions(), 1U);
    }
    EXPECT_EQ(world.hub.sessions(), 0U);
    world.by_hand("a", "1");
}

TEST(WatchStream, ASlowOneGetsWhatPiledUpInOneWrite) {
    World world;
    Listener listener(world, "/api/v1/watch?snapshot=false", ndjson);
    listener.take();
    listener.stream.held = true;
    world.by_hand("a", "1");
    world.by_hand("a", "2");
    world.by_hand("a", "3");
    EXPECT_EQ(listener.stream.writes.size(), 1U) << "one write in flight, no queue";
    listener.stream.held = false;
    listener.stream.events->on_written();
    world.settle();
    ASSERT_EQ(listener.stream.writes.size(), 2U);
    EXPECT_EQ(std::ranges::count(listener.stream.writes.back(), '\n'), 2);
}

TEST(StreamTransport, SpreadsTheFirstRetryOverASecond) {
    asio::io_context io;
    std::vector<std::string> lines;
    for (int port = 1; port <= 50; ++port) {
        FakeStream stream(io);
        stream.peer = "127.0.0.1:" + std::to_string(port);
        StreamTransport transport(stream, push::Framing::sse);
        const push::MessagePtr message = std::make_shared<push::Message>("welcome", "", "{}");
        transport.send({&message, 1});
        lines.push_back(fields(stream.take(), "retry").at(0));
    }
    std::ranges::sort(lines);
    EXPECT_GT(std::ranges::unique(lines).begin() - lines.begin(), 30);
}

TEST(StreamTransport, KeepsMessagesAliveWhileTheyAreInFlight) {
    struct Session final : push::TransportEvents {
        void on_sent() override { ++sent; }
        void on_text(std::string_view) override {}
        void on_binary() override {}
        void on_closed() override {}
        int sent = 0;
    } session;
    asio::io_context io;
    FakeStream stream(io);
    stream.held = true;
    StreamTransport transport(stream, push::Framing::ndjson);
    transport.attach(session);
    push::MessagePtr message = std::make_shared<push::Message>("update", "", R"({"a":1})");
    const std::weak_ptr<const push::Message> watched = message;
    transport.send({&message, 1});
    message.reset();
    EXPECT_FALSE(watched.expired());
    transport.on_written();
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(session.sent, 1);
    transport.abort();
    EXPECT_TRUE(stream.aborted);
}

}  // namespace
}  // namespace confcast::api
