// What is left after a restart, and how a store ends.
#include <gmock/gmock.h>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::Revision;
using store::WatchBatch;
using testing::ElementsAre;

Awaitable<> take_one(store::WatchStream& stream, std::optional<Result<WatchBatch>>& into) {
    auto batch = co_await stream.next();
    into.emplace(std::move(batch));
}

TEST_P(StoreContract, EverythingIsThereAfterARestart) {
    if (!engine().is_durable()) GTEST_SKIP() << "this store keeps nothing";
    const auto first = put("a", "1");
    put("b", "1");
    put("a", "2");
    const auto last = remove("b");
    const auto before = status();
    engine().reopen();
    const auto after = status();
    EXPECT_EQ(after.epoch, before.epoch);
    EXPECT_EQ(after.revision, last);
    EXPECT_EQ(after.oldest, before.oldest);
    EXPECT_EQ(get("a"), (store::KeyValue{k("a"), "2", first, first + 2, 2, 0}));
    EXPECT_THAT(listing(first + 1), ElementsAre("a=1", "b=1"));
    auto stream = watch(all(), first);
    EXPECT_EQ(read_until(*stream, last).size(), 4U);
    EXPECT_EQ(put("a", "3"), last + 1);
    EXPECT_EQ(get("a")->version, 3);
}

TEST_P(StoreContract, StatusSaysWhatTheStoreIs) {
    put("a", "1");
    const auto now = status();
    EXPECT_NE(now.epoch.id, 0U);
    EXPECT_FALSE(now.version.empty());
    EXPECT_EQ(now.problem, "");
    EXPECT_GE(now.oldest, 0);
    EXPECT_LE(now.oldest, now.revision);
}

TEST_P(StoreContract, AfterCloseEveryCallFailsWithShuttingDown) {
    const auto lease = grant(60);
    put("a", "1");
    run(db().close());
    EXPECT_EQ(run(db().status()).error().code(), Errc::shutting_down);
    EXPECT_EQ(try_range({all(), 0, 0, false}).error().code(), Errc::shutting_down);
    EXPECT_EQ(try_commit(put_of(k("a"), "2")).error().code(), Errc::shutting_down);
    EXPECT_EQ(run(db().watch({all(), 1})).error().code(), Errc::shutting_down);
    EXPECT_EQ(run(db().compact(1)).error().code(), Errc::shutting_down);
    EXPECT_EQ(run(db().grant(5)).error().code(), Errc::shutting_down);
    EXPECT_EQ(run(db().keep_alive(lease.id)).error().code(), Errc::shutting_down);
    EXPECT_EQ(run(db().revoke(lease.id)).error().code(), Errc::shutting_down);
}

TEST_P(StoreContract, CloseEndsEveryWatch) {
    auto waiting = watch(all(), newest() + 1);
    auto idle = watch(all(), newest() + 1);
    std::optional<Result<WatchBatch>> answer;
    asio::co_spawn(io(), take_one(*waiting, answer), asio::detached);
    run(db().status());
    run(db().close());
    for (int i = 0; i < 100 && !answer; ++i) run(db().status());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code(), Errc::shutting_down);
    EXPECT_EQ(run(idle->next()).error().code(), Errc::shutting_down);
}

TEST_P(StoreContract, CloseMayBeAskedTwice) {
    run(db().close());
    run(db().close());
}

TEST_P(StoreContract, WhatIsUnderWayAtCloseIsFinished) {
    constexpr int writes = 50;
    const auto start = newest();
    int answered = 0;
    int committed = 0;
    for (int i = 0; i < writes; ++i) {
        asio::co_spawn(io(), db().commit(put_of(k(std::to_string(i)), "v")),
                       [&](const std::exception_ptr&, const auto& result) {
                           ++answered;
                           if (result) ++committed;
                       });
    }
    run(db().close());
    while (answered < writes) run(db().status());
    if (!engine().is_durable()) return;
    engine().reopen();
    EXPECT_EQ(newest(), start + committed) << "what was acknowledged is there, what was refused is not";
    EXPECT_EQ(listing().size(), static_cast<std::size_t>(committed));
}

}  // namespace
}  // namespace confcast::test
