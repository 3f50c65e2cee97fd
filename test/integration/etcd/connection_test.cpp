// The connection between the server and etcd misbehaves under load.
#include <gtest/gtest.h>

#include "confcast/test/proxy.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

using namespace std::chrono_literals;

class Connection : public testing::Test {
  protected:
    Connection() { EXPECT_TRUE(writes(30)); }
    bool writes(std::uint64_t more) {
        const auto enough = writers.acknowledged() + more;
        return crowd.until([&] { return writers.acknowledged() >= enough; });
    }
    void expect_that_nothing_is_lost() {
        EXPECT_TRUE(writes(50)) << "the writers did not recover";
        writers.stop();
        crowd.expect_agreement(server, put_in_the_end(server, "load/last", "x"));
        const auto state = list_all(server, "load/");
        for (const auto& [key, value] : writers.certain())
            if (!value.empty()) {
                ASSERT_TRUE(state.contains(key)) << key;
                EXPECT_EQ(state.at(key).value, value) << key;
            }
    }

    EtcdCluster etcd{{.members = 1}};
    Proxy proxy{etcd.port(0)};
    Server server{on_etcd(proxy.endpoint())};
    Crowd crowd{server, {"load/", "load/1/"}, "load/pair/"};
    Writers writers{server, {.threads = 2, .keys = 10, .pair_threads = 1, .delete_every = 7}};
};

TEST_F(Connection, IsCutAgainAndAgain) {
    for (int i = 0; i < 5; ++i) {
        proxy.cut();
        ASSERT_TRUE(writes(30)) << i;
    }
    expect_that_nothing_is_lost();
}

TEST_F(Connection, IsRefusedForAWhile) {
    proxy.refuse(true);
    proxy.cut();
    ASSERT_TRUE(crowd.until([&] { return is_stale(server); }));
    proxy.refuse(false);
    expect_that_nothing_is_lost();
}

TEST_F(Connection, CarriesNothingForAWhile) {
    proxy.stall(true);
    // Nothing is closed: only the keepalive's silence, or a call's deadline, can tell.
    ASSERT_TRUE(crowd.until([&] { return is_stale(server); }, 60s));
    EXPECT_EQ(server.http().get("/config?prefix=load/").status, 200U) << "reads go on from memory";
    proxy.stall(false);
    expect_that_nothing_is_lost();
}

TEST_F(Connection, IsHalfClosed) {
    const auto before = proxy.accepted();
    proxy.half_close();
    ASSERT_TRUE(crowd.until([&] { return proxy.accepted() > before; })) << "the server did not notice";
    expect_that_nothing_is_lost();
}

TEST_F(Connection, IsSlow) {
    proxy.delay(50ms);
    ASSERT_TRUE(writes(20));
    proxy.delay(0ms);
    expect_that_nothing_is_lost();
}

}  // namespace
}  // namespace confcast::test
