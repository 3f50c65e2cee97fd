// Much at once: a hundred thousand keys, and the largest transaction that etcd takes.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "workshop.hpp"

namespace confcast::test {
namespace {

constexpr std::size_t many = 100'000;
constexpr std::size_t in_one = 64;  // of the API's; etcd's 128 with the metadata beside each

std::string number(std::size_t n) {
    auto text = std::to_string(n);
    return std::string(6 - text.size(), '0') + text;
}

void fill(const Server& server, std::size_t from, std::size_t to) {
    auto http = server.http();
    while (from < to) {
        json::array puts;
        for (std::size_t i = 0; i < in_one && from < to; ++i, ++from)
            puts.push_back({{"key", "big/" + number(from)}, {"value", "x"}});
        const auto answer = http.request("POST", "/api/v1/txn", {{"Content-Type", "application/json"}},
                                         json::serialize(json::value{{"put", std::move(puts)}}));
        ASSERT_EQ(answer.status, 200U) << answer.body;
    }
}

TEST(Large, AHundredThousandKeysAreListedInPagesAtOneRevisionWhileTheyChange) {
    EtcdCluster etcd({.members = 1});
    Server server(on_etcd(etcd.endpoints()));
    std::vector<std::thread> fillers;
    constexpr std::size_t parts = 4;
    for (std::size_t i = 0; i < parts; ++i)
        fillers.emplace_back([&, i] { fill(server, many * i / parts, many * (i + 1) / parts); });
    for (auto& filler : fillers) filler.join();
    // The first list after a start is of many pages too.
    ASSERT_EQ(server.terminate(), 0);
    server.start();

    // The last quarter of the pages is of a revision that is past by then: etcd is asked for it as it was.
    auto http = server.http();
    std::size_t listed = 0;
    std::set<std::int64_t> revisions;
    std::string cursor;
    std::int64_t changed_at = 0;
    do {
        const auto answer =
            http.get("/api/v1/config?limit=500&prefix=big/" + (cursor.empty() ? "" : "&cursor=" + cursor));
        ASSERT_EQ(answer.status, 200U) << answer.body;
        const auto page = envelope_of(answer).at("data").as_object();
        revisions.insert(page.at("revision").to_number<std::int64_t>());
        for (const auto& entry : page.at("entries").as_array()) {
            ASSERT_EQ(entry.at("key").as_string(), "big/" + number(listed++));
            ASSERT_EQ(entry.at("value").as_string(), "x");
        }
        cursor = page.at("next_cursor").is_string() ? std::string(page.at("next_cursor").as_string()) : std::string{};
        if (changed_at == 0 && listed >= many * 3 / 4) changed_at = server.put("big/" + number(many - 1), "changed");
    } while (!cursor.empty());
    EXPECT_EQ(listed, many);
    EXPECT_EQ(revisions, std::set{changed_at - 1}) << "the pages are of different revisions";

    Watcher watcher(server, "prefix=big/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    EXPECT_EQ(watcher.model().entries().size(), many);
    EXPECT_EQ(watcher.model().violations(), std::vector<std::string>{});
}

TEST(Large, ATransactionOf128OperationsArrivesAsOneMessage) {
    EtcdCluster etcd({.members = 1});
    const Server server(on_etcd(etcd.endpoints()));
    Crowd crowd(server, {"by-hand/", "api/"});

    // By hand: 128 settings, which is all that etcd takes.
    std::string script = "printf '\\n";
    for (std::size_t i = 0; i < 2 * in_one; ++i) script += "put /config/by-hand/" + number(i) + " x\\n";
    script += "\\n\\n' | ETCDCTL_API=3 etcdctl --endpoints " + etcd.endpoints() + " txn";
    TemporaryDirectory scratch;
    ChildProcess by_hand({"/bin/sh", "-c", script}, std::string(scratch.path()) + "/log");
    ASSERT_EQ(by_hand.wait(std::chrono::seconds{30}), 0) << by_hand.output();
    const auto update = crowd[0].next_of("update");
    ASSERT_TRUE(update);
    EXPECT_EQ(keys_of(*update).size(), 2 * in_one);

    // By the API: 64 settings with their metadata.
    json::array puts;
    for (std::size_t i = 0; i < in_one; ++i) puts.push_back({{"key", "api/" + number(i)}, {"value", "x"}});
    const auto answer = server.http().request("POST", "/api/v1/txn", {{"Content-Type", "application/json"}},
                                              json::serialize(json::value{{"put", std::move(puts)}}));
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto second = crowd[1].next_of("update");
    ASSERT_TRUE(second);
    EXPECT_EQ(keys_of(*second).size(), in_one);
    crowd.expect_agreement(server, server.put("api/last", "x"));
}

}  // namespace
}  // namespace confcast::test
