// Much at once: a hundred thousand keys, and the largest transaction that etcd takes.
#include <gtest/gtest.h>

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

    Writers writers(server, {.threads = 1, .prefix = "big/", .keys = 20});
    std::int64_t revision = 0;
    const auto all = list_all(server, "big/0", &revision);  // throws when the pages are of different revisions
    writers.stop();
    EXPECT_EQ(all.size(), many);
    for (const auto& [key, known] : all) ASSERT_LE(known.mod_revision, revision) << key;
    EXPECT_GE(writers.last_revision(), revision);

    Watcher watcher(server, "prefix=big/");
    ASSERT_TRUE(watcher.until([](const Model& model) { return model.snapshots() == 1; }));
    EXPECT_GE(watcher.model().entries().size(), many);
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
