// An etcd that is away, frozen, or comes back as another one.
#include <csignal>

#include "live_test.hpp"

namespace confcast::etcd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Away : public LiveTest {};

TEST_F(Away, NothingListensAndEveryCallSaysSo) {
    test::EtcdProcess process;
    process.kill();
    open(options_for({process.endpoint()}));
    EXPECT_EQ(run(db().status()).error().code(), Errc::store_unavailable);
    EXPECT_EQ(get("/a"), "store_unavailable");
    EXPECT_EQ(try_put("/a", "1").error().code(), Errc::store_unavailable) << "it was never sent: this is certain";
    EXPECT_EQ(run(db().watch({store::KeyRange::prefix("/"), 1})).error().code(), Errc::store_unavailable);
    EXPECT_EQ(run(db().compact(5)).error().code(), Errc::store_unavailable);
    EXPECT_EQ(run(db().grant(5)).error().code(), Errc::store_unavailable);
    EXPECT_THAT(try_put("/a", "1").error().detail("reason"), HasSubstr("Connection refused"));
}

TEST_F(Away, ItIsFoundAgainWhenItIsBack) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    put("/a", "1");
    process.kill();
    EXPECT_EQ(get("/a"), "store_unavailable");
    process.start();
    until([&] { return get("/a") == "1"; });
    until([&] { return try_put("/a", "2").has_value(); });
}

TEST_F(Away, AWatchEndsAndAnotherGoesOnAfterIt) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    const auto first = put("/a", "1");
    auto stream = watch(first);
    EXPECT_EQ(next(*stream), std::to_string(first) + ": /a");
    process.kill();
    EXPECT_EQ(next(*stream), "store_unavailable");
    process.start();
    until([&] { return try_put("/b", "2").has_value(); });
    until([&] { return run(db().watch({store::KeyRange::prefix("/"), first + 1})).has_value(); });
    stream = watch(first + 1);
    EXPECT_EQ(next(*stream), std::to_string(first + 1) + ": /b");
    EXPECT_EQ(db().stats().watches_lost, 1U);
}

TEST_F(Away, AFrozenEtcdLeavesAWriteUnknownAndAReadLate) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    put("/a", "1");
    process.signal(SIGSTOP);
    EXPECT_EQ(get("/a"), "store_timeout");
    EXPECT_EQ(try_put("/a", "2").error().code(), Errc::outcome_unknown);
    process.signal(SIGCONT);
    // It was sent; whether etcd reads it before it reads that the caller has given up is a race that nobody can decide.
    until([&] { return get("/a") == "1" || get("/a") == "2"; });
}

TEST_F(Away, AWriteThatFindsNoConnectionIsCertainlyNotSent) {
    test::EtcdProcess process;
    process.signal(SIGSTOP);  // the kernel takes the connection, nobody answers on it
    open(options_for({process.endpoint()}));
    EXPECT_NE(try_put("/a", "1").error().code(), Errc::outcome_unknown);
    process.signal(SIGCONT);
    wait_until_it_answers();
    EXPECT_EQ(status().revision, 1) << "nothing was written";
}

TEST_F(Away, AFrozenEtcdIsNoticedByTheWatchsKeepalive) {
    test::EtcdProcess process;
    auto options = options_for({process.endpoint()});
    options.keepalive_time = 1s;
    options.keepalive_timeout = 200ms;
    open(options);
    auto stream = watch(2);
    process.signal(SIGSTOP);
    EXPECT_EQ(next(*stream), "store_unavailable");
    process.signal(SIGCONT);
}

TEST_F(Away, AWatchThatIsNotConfirmedInTimeFails) {
    test::EtcdProcess process;
    auto options = options_for({process.endpoint()});
    options.create_timeout = 200ms;
    open(options);
    put("/a", "1");
    process.signal(SIGSTOP);
    const auto opened = run(db().watch({store::KeyRange::prefix("/"), 2}));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().detail("reason"), "etcd did not confirm the watch in time");
    process.signal(SIGCONT);
}

TEST_F(Away, ACancelledCallEndsAtOnceThoughEtcdIsFrozen) {
    test::EtcdProcess process;
    auto options = options_for({process.endpoint()});
    options.call_timeout = 50s;
    open(options);
    put("/a", "1");
    process.signal(SIGSTOP);
    bool ended = false;
    asio::cancellation_signal stop;
    asio::co_spawn(io_, db().status(),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](const std::exception_ptr&, const Result<store::Status>&) { ended = true; }));
    pass(50ms);
    EXPECT_FALSE(ended);
    stop.emit(asio::cancellation_type::terminal);
    until([&] { return ended; });
    process.signal(SIGCONT);
}

class OtherHistory : public LiveTest {};

TEST_F(OtherHistory, AnotherClusterIsRefusedUntilStatusSaysAnotherEpoch) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    put("/a", "1");
    const auto before = status();
    auto stream = watch(before.revision + 1);
    process.kill();
    process.wipe();
    process.start();
    EXPECT_EQ(next(*stream), "store_unavailable");
    until([&] { return run(db().grant(60)).has_value(); });  // it answers again
    EXPECT_EQ(get("/a"), "store_unavailable") << "nothing is told of a history that nobody asked for";
    const auto opened = run(db().watch({store::KeyRange::prefix("/"), before.revision + 1}));
    EXPECT_EQ(opened.error().detail("reason"), "another etcd cluster answers");
    const auto after = status();
    EXPECT_NE(after.epoch, before.epoch);
    EXPECT_EQ(get("/a"), "");
    EXPECT_EQ(db().stats().restores, 1U);
}

TEST_F(OtherHistory, AnOlderStateOfTheSameClusterIsAnotherEpochToo) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    for (int i = 0; i < 5; ++i) put("/a", "1");
    const auto before = status();
    process.kill();
    process.wipe(test::EtcdProcess::Id::same);
    process.start();
    until([&] { return run(db().grant(60)).has_value(); });
    const auto answer = run(db().range({store::KeyRange::single("/a"), 0, 0, false}));
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().detail("reason"), HasSubstr("below one that was seen"));
    const auto opened = run(db().watch({store::KeyRange::prefix("/"), before.revision + 1}));
    ASSERT_FALSE(opened) << "it would be silent until the new history has grown past the old one";
    EXPECT_EQ(opened.error().code(), Errc::store_unavailable);
    const auto after = status();
    EXPECT_NE(after.epoch, before.epoch);
    EXPECT_EQ(after.revision, 1);
    EXPECT_EQ(get("/a"), "");
}

TEST_F(OtherHistory, ADeleteAtTheCompactedRevisionIsNotLostInSilence) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    put("/a", "1");
    const auto deleted = put("/b", "1") + 1;
    process.ctl({"del", "/a"});
    put("/b", "2");
    process.ctl({"compact", std::to_string(deleted), "--physical"});
    // etcd 3.4 accepts a watch from there, and says nothing of the delete.
    const auto opened = run(db().watch({store::KeyRange::prefix("/"), deleted}));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), Errc::compacted);
    EXPECT_EQ(opened.error().number("oldest"), deleted);
}

TEST_F(OtherHistory, AWriteByHandReachesAWatcher) {
    test::EtcdProcess process;
    open(options_for({process.endpoint()}));
    auto stream = watch(2);
    process.ctl({"put", "/config/app/port", "8080"});
    EXPECT_EQ(next(*stream), "2: /config/app/port");
    process.ctl({"del", "/config/app/port"});
    EXPECT_EQ(next(*stream), "3: /config/app/port");
}

}  // namespace
}  // namespace confcast::etcd
