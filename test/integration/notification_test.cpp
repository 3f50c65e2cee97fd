// Notifications of the real server: told once, remembered over a restart, gone when their time is over.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "notices.hpp"

namespace confcast::test {
namespace {

std::map<std::string, int> once(const std::vector<std::string>& ids) {
    std::map<std::string, int> all;
    for (const std::string& id : ids) all[id] = 1;
    return all;
}

TEST(Notifications, OfManyPublishersAreToldOnce) {
    const Server server;
    Watcher first(server, "topic=jobs");
    Watcher second(server, "topic=jobs&topic=other&prefix=app/");
    ASSERT_TRUE(first.next_of("snapshot"));
    ASSERT_TRUE(second.next_of("snapshot"));
    const auto ids = numbered("e", 50);
    const auto published = publish_everywhere(std::vector<const Server*>(8, &server), "jobs", ids);
    EXPECT_EQ(published.fresh, ids.size());
    EXPECT_EQ(published.duplicates, 7 * ids.size());
    EXPECT_EQ(published.others, 0U) << published.a_refusal;
    EXPECT_EQ(publish(server, "jobs", "last"), 201U);
    auto expected = once(ids);
    expected["last"] = 1;
    EXPECT_EQ(listen(first, ids.size() + 1), expected);
    EXPECT_EQ(listen(second, ids.size() + 1), expected);
    EXPECT_EQ(first.model().violations(), std::vector<std::string>{});
}

TEST(Notifications, AreThereForThoseWhoComeBackAfterAKill) {
    Server server;
    auto watcher = std::make_unique<Watcher>(server, "topic=jobs");
    ASSERT_TRUE(watcher->next_of("snapshot"));
    ASSERT_EQ(publish(server, "jobs", "seen"), 201U);
    EXPECT_EQ(listen(*watcher, 1), once({"seen"}));
    auto model = watcher->model();
    watcher->socket().abort();
    for (const std::string& id : numbered("missed", 20)) ASSERT_EQ(publish(server, "jobs", id), 201U);
    server.kill();
    server.start();
    EXPECT_EQ(publish(server, "jobs", "seen"), 200U) << "a duplicate, after the restart too";
    EXPECT_EQ(publish(server, "jobs", "missed0"), 200U);
    EXPECT_EQ(publish(server, "jobs", "after"), 201U);
    Watcher again(server, "topic=jobs&since=" + model.since(), model);
    auto expected = once(numbered("missed", 20));
    expected["after"] = 1;
    EXPECT_EQ(listen(again, 21), expected);
    EXPECT_EQ(again.model().resume(), "changes");
}

TEST(Notifications, AreForgottenWhenTheirTimeIsOver) {
    const Server server({.flags = {"--remember", "1s"}});
    ASSERT_EQ(publish(server, "jobs", "a"), 201U);
    EXPECT_EQ(publish(server, "jobs", "a"), 200U);
    const auto kept = [&] { return server.http().get("/metrics").body.find("confcast_feed_notifications 0\n"); };
    const auto deadline = load::Clock::now() + std::chrono::seconds{60};
    while (kept() == std::string::npos && load::Clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    EXPECT_EQ(publish(server, "jobs", "a"), 201U);
}

TEST(Notifications, AnIdempotencyKeyMakesOneWriteOfMany) {
    const Server server;
    Watcher watcher(server, "prefix=app/");
    ASSERT_TRUE(watcher.next_of("snapshot"));
    std::vector<std::jthread> threads;
    std::atomic<int> fresh{0};
    std::atomic<int> repeats{0};
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            auto http = server.http();
            const auto answer =
                http.request("PUT", "/config/app/a", {{"Content-Type", "application/json"}, {"Idempotency-Key", "one"}},
                             R"({"value":"1"})");
            fresh += answer.status == 201 ? 1 : 0;
            repeats += answer.status == 200 && answer.body.find(R"("version":1,"duplicate":true)") != std::string::npos;
        });
    threads.clear();
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(repeats, 7);
    const auto last = server.put("app/b", "1");
    ASSERT_TRUE(watcher.until([&](const Model& model) { return model.position() >= last; }));
    EXPECT_EQ(watcher.model().updates(), 2U);
}

}  // namespace
}  // namespace confcast::test
