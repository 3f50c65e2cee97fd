// Three members, of which some are killed or frozen.
#include <csignal>

#include "live_test.hpp"

namespace confcast::etcd {
namespace {

using namespace std::chrono_literals;

class Cluster : public LiveTest {
  protected:
    void open_with_probes() {
        auto options = options_for(cluster_.endpoints());
        options.call_timeout = 2s;  // a busy machine must not make a member that lives look dead
        options.probes.connect_timeout = 2s;
        options.probes.connect_interval = 20ms;
        options.probes.ask_interval = 50ms;
        options.probes.out_after = 2;
        open(options);
        wait_until_it_answers();
    }
    std::size_t in_use() {
        const auto states = db().endpoints();
        for (std::size_t i = 0; i < states.size(); ++i)
            if (states[i].in_use) return i;
        throw std::logic_error("no endpoint is in use");
    }
    bool healthy(std::size_t i) { return db().endpoints()[i].healthy; }

    test::EtcdMembers cluster_{3};
};

TEST_F(Cluster, EachMemberMayDieInTurnAndNothingIsLost) {
    open_with_probes();
    store::Revision seen = put("/n", "begin");
    std::unique_ptr<store::WatchStream> stream = watch(seen + 1);
    for (int round = 1; round <= 3; ++round) {
        const std::size_t victim = in_use();
        cluster_.member(victim).kill();
        // A write may be unknown, and then be there twice: the watch says every one of them, once and in order.
        const std::string value = std::to_string(round);
        until([&] { return try_put("/n", value).has_value(); });
        until([&] { return in_use() != victim; });  // the others may seem out too, for a moment
        store::Revision last = 0;
        until([&] {
            const auto now = run(db().status());
            last = now ? now->revision : 0;
            return now.has_value();
        });
        while (seen < last) {
            const std::string line = stream ? next(*stream) : "store_unavailable";
            if (line == "store_unavailable") {
                auto opened = run(db().watch({store::KeyRange::prefix("/"), seen + 1}));
                stream = opened ? std::move(*opened) : nullptr;
                continue;
            }
            ASSERT_EQ(line, std::to_string(++seen) + ": /n");
        }
        until([&] { return !healthy(victim); });
        EXPECT_NE(db().endpoints()[victim].last_error, "");
        cluster_.member(victim).start();
        until([&] { return healthy(victim); });
    }
    EXPECT_GE(db().stats().endpoint_changes, 3U);
}

TEST_F(Cluster, AFrozenMemberIsFoundOutAndTheWatchMovesOn) {
    open_with_probes();
    const auto first = put("/a", "1");
    std::unique_ptr<store::WatchStream> stream;
    const auto open_watch = [&] {  // on a busy machine a member may seem out for a moment
        auto opened = run(db().watch({store::KeyRange::prefix("/"), first + 1}));
        stream = opened ? std::move(*opened) : nullptr;
        return stream != nullptr;
    };
    until(open_watch);
    const std::size_t frozen = in_use();
    cluster_.member(frozen).signal(SIGSTOP);
    EXPECT_EQ(next(*stream), "store_unavailable") << "the probe that asks has found it out";
    until([&] { return !healthy(frozen) && in_use() != frozen; });
    until([&] { return try_put("/b", "1").has_value(); });
    std::string line;
    until([&] {
        if (open_watch()) line = next(*stream);
        return stream != nullptr && line != "store_unavailable";
    });
    EXPECT_EQ(line, std::to_string(first + 1) + ": /b");
    cluster_.member(frozen).signal(SIGCONT);
    until([&] { return healthy(frozen); });
}

TEST_F(Cluster, AReadGoesOnToTheNextMemberWithinItsTime) {
    auto options = options_for(cluster_.endpoints());  // no probes: the call itself finds out
    options.call_timeout = 5s;
    open(options);
    wait_until_it_answers();
    put("/a", "1");
    cluster_.member(0).signal(SIGSTOP);
    cluster_.member(1).kill();
    cluster_.member(1).start();
    EXPECT_EQ(get("/a"), "1");
    EXPECT_NE(in_use(), 0U);
    cluster_.member(0).signal(SIGCONT);
}

TEST_F(Cluster, AMemberWithoutALeaderEndsTheWatchAndRefusesCalls) {
    open(options_for({cluster_.member(0).endpoint()}));
    wait_until_it_answers();
    put("/a", "1");
    auto stream = watch(3);
    cluster_.member(1).kill();
    cluster_.member(2).kill();
    EXPECT_EQ(next(*stream), "store_unavailable");
    until([&] { return try_put("/a", "2").error().code() == Errc::store_unavailable; });
    EXPECT_EQ(get("/a"), "store_unavailable");
    cluster_.member(1).start();
    until([&] { return get("/a") != "store_unavailable"; });
}

}  // namespace
}  // namespace confcast::etcd
