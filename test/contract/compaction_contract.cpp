// Forgetting history: what stays, and what "compacted" says.
#include <gmock/gmock.h>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::KeyRange;
using store::Revision;
using testing::ElementsAre;

TEST_P(StoreContract, CompactionMovesTheOldestRevision) {
    put("a", "1");
    const auto second = put("a", "2");
    put("a", "3");
    ASSERT_TRUE(run(db().compact(second)));
    EXPECT_EQ(status().oldest, second);
    EXPECT_EQ(newest(), second + 1);
}

TEST_P(StoreContract, AReadBeforeTheOldestRevisionIsToldWhichThatIs) {
    const auto first = put("a", "1");
    const auto second = put("a", "2");
    put("a", "3");
    ASSERT_TRUE(run(db().compact(second)));
    const auto result = try_range({all(), first, 0, false});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::compacted);
    EXPECT_EQ(result.error().number("oldest"), second);
}

TEST_P(StoreContract, KeysAsOfTheCompactedRevisionStayReadable) {
    put("kept", "old");
    put("changed", "1");
    put("gone", "1");
    remove("gone");
    const auto compacted = put("changed", "2");
    put("changed", "3");
    remove("kept");
    ASSERT_TRUE(run(db().compact(compacted)));
    run(engine().pass(std::chrono::seconds{0}));
    EXPECT_THAT(listing(compacted), ElementsAre("changed=2", "kept=old"));
    EXPECT_THAT(listing(compacted + 1), ElementsAre("changed=3", "kept=old"));
    EXPECT_THAT(listing(), ElementsAre("changed=3"));
}

TEST_P(StoreContract, VersionsGoOnAfterCompaction) {
    const auto created = put("a", "1");
    put("a", "2");
    ASSERT_TRUE(run(db().compact(put("a", "3"))));
    run(engine().pass(std::chrono::seconds{0}));
    const auto revision = put("a", "4");
    EXPECT_EQ(get("a"), (store::KeyValue{k("a"), "4", created, revision, 4, 0}));
}

TEST_P(StoreContract, AWatchAtOrBelowTheOldestRevisionFails) {
    const auto first = put("a", "1");
    const auto second = put("a", "2");
    const auto third = put("a", "3");
    ASSERT_TRUE(run(db().compact(second)));
    for (const auto start : {first, second}) {
        const auto error = watch_error(all(), start);
        EXPECT_EQ(error.code(), Errc::compacted);
        EXPECT_EQ(error.number("oldest"), second);
    }
    auto stream = watch(all(), second + 1);
    EXPECT_EQ(next_events(*stream).revision, third);
}

TEST_P(StoreContract, WhatIsCompactedCannotBeCompactedAgain) {
    const auto first = put("a", "1");
    const auto second = put("a", "2");
    ASSERT_TRUE(run(db().compact(second)));
    for (const auto revision : {first, second}) {
        const auto again = run(db().compact(revision));
        ASSERT_FALSE(again);
        EXPECT_EQ(again.error().code(), Errc::compacted);
        EXPECT_EQ(again.error().number("oldest"), second);
    }
}

TEST_P(StoreContract, TheFutureCannotBeCompacted) {
    const auto now = put("a", "1");
    const auto result = run(db().compact(now + 1));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::future_revision);
    EXPECT_EQ(result.error().number("revision"), now);
}

TEST_P(StoreContract, CompactionToTheNewestRevisionLosesNoRevision) {
    put("a", "1");
    const auto last = remove("a");
    ASSERT_TRUE(run(db().compact(last)));
    run(engine().pass(std::chrono::seconds{0}));
    EXPECT_EQ(newest(), last);
    EXPECT_TRUE(listing().empty());
    EXPECT_TRUE(listing(last).empty());
    EXPECT_EQ(put("a", "2"), last + 1);
    EXPECT_EQ(get("a")->version, 1);
}

TEST_P(StoreContract, ACurrentWatchLivesThroughACompaction) {
    auto stream = watch(all(), newest() + 1);
    const auto first = put("a", "1");
    EXPECT_EQ(next_events(*stream).revision, first);
    ASSERT_TRUE(run(db().compact(first)));
    const auto second = put("a", "2");
    EXPECT_EQ(next_events(*stream).revision, second);
}

TEST_P(StoreContract, AWatchBehindACompactionSeesEverythingOrIsTold) {
    const auto start = newest();
    auto stream = watch(all(), start + 1);
    for (int i = 0; i < 50; ++i) put("a", std::to_string(i));
    ASSERT_TRUE(run(db().compact(start + 40)));
    Revision position = start;
    while (position < start + 50) {
        const auto batch = run(stream->next());
        if (!batch) {
            EXPECT_EQ(batch.error().code(), Errc::compacted);
            EXPECT_EQ(batch.error().number("oldest"), start + 40);
            return;
        }
        ASSERT_EQ(batch->revision, position + 1) << "a gap that nobody told of";
        position = batch->revision;
    }
}

TEST_P(StoreContract, CompactionIsRemembered) {
    if (!engine().is_durable()) GTEST_SKIP() << "this store keeps nothing";
    put("a", "1");
    const auto second = put("a", "2");
    put("b", "1");
    ASSERT_TRUE(run(db().compact(second)));
    engine().reopen();
    EXPECT_EQ(status().oldest, second);
    EXPECT_THAT(listing(second), ElementsAre("a=2"));
    EXPECT_EQ(try_range({all(), second - 1, 0, false}).error().code(), Errc::compacted);
}

}  // namespace
}  // namespace confcast::test
