// Leases: keys that end by themselves.
#include <gmock/gmock.h>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using std::chrono::seconds;
using store::Revision;
using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(StoreContract, AGrantedLeaseHasItsTimeAndAnIdOfItsOwn) {
    const auto a = grant(60);
    const auto b = grant(120);
    EXPECT_NE(a.id, 0);
    EXPECT_NE(a.id, b.id);
    EXPECT_EQ(a.ttl_s, 60);
    EXPECT_EQ(b.ttl_s, 120);
    EXPECT_GE(b.remaining_s, 119);
    EXPECT_LE(b.remaining_s, 120);
}

TEST_P(StoreContract, AGrantMakesNoRevision) {
    const auto start = newest();
    grant(60);
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, ALeaseLastsFromOneSecondToNineThousandMillion) {
    EXPECT_TRUE(run(db().grant(1)));
    EXPECT_TRUE(run(db().grant(9'000'000'000)));
    for (const std::int64_t ttl : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{9'000'000'001}}) {
        const auto lease = run(db().grant(ttl));
        ASSERT_FALSE(lease);
        EXPECT_EQ(lease.error().code(), Errc::invalid_parameter);
    }
}

TEST_P(StoreContract, AKeyShowsItsLease) {
    const auto lease = grant(60);
    const auto revision = put("a", "1", lease.id);
    EXPECT_EQ(get("a"), (store::KeyValue{k("a"), "1", revision, revision, 1, lease.id}));
    auto stream = watch(all(), revision);
    EXPECT_EQ(next_events(*stream).events[0].kv.lease, lease.id);
}

TEST_P(StoreContract, AnEndedLeaseDeletesItsKeysInOneRevisionOfItsOwn) {
    const auto lease = grant(2);
    put("c", "1", lease.id);
    put("a", "1", lease.id);
    put("free", "1");
    const auto last = put("b", "1", lease.id);
    auto stream = watch(all(), last + 1);
    run(engine().pass(seconds{3}));
    const auto batch = next_events(*stream);
    EXPECT_EQ(batch.revision, last + 1);
    EXPECT_THAT(shown(batch, k("").size()), ElementsAre("del a", "del b", "del c"));
    EXPECT_THAT(listing(), ElementsAre("free=1"));
    EXPECT_THAT(listing(last), ElementsAre("a=1", "b=1", "c=1", "free=1")) << "the past stays";
}

TEST_P(StoreContract, ALeaseWithTimeLeftDeletesNothing) {
    const auto lease = grant(60);
    put("a", "1", lease.id);
    run(engine().pass(seconds{2}));
    EXPECT_THAT(listing(), ElementsAre("a=1"));
}

TEST_P(StoreContract, ALeaseThatIsKeptAliveLivesOn) {
    const auto lease = grant(3);
    put("a", "1", lease.id);
    for (int i = 0; i < 3; ++i) {
        run(engine().pass(seconds{2}));
        const auto alive = run(db().keep_alive(lease.id));
        ASSERT_TRUE(alive);
        EXPECT_EQ(alive->id, lease.id);
        EXPECT_EQ(alive->ttl_s, 3);
        EXPECT_GE(alive->remaining_s, 2);
    }
    EXPECT_THAT(listing(), ElementsAre("a=1"));
    run(engine().pass(seconds{4}));
    EXPECT_THAT(listing(), IsEmpty());
}

TEST_P(StoreContract, AnUnknownLeaseIsSaidToBe) {
    const auto start = newest();
    EXPECT_EQ(run(db().keep_alive(4711)).error().code(), Errc::lease_not_found);
    EXPECT_EQ(run(db().revoke(4711)).error().code(), Errc::lease_not_found);
    store::Transaction transaction;
    transaction.puts = {{k("a"), "1", 0}, {k("b"), "1", 4711}};
    const auto result = try_commit(transaction);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::lease_not_found);
    EXPECT_THAT(listing(), IsEmpty());
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, AnEndedLeaseIsUnknown) {
    const auto lease = grant(2);
    run(engine().pass(seconds{4}));
    EXPECT_EQ(run(db().keep_alive(lease.id)).error().code(), Errc::lease_not_found);
    EXPECT_EQ(run(db().revoke(lease.id)).error().code(), Errc::lease_not_found);
    EXPECT_EQ(try_commit(put_of(k("a"), "1", lease.id)).error().code(), Errc::lease_not_found);
}

TEST_P(StoreContract, ARevokedLeaseTakesItsKeysWithItAtOnce) {
    const auto lease = grant(600);
    put("a", "1", lease.id);
    const auto last = put("b", "1", lease.id);
    auto stream = watch(all(), last + 1);
    ASSERT_TRUE(run(db().revoke(lease.id)));
    EXPECT_EQ(newest(), last + 1);
    EXPECT_THAT(shown(next_events(*stream), k("").size()), ElementsAre("del a", "del b"));
    EXPECT_THAT(listing(), IsEmpty());
    EXPECT_EQ(run(db().revoke(lease.id)).error().code(), Errc::lease_not_found);
    EXPECT_EQ(run(db().keep_alive(lease.id)).error().code(), Errc::lease_not_found);
}

TEST_P(StoreContract, ALeaseWithoutKeysEndsWithoutARevision) {
    const auto start = newest();
    const auto revoked = grant(600);
    ASSERT_TRUE(run(db().revoke(revoked.id)));
    grant(2);
    run(engine().pass(seconds{4}));
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, APutWithoutALeaseDetachesTheKey) {
    const auto lease = grant(600);
    put("a", "1", lease.id);
    put("a", "2");
    EXPECT_EQ(get("a")->lease, 0);
    const auto start = newest();
    ASSERT_TRUE(run(db().revoke(lease.id)));
    EXPECT_THAT(listing(), ElementsAre("a=2"));
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, APutWithAnotherLeaseMovesTheKeyToIt) {
    const auto old_lease = grant(600);
    const auto new_lease = grant(600);
    put("a", "1", old_lease.id);
    put("a", "2", new_lease.id);
    ASSERT_TRUE(run(db().revoke(old_lease.id)));
    EXPECT_THAT(listing(), ElementsAre("a=2"));
    ASSERT_TRUE(run(db().revoke(new_lease.id)));
    EXPECT_THAT(listing(), IsEmpty());
}

TEST_P(StoreContract, AKeyDeletedAndMadeAnewIsFreeOfItsLease) {
    const auto lease = grant(600);
    put("a", "1", lease.id);
    remove("a");
    put("a", "2");
    ASSERT_TRUE(run(db().revoke(lease.id)));
    EXPECT_THAT(listing(), ElementsAre("a=2"));
}

TEST_P(StoreContract, AKeyMayBePutAgainWithTheSameLease) {
    const auto lease = grant(600);
    put("a", "1", lease.id);
    const auto last = put("a", "2", lease.id);
    EXPECT_EQ(get("a")->version, 2);
    ASSERT_TRUE(run(db().revoke(lease.id)));
    EXPECT_EQ(newest(), last + 1);
    EXPECT_THAT(listing(), IsEmpty());
}

TEST_P(StoreContract, ALeaseHoldsHundredsOfKeysAndEndsThemTogether) {
    const auto lease = grant(600);
    store::Transaction transaction;
    for (int i = 0; i < 3; ++i) {
        transaction.puts.clear();
        for (int j = 0; j < 100; ++j) transaction.puts.push_back({k(std::to_string(i * 100 + j)), "v", lease.id});
        commit(transaction);
    }
    const auto last = newest();
    auto stream = watch(all(), last + 1);
    ASSERT_TRUE(run(db().revoke(lease.id)));
    EXPECT_EQ(newest(), last + 1);
    EXPECT_EQ(next_events(*stream).events.size(), 300U);
}

TEST_P(StoreContract, ALeaseLivesThroughARestartAndThenStillEnds) {
    if (!engine().is_durable()) GTEST_SKIP() << "this store keeps nothing";
    const auto lease = grant(4);
    put("a", "1", lease.id);
    run(engine().pass(seconds{2}));
    engine().reopen();
    EXPECT_TRUE(run(db().keep_alive(lease.id)));
    EXPECT_THAT(listing(), ElementsAre("a=1"));
    run(engine().pass(seconds{6}));
    EXPECT_THAT(listing(), IsEmpty());
}

}  // namespace
}  // namespace confcast::test
