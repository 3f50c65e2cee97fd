// Server-Sent Events and lines of JSON from the real server: the WebSocket's promises, in a body.
#include <gtest/gtest.h>

#include <csignal>

#include "listener.hpp"
#include "watcher.hpp"
#include "writers.hpp"

namespace confcast::test {
namespace {

using Kind = Listener::Kind;
using Strings = std::vector<std::string>;

class Listen : public testing::TestWithParam<Kind> {
  protected:
    /// Where the last stream has ended: as an EventSource says it, or as a script does.
    static Listener resume(const Server& server, Listener& before, const std::string& filters) {
        auto model = before.model();
        if (GetParam() == Kind::events) return {server, GetParam(), filters, std::move(model), before.last_event_id()};
        const auto since = model.since();
        return {server, GetParam(), filters + "&since=" + since, std::move(model)};
    }
};

INSTANTIATE_TEST_SUITE_P(, Listen, testing::Values(Kind::events, Kind::lines),
                         [](const auto& kind) { return kind.param == Kind::events ? "Events" : "Lines"; });

TEST_P(Listen, TheStateThenEachChangeWithItsRevision) {
    const Server server;
    server.put("app/a", "1");
    server.put("other", "1");
    Listener listener(server, GetParam(), "prefix=app/");
    EXPECT_EQ(listener.head().header("X-Accel-Buffering"), "no");
    EXPECT_EQ(listener.head().header("Connection"), "close");
    ASSERT_TRUE(listener.until([](const Model& model) { return model.snapshots() == 1; }));
    server.put("other", "2");
    const auto last = server.put("app/a", "two\nlines");
    const auto update = listener.next_of("update");
    ASSERT_TRUE(update);
    EXPECT_EQ(update->at("seq_id").to_number<std::int64_t>(), last);
    EXPECT_EQ(update->at("payload").at("events").at(0).at("value").as_string(), "two\nlines");
    EXPECT_EQ(listener.model().entries(), list_all(server, "app/"));
    EXPECT_EQ(listener.model().violations(), Strings{});
    EXPECT_EQ(listener.retry().has_value(), GetParam() == Kind::events);
}

TEST_P(Listen, AfterAKillItGoesOnAndMissesNothing) {
    Server server;
    Listener listener(server, GetParam(), "prefix=app/");
    server.put("app/a", "1");
    const auto seen = server.put("app/b", "1");
    ASSERT_TRUE(listener.until([&](const Model& model) { return model.position() >= seen; }));

    server.kill();
    EXPECT_FALSE(listener.next());
    EXPECT_TRUE(listener.ended());
    EXPECT_FALSE(listener.whole()) << "it was cut, and says so";
    server.start();
    server.put("app/a", "2");
    const auto last = server.put("app/c", "1");

    auto again = resume(server, listener, "prefix=app/");
    ASSERT_TRUE(again.until([&](const Model& model) { return model.position() >= last; }));
    EXPECT_EQ(again.model().resume(), "changes");
    EXPECT_EQ(again.model().snapshots(), listener.model().snapshots());
    EXPECT_EQ(again.model().updates(), listener.model().updates() + 2) << "nothing lost, nothing repeated";
    EXPECT_EQ(again.model().entries(), list_all(server, "app/"));
    EXPECT_EQ(again.model().violations(), Strings{});
}

TEST_P(Listen, KilledUnderLoadNothingIsLostOrRepeated) {
    Server server;
    auto listener = std::make_unique<Listener>(server, GetParam(), "prefix=load/", Model("load/pair/"));
    for (int round = 0; round < 3; ++round) {
        Writers writers(server, {.threads = 4, .keys = 10, .pair_threads = 1, .delete_every = 9});
        while (writers.acknowledged() < 100) ASSERT_TRUE(listener->next_of("update"));
        server.kill();
        writers.stop();
        while (listener->next()) {
        }
        server.start();
        listener = std::make_unique<Listener>(resume(server, *listener, "prefix=load/"));
        ASSERT_TRUE(listener->next_of("welcome"));
        EXPECT_EQ(listener->model().resume(), "changes");
    }
    const auto last = server.put("load/last", "x");
    ASSERT_TRUE(listener->until([&](const Model& model) { return model.position() >= last; }));
    EXPECT_EQ(listener->model().entries(), list_all(server, "load/"));
    EXPECT_EQ(listener->model().snapshots(), 1U);
    EXPECT_EQ(listener->model().violations(), Strings{});
}

TEST_P(Listen, SigtermSaysWhenToComeBackAndEndsTheBody) {
    Server server;
    Listener listener(server, GetParam(), "prefix=app/");
    ASSERT_TRUE(listener.until([](const Model& model) { return model.snapshots() == 1; }));
    const auto position = listener.last_event_id();
    server.signal(SIGTERM);
    const auto goaway = listener.next_of("goaway");
    ASSERT_TRUE(goaway);
    const auto after = goaway->at("payload").at("reconnect_after_ms").to_number<int>();
    if (GetParam() == Kind::events) EXPECT_EQ(listener.retry(), std::max(after, 250));
    EXPECT_FALSE(listener.next());
    EXPECT_TRUE(listener.ended());
    EXPECT_TRUE(listener.whole());
    EXPECT_EQ(listener.last_event_id(), position) << "it is kept";
    listener.abort();
    EXPECT_EQ(server.wait(std::chrono::seconds{30}), 0);
}

TEST_P(Listen, OneThatStopsReadingComesToTheStateAndCostsTheOthersNothing) {
    const Server server({.flags = {"--write-timeout", "300s"}});
    Listener stopped(server, GetParam(), "prefix=load/", Model("load/pair/"));
    Listener pace(server, GetParam(), "prefix=load/&snapshot=false");
    ASSERT_TRUE(stopped.until([](const Model& model) { return model.snapshots() == 1; }));
    Writers writers(server, {.threads = 16, .keys = 20, .value_bytes = 4'096, .pair_threads = 2, .delete_every = 7});
    while (writers.acknowledged() < 3'000) ASSERT_TRUE(pace.next_of("update"));
    writers.stop();
    ASSERT_TRUE(stopped.until([&](const Model& model) { return model.position() >= writers.last_revision(); }));
    EXPECT_EQ(stopped.model().entries(), list_all(server, "load/"));
    EXPECT_EQ(stopped.model().violations(), Strings{});
}

TEST_P(Listen, IsCountedWhileItIsThere) {
    const Server server;
    auto listener = std::make_unique<Listener>(server, GetParam(), "");
    const auto metrics = [&] { return server.http().get("/metrics").body; };
    const std::string transport = std::string(R"(confcast_push_sessions{transport=")") +
                                  (GetParam() == Listener::Kind::events ? "sse" : "ndjson") + R"("})";
    EXPECT_NE(metrics().find(transport + " 1\n"), std::string::npos);
    EXPECT_NE(metrics().find("confcast_http_streams 1\n"), std::string::npos);
    EXPECT_NE(metrics().find("confcast_http_streams_total 1\n"), std::string::npos);
    listener.reset();
    const auto deadline = load::Clock::now() + std::chrono::seconds{20};
    while (load::Clock::now() < deadline && metrics().find("confcast_http_streams 0\n") == std::string::npos) {
    }
    EXPECT_NE(metrics().find("confcast_http_streams 0\n"), std::string::npos) << "who has left is seen to have left";
    EXPECT_NE(metrics().find(transport + " 0\n"), std::string::npos);
}

}  // namespace
}  // namespace confcast::test
