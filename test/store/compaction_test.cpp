// Retention by age and by count, and that compacted history is really freed.
#include <gmock/gmock.h>

#include "embedded_fixture.hpp"

namespace confcast::test {
namespace {

using std::chrono::seconds;

class Retention : public EmbeddedTest {
  protected:
    Retention() { options.retention_interval = seconds{60}; }
    std::int64_t rows() {
        close();
        return sql("SELECT count(*) FROM log");
    }
};

TEST_F(Retention, ByCountKeepsSoManyRevisions) {
    options.retention_revisions = 10;
    open();
    for (int i = 0; i < 50; ++i) put("a", std::to_string(i));
    clock.advance(seconds{60});
    tick();
    EXPECT_EQ(status().revision, 51);
    EXPECT_EQ(status().oldest, 41);
    EXPECT_EQ(db().stats().compactions, 1U);
    EXPECT_EQ(rows(), 11) << "the state at the oldest revision and ten changes";
}

TEST_F(Retention, ByAgeKeepsTheStateOfThatTime) {
    options.retention_age = seconds{3'600};
    open();
    put("a", "old");
    clock.advance(seconds{1'800});
    const auto middle = put("a", "middle");
    clock.advance(seconds{1'801});
    put("a", "new");
    tick();
    EXPECT_EQ(status().oldest, 2) << "what held an hour ago is still readable";
    clock.advance(seconds{1'800});
    tick();
    EXPECT_EQ(status().oldest, middle);
    clock.advance(seconds{100'000});
    tick();
    EXPECT_EQ(status().oldest, middle + 1);
    EXPECT_EQ(get("a"), "new");
}

TEST_F(Retention, IsLookedAtOnceInItsIntervalOnly) {
    options.retention_revisions = 1;
    open();
    for (int i = 0; i < 5; ++i) put("a", "v");
    clock.advance(seconds{59});
    tick();
    EXPECT_EQ(status().oldest, 1);
    clock.advance(seconds{1});
    tick();
    EXPECT_EQ(status().oldest, 5);
}

TEST_F(Retention, OffMeansThatEverythingStays) {
    open();
    for (int i = 0; i < 20; ++i) put("a", "v");
    clock.advance(std::chrono::hours{10'000});
    tick();
    EXPECT_EQ(status().oldest, 1);
    EXPECT_EQ(rows(), 20);
}

TEST_F(Retention, SurvivesAWallClockThatWasSetBack) {
    options.retention_age = seconds{100};
    open();
    clock.advance(seconds{1'000});
    put("a", "1");
    clock.advance(std::chrono::seconds{-900});
    put("a", "2");
    clock.advance(seconds{950});
    tick();
    EXPECT_LE(status().oldest, 2);
    EXPECT_EQ(get("a"), "2");
}

class Compaction : public EmbeddedTest {
  protected:
    std::int64_t rows() {
        close();
        return sql("SELECT count(*) FROM log");
    }
    void remove(const std::string& key) {
        store::Transaction transaction;
        transaction.deletes = {key};
        run(db().commit(transaction)).value();
    }
};

TEST_F(Compaction, FreesReplacedRowsAndDeletionsAndNothingElse) {
    open();
    for (int i = 0; i < 30; ++i) put("changed", std::to_string(i));
    put("kept", "1");
    put("gone", "1");
    remove("gone");
    const auto compacted = put("other", "1");
    put("changed", "new");
    ASSERT_TRUE(run(db().compact(compacted)));
    tick();
    EXPECT_EQ(rows(), 4) << "changed at the compaction and now, kept, other";
}

TEST_F(Compaction, GoesOnInSlicesUntilAllIsFreed) {
    open();
    std::vector<store::Transaction> writes;
    for (int i = 0; i < 3'000; ++i) writes.push_back(put_of("k" + std::to_string(i % 7), "v"));
    commit_all(writes);
    ASSERT_TRUE(run(db().compact(status().revision)));
    tick();
    EXPECT_EQ(rows(), 7);
}

TEST_F(Compaction, IsTakenUpAgainAfterARestart) {
    open();
    std::vector<store::Transaction> writes;
    for (int i = 0; i < 2'000; ++i) writes.push_back(put_of("a", "v"));
    commit_all(writes);
    ASSERT_TRUE(run(db().compact(status().revision)));
    reopen();  // most of it is not freed yet
    tick();
    EXPECT_EQ(rows(), 1);
}

TEST_F(Compaction, ADeletionThatIsTheNewestRevisionIsFreedByTheNext) {
    open();
    put("a", "1");
    remove("a");
    ASSERT_TRUE(run(db().compact(status().revision)));
    tick();
    reopen();
    EXPECT_EQ(status().revision, 3);
    put("b", "1");
    ASSERT_TRUE(run(db().compact(4)));
    tick();
    EXPECT_EQ(rows(), 1);
}

TEST_F(Compaction, DoesNotStopWritesMeanwhile) {
    open();
    std::vector<store::Transaction> writes;
    for (int i = 0; i < 3'000; ++i) writes.push_back(put_of("a", "v"));
    commit_all(writes);
    ASSERT_TRUE(run(db().compact(status().revision)));
    for (int i = 0; i < 100; ++i) put("b", std::to_string(i));
    EXPECT_EQ(get("b"), "99");
    EXPECT_EQ(get("a"), "v");
    tick();
    EXPECT_EQ(rows(), 101);
}

TEST_F(Compaction, OfALargeStoreLeavesEveryKeyReadable) {
    open();
    std::vector<store::Transaction> writes;
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 500; ++i) writes.push_back(put_of("k" + std::to_string(i), std::to_string(round)));
    commit_all(writes);
    ASSERT_TRUE(run(db().compact(status().revision)));
    tick();
    const auto all = run(db().range({store::KeyRange::prefix("k"), 0, 0, false}));
    ASSERT_EQ(all->kvs.size(), 500U);
    for (const auto& kv : all->kvs) EXPECT_EQ(kv.value, "2");
    EXPECT_EQ(rows(), 500);
}

}  // namespace
}  // namespace confcast::test
