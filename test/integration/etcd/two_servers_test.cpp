// Two servers on one etcd, and one watch for any number of subscribers.
#include <gtest/gtest.h>

#include "../notices.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

TEST(TwoServers, AClientThatMovesResumesWithChangesAndWithoutAGap) {
    EtcdCluster etcd({.members = 1});
    const Server a(on_etcd(etcd.endpoints()));
    const Server b(on_etcd(etcd.endpoints()));
    Writers to_a(a, {.threads = 2, .prefix = "load/a/", .keys = 10, .pair_threads = 1, .delete_every = 7});
    Writers to_b(b, {.threads = 2, .prefix = "load/b/", .keys = 10, .delete_every = 7});

    auto watcher = std::make_unique<Watcher>(a, "prefix=load/", Model("load/a/pair/"));
    for (int move = 0; move < 12; ++move) {
        ASSERT_TRUE(watcher->next_of("update"));
        watcher->drain();
        if (watcher->model().in_snapshot() || watcher->model().position() == 0) continue;
        const auto model = watcher->model();
        watcher->socket().abort();
        const auto& next = move % 2 == 0 ? b : a;
        watcher = std::make_unique<Watcher>(next, "prefix=load/&since=" + model.since(), model);
        ASSERT_TRUE(watcher->next_of("welcome"));
        EXPECT_EQ(watcher->model().resume(), "changes") << watcher->model().reason();
        EXPECT_EQ(watcher->model().epoch(), model.epoch());
    }
    to_a.stop();
    to_b.stop();
    EXPECT_EQ(to_a.failures() + to_b.failures(), 0U);
    const auto last = std::max(to_a.last_revision(), to_b.last_revision());
    ASSERT_TRUE(watcher->until([&](const Model& model) { return model.position() >= last; }));
    EXPECT_EQ(watcher->model().violations(), std::vector<std::string>{});
    for (const auto* server : {&a, &b}) {
        ASSERT_EQ(server->http().get("/config?prefix=load/&limit=1").status, 200U);
        std::int64_t at = 0;
        ASSERT_TRUE(eventually([&] { return list_all(*server, "load/", &at), at >= last; }));
        EXPECT_EQ(watcher->model().entries(), list_all(*server, "load/"));
    }
    EXPECT_EQ(watchers_of(etcd), 2.0) << "one for each server";
}

TEST(TwoServers, AWriteToOneIsPushedByTheOther) {
    EtcdCluster etcd({.members = 1});
    const Server a(on_etcd(etcd.endpoints()));
    const Server b(on_etcd(etcd.endpoints()));
    Crowd crowd(b, {"app/"});
    const auto revision = a.put("app/a", "1");
    const auto update = crowd[0].next_of("update");
    ASSERT_TRUE(update);
    EXPECT_EQ(update->at("seq_id").to_number<std::int64_t>(), revision);
}

TEST(TwoServers, ATraceIsToldByTheOtherToo) {
    EtcdCluster etcd({.members = 1});
    const Server a(on_etcd(etcd.endpoints()));
    const Server b(on_etcd(etcd.endpoints()));
    Crowd crowd(b, {"app/"});
    auto client = a.http();
    const load::Headers traced{{"Content-Type", "text/plain"},
                               {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
    for (const char* method : {"PUT", "DELETE"}) {
        const auto answer =
            client.request(method, "/config/app/a", traced, method == std::string_view("PUT") ? "1" : "");
        ASSERT_LT(answer.status, 300U) << answer.body;
        const auto update = crowd[0].next_of("update");
        ASSERT_TRUE(update);
        EXPECT_EQ(update->at("payload").at("traceparent").as_string(), answer.header("traceparent")) << method;
    }
}

// What a repeat is, is decided in the store: whichever node is asked, at the same time as another.
TEST(TwoServers, ANotificationIsToldOnceByEach) {
    EtcdCluster etcd({.members = 1});
    const Server a(on_etcd(etcd.endpoints()));
    const Server b(on_etcd(etcd.endpoints()));
    Watcher at_a(a, "topic=jobs");
    Watcher at_b(b, "topic=jobs");
    ASSERT_TRUE(at_a.next_of("snapshot"));
    ASSERT_TRUE(at_b.next_of("snapshot"));
    const auto ids = numbered("e", 100);
    const auto published = publish_everywhere({&a, &b, &a, &b}, "jobs", ids);
    EXPECT_EQ(published.fresh, ids.size());
    EXPECT_EQ(published.duplicates, 3 * ids.size());
    EXPECT_EQ(published.others, 0U) << published.a_refusal;
    ASSERT_EQ(publish(b, "jobs", "last"), 201U);
    for (Watcher* watcher : {&at_a, &at_b}) {
        const auto heard = listen(*watcher, ids.size() + 1);
        EXPECT_EQ(heard.size(), ids.size() + 1);
        for (const auto& [id, times] : heard) EXPECT_EQ(times, 1) << id;
    }
    // A client that moves to the other node gets what it has not seen there.
    const auto model = at_a.model();
    at_a.socket().abort();
    ASSERT_EQ(publish(a, "jobs", "moved"), 201U);
    Watcher moved(b, "topic=jobs&since=" + model.since(), model);
    EXPECT_EQ(listen(moved, 1), (std::map<std::string, int>{{"moved", 1}}));
}

TEST(OneWatch, IsAllThatEtcdSeesOfAnyNumberOfSubscribers) {
    load::raise_descriptor_limit();
    EtcdCluster etcd({.members = 1});
    const Server server(on_etcd(etcd.endpoints()));
    constexpr int subscribers = sanitized() ? 500 : 5'000;
    std::vector<std::unique_ptr<load::WebSocketClient>> many;
    for (int i = 0; i < subscribers; ++i)
        many.push_back(
            std::make_unique<load::WebSocketClient>(server.endpoint(), "/ws?prefix=app/" + std::to_string(i % 50)));
    EXPECT_EQ(watchers_of(etcd), 1.0);
    const auto revision = "\"seq_id\":" + std::to_string(server.put("app/1", "1")) + ",";
    for (int i = 0; i < subscribers; ++i) {
        if (i % 50 != 1) continue;  // prefixes app/1
        bool seen = false;
        while (!seen) {
            const auto message = many[static_cast<std::size_t>(i)]->receive();
            ASSERT_TRUE(message) << i;
            seen = message->find(revision) != std::string::npos && message->find("\"update\"") != std::string::npos;
        }
    }
    EXPECT_EQ(watchers_of(etcd), 1.0);
}

}  // namespace
}  // namespace confcast::test
