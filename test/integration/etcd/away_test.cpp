// etcd is away, or comes back as another.
#include <gtest/gtest.h>

#include "../numbers_of.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

TEST(Away, ReadsGoOnWritesAreRefusedAndStreamsStayOpen) {
    EtcdCluster etcd({.members = 1});
    const Server server(on_etcd(etcd.endpoints()));
    server.put("app/a", "1");
    Crowd crowd(server, {"app/"});

    etcd.kill(0);
    ASSERT_TRUE(eventually([&] { return is_stale(server); }));
    auto http = server.http();
    const auto read = http.get("/config/app/a");
    EXPECT_EQ(read.status, 200U);
    EXPECT_EQ(envelope_of(read).at("data").at("value").as_string(), "1");
    EXPECT_FALSE(read.header("X-Confcast-Stale").empty());
    // The watch may have ended before the calls' connection did: what was sent there has an unknown outcome.
    ASSERT_TRUE(eventually([&] {
        const auto write = http.put("/config/app/a", "2", {{"Content-Type", "text/plain"}});
        EXPECT_TRUE(code_of(write) == 50301 || code_of(write) == 50402) << write.body;
        EXPECT_EQ(write.header("Retry-After").empty(), code_of(write) == 50402);
        return code_of(write) == 50301;
    }));
    EXPECT_EQ(code_of(http.get("/livez")), 200);
    ASSERT_TRUE(eventually([&] { return code_of(http.get("/readyz")) == 50301; }));
    EXPECT_EQ(envelope_of(http.get("/healthz")).at("data").at("status").as_string(), "degraded");
    const std::string metrics = http.get("/metrics").body;
    EXPECT_EQ(number_of(metrics, R"(confcast_health_state{state="degraded"})"), 1);
    EXPECT_EQ(number_of(metrics, R"(confcast_health_check_failed{check="store"})"), 1);
    EXPECT_GT(number_of(metrics, "confcast_feed_stale_seconds"), 0);
    crowd[0].drain();
    EXPECT_FALSE(crowd[0].socket().ended());

    etcd.start(0);
    crowd.expect_agreement(server, put_in_the_end(server, "app/a", "3"));
    EXPECT_EQ(crowd[0].model().snapshots(), 1U) << "the same stream, and no second state";
    EXPECT_TRUE(eventually([&] { return !is_stale(server); }));
    EXPECT_TRUE(eventually([&] { return code_of(http.get("/readyz")) == 200; }));
    EXPECT_EQ(envelope_of(http.get("/healthz")).at("data").at("status").as_string(), "healthy");
    EXPECT_GE(number_of(http.get("/metrics").body, R"(confcast_feed_watch_restarts_total{reason="lost"})"), 1);
}

TEST(Away, AnotherHistoryIsTheStateAnewForOpenStreamsAndThoseThatComeBack) {
    EtcdCluster etcd({.members = 1});
    const Server server(on_etcd(etcd.endpoints()));
    server.put("app/old", "1");
    const auto before = server.position();
    Watcher open(server, "prefix=app/");
    ASSERT_TRUE(open.next_of("snapshot"));

    etcd.rebuild();
    etcd.ctl({"put", "/config/app/new", "2"});
    const auto welcome = open.next_of("welcome", std::chrono::seconds{60});
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->at("payload").at("resume").as_string(), "snapshot");
    EXPECT_EQ(welcome->at("payload").at("reason").as_string(), "epoch_changed");
    ASSERT_TRUE(open.until([](const Model& model) { return model.entries().contains("app/new"); }));
    EXPECT_EQ(open.model().entries(), list_all(server, "app/"));
    EXPECT_FALSE(open.model().entries().contains("app/old"));

    Watcher back(server, "prefix=app/&since=" + before);
    ASSERT_TRUE(back.next_of("snapshot"));
    EXPECT_EQ(back.model().resume(), "snapshot");
    EXPECT_EQ(back.model().reason(), "epoch_changed");
    EXPECT_EQ(back.model().entries(), list_all(server, "app/"));
}

}  // namespace
}  // namespace confcast::test
