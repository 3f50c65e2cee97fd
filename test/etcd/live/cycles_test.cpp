// Connect, watch, cancel, close, again and again: what asan and tsan look at.
#include <cstdlib>

#include "live_test.hpp"

namespace confcast::etcd {
namespace {

using namespace std::chrono_literals;

int cycles() {
    const char* wanted = std::getenv("CONFCAST_CYCLES");
    return wanted == nullptr ? 100 : std::atoi(wanted);
}

class Cycles : public LiveTest {};

Awaitable<> take_one(store::WatchStream& stream, bool& ended) {
    co_await stream.next();
    ended = true;
}

TEST_F(Cycles, ConnectWatchCancelReconnectLeavesNothingBehind) {
    test::EtcdProcess process;
    auto options = options_for({process.endpoint()});
    options.probes.connect_interval = 5ms;
    options.probes.ask_interval = 5ms;
    for (int i = 0; i < cycles(); ++i) {
        open(options);
        const auto revision = put("/a", std::to_string(i));
        auto busy = watch(revision + 1);
        auto quiet = watch(revision + 2);
        auto forgotten = watch(revision + 2);
        put("/b", "1");
        EXPECT_EQ(next(*busy), std::to_string(revision + 1) + ": /b");
        bool ended = false;
        asio::co_spawn(io_, take_one(*quiet, ended), asio::detached);
        pass(0ms);
        if (i % 3 == 0) quiet.reset();      // the wait ends with its stream
        if (i % 3 == 1) run(db().close());  // … or with the store
        if (i % 3 == 2) put("/c", "1");     // … or etcd answers something
        until([&] { return ended; });
        forgotten.reset();
        if (i % 2 == 0) busy.reset();
        close();
    }
}

TEST_F(Cycles, AStoreThatIsDestroyedUnderItsCallsIsSafe) {
    test::EtcdProcess process;
    auto options = options_for({process.endpoint()});
    options.probes.connect_interval = 5ms;
    options.probes.ask_interval = 5ms;
    for (int i = 0; i < cycles() / 4; ++i) {
        open(options);
        const auto revision = put("/a", std::to_string(i));
        auto stream = watch(revision + 1);
        bool ended = false;
        int answered = 0;
        asio::co_spawn(io_, take_one(*stream, ended), asio::detached);
        for (int j = 0; j < 10; ++j)
            asio::co_spawn(io_, db().status(),
                           [&](const std::exception_ptr&, const Result<store::Status>&) { ++answered; });
        io_.restart();
        io_.poll();
        store_.reset();
        until([&] { return ended && answered == 10; });
        io_.restart();
        io_.run_for(10s);
        EXPECT_TRUE(io_.stopped());
    }
}

TEST_F(Cycles, AnEtcdThatComesAndGoesIsSafe) {
    test::EtcdProcess process;
    auto options = options_for({process.endpoint()});
    options.probes.connect_interval = 5ms;
    options.probes.ask_interval = 5ms;
    open(options);
    for (int i = 0; i < cycles() / 20; ++i) {
        until([&] { return try_put("/a", std::to_string(i)).has_value(); });
        auto stream = watch(status().revision + 1);
        process.kill();
        EXPECT_EQ(next(*stream), "store_unavailable");
        process.start();
    }
}

}  // namespace
}  // namespace confcast::etcd
