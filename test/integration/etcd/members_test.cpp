// A cluster of three loses a member at a time; the server and its subscribers lose nothing.
#include <gtest/gtest.h>

#include "workshop.hpp"

namespace confcast::test {
namespace {

constexpr auto stopped_limit = std::chrono::seconds{120};

void expect_kept(const Server& server, const Writers& writers, const std::string& prefix) {
    const auto state = list_all(server, prefix);
    for (const auto& [key, value] : writers.certain()) {
        const auto found = state.find(key);
        if (value.empty()) {
            EXPECT_EQ(found, state.end()) << key << " was deleted and is there";
        } else {
            ASSERT_NE(found, state.end()) << key << " was acknowledged and is gone";
            EXPECT_EQ(found->second.value, value) << key;
        }
    }
}

TEST(Members, EachInTurnIsKilledUnderLoadAndNothingIsLost) {
    EtcdCluster etcd;
    const Server server(on_etcd(etcd.endpoints()));
    Crowd crowd(server, {"load/", "load/0/", "load/pair/"}, "load/pair/");
    Writers writers(server, {.threads = 3, .keys = 10, .pair_threads = 1, .delete_every = 7});
    const auto writes = [&](std::uint64_t more) {
        const auto enough = writers.acknowledged() + more;
        return crowd.until([&] { return writers.acknowledged() >= enough; });
    };
    ASSERT_TRUE(writes(50));
    const auto first = leader_of(etcd);
    for (std::size_t i = 0; i < etcd.size(); ++i) {
        const auto member = (first + i) % etcd.size();
        etcd.kill(member);
        ASSERT_TRUE(writes(100)) << "member " << member << " is dead and nothing is written";
        etcd.start(member);
        ASSERT_TRUE(writes(50)) << "member " << member << " is back and nothing is written";
    }
    writers.stop();
    crowd.expect_agreement(server, put_in_the_end(server, "load/last", "x"));
    expect_kept(server, writers, "load/");
}

TEST(Members, TheOneThatCarriesTheWatchStopsAndTheChangesComeThroughAnother) {
    EtcdCluster etcd;
    const Server server(on_etcd(etcd.endpoints()));
    Crowd crowd(server, {"app/", "app/a"});
    std::size_t carrier = 0;
    ASSERT_TRUE(eventually([&] {
        for (carrier = 0; carrier < etcd.size(); ++carrier)
            if (metric_of(etcd, carrier, "etcd_debugging_mvcc_watcher_total") > 0) return true;
        return false;
    }));
    etcd.stop(carrier);
    const auto revision = put_in_the_end(server, "app/a", "written while it stands still");
    EXPECT_TRUE(crowd.until([&] { return crowd[1].model().position() >= revision; }, stopped_limit))
        << "the stopped member still carries the watch";
    etcd.go_on(carrier);
    crowd.expect_agreement(server, put_in_the_end(server, "app/b", "written after"));
}

}  // namespace
}  // namespace confcast::test
