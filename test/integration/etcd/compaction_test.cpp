// etcd compacts while the server's watch is down: the history is gone, and subscribers get the difference all the same.
#include <gtest/gtest.h>

#include <iostream>

#include "confcast/test/proxy.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

using Keys = std::vector<std::string>;

class Compaction : public testing::Test {
  protected:
    void disconnect() {
        proxy.refuse(true);
        proxy.cut();
        ASSERT_TRUE(eventually([&] { return is_stale(server); }));
    }
    void by_hand(std::vector<std::string> arguments) { etcd.ctl(arguments); }
    /// Compacts all there is and lets the server see it.
    void compact_and_reconnect() {
        etcd.ctl({"compact", std::to_string(head())});
        proxy.refuse(false);
        ASSERT_TRUE(eventually([&] { return !is_stale(server); }));
    }
    std::int64_t head() const {
        const auto status = json::parse(etcd.ctl({"endpoint", "status", "-w", "json"}));
        return status.at(0).at("Status").at("header").at("revision").to_number<std::int64_t>();
    }

    EtcdCluster etcd{{.members = 1}};
    Proxy proxy{etcd.port(0)};
    Server server{on_etcd(proxy.endpoint())};
};

TEST_F(Compaction, SubscribersGetExactlyTheDifference) {
    for (const auto* key : {"app/changed", "app/deleted", "app/kept", "app/recreated"}) server.put(key, "1");
    server.put("other/a", "1");
    Crowd crowd(server, {"app/", "other/"});
    disconnect();
    by_hand({"put", "/config/app/changed", "2"});
    by_hand({"put", "/config/app/changed", "3"});
    by_hand({"del", "/config/app/deleted"});
    by_hand({"del", "/config/app/recreated"});
    by_hand({"put", "/config/app/recreated", "2"});
    by_hand({"put", "/config/app/new", "1"});
    by_hand({"put", "/config/app/short-lived", "1"});
    by_hand({"del", "/config/app/short-lived"});
    compact_and_reconnect();

    const auto update = crowd[0].next_of("update", std::chrono::seconds{60});
    ASSERT_TRUE(update);
    EXPECT_EQ(keys_of(*update), (Keys{"app/changed", "-app/deleted", "app/new", "app/recreated"}));
    EXPECT_TRUE(update->at("payload").as_object().contains("coalesced_from"));
    const auto last = server.put("app/last", "1");
    const auto next = crowd[0].next_of("update");
    ASSERT_TRUE(next);
    EXPECT_EQ(keys_of(*next), Keys{"app/last"}) << "the difference came more than once";
    crowd.expect_agreement(server, last);
    EXPECT_EQ(crowd[1].model().updates(), 0U) << "nothing of this was the other's";
}

TEST_F(Compaction, NobodyIsToldAnythingWhenNothingDiffers) {
    server.put("app/a", "1");
    Crowd crowd(server, {"app/", ""});
    disconnect();
    by_hand({"put", "/elsewhere", "1"});
    by_hand({"del", "/elsewhere"});
    by_hand({"put", "/config/app/short-lived", "1"});
    by_hand({"del", "/config/app/short-lived"});
    compact_and_reconnect();
    const auto last = server.put("app/last", "1");
    crowd.expect_agreement(server, last);
    EXPECT_EQ(crowd[0].model().updates(), 1U) << "only what was put after it";
    EXPECT_EQ(crowd[1].model().updates(), 1U);
}

// etcd 3.4 forgets the delete itself when a watch starts exactly at the revision up to which it was compacted.
TEST_F(Compaction, ADeleteAtTheCompactedRevisionReachesTheSubscribers) {
    server.put("app/a", "1");
    Crowd crowd(server, {"app/"});
    disconnect();
    by_hand({"del", "/config/app/a"});
    const auto deleted_at = head();
    compact_and_reconnect();

    // etcd itself: what it says first from that revision on is not the delete.
    TemporaryDirectory scratch;
    ChildProcess watch({"/usr/bin/env", "ETCDCTL_API=3", "/usr/bin/etcdctl", "--endpoints", etcd.endpoints(), "watch",
                        "--prefix", "/config/", "--rev", std::to_string(deleted_at)},
                       std::string(scratch.path()) + "/log");
    by_hand({"put", "/elsewhere", "1"});
    by_hand({"put", "/config/zzz", "1"});
    ASSERT_TRUE(eventually([&] { return watch.output().find("zzz") != std::string::npos; }));
    if (watch.output().find("DELETE") != std::string::npos)
        std::cout << "this etcd does tell of a delete at the compacted revision\n";

    const auto update = crowd[0].next_of("update", std::chrono::seconds{60});
    ASSERT_TRUE(update);
    EXPECT_EQ(keys_of(*update), Keys{"-app/a"});
    crowd.expect_agreement(server, server.put("app/last", "1"));
}

TEST_F(Compaction, AHistoryThatIsStillThereIsToldRevisionByRevision) {
    server.put("app/a", "1");
    Crowd crowd(server, {"app/"});
    disconnect();
    for (int i = 0; i < 5; ++i) by_hand({"put", "/config/app/a", std::to_string(i)});
    proxy.refuse(false);
    crowd.expect_agreement(server, put_in_the_end(server, "app/last", "1"));
    EXPECT_EQ(crowd[0].model().updates(), 6U);
    EXPECT_EQ(crowd[0].model().coalesced(), 0U);
}

}  // namespace
}  // namespace confcast::test
