// The key index that follows the log: whatever of it is in memory, on the disk or in both, a store says the same.
#include <gmock/gmock.h>

#include "embedded_fixture.hpp"
#include "fault_vfs.hpp"
#include "log_writer.hpp"
#include "past.hpp"

namespace confcast::test {
namespace {

class KeyIndex : public EmbeddedTest {
  protected:
    KeyIndex() { options.max_tail = 16; }
    ~KeyIndex() override {
        close();
        faults().heal();
    }

    /// Commits some at once; the store's answers and the model's are the same.
    void write(Chooser& choose, std::size_t most) {
        std::vector<store::Transaction> group(1 + choose.below(most));
        for (auto& transaction : group) transaction = choose.transaction(past);
        const auto results = commit_all(group);
        for (std::size_t i = 0; i < group.size(); ++i) {
            const bool held = past.apply(group[i]);
            ASSERT_TRUE(results[i]->has_value()) << (*results[i]).error().to_string();
            ASSERT_EQ(results[i]->value().succeeded, held);
            ASSERT_EQ(results[i]->value().revision, past.newest());
        }
    }
    void ask(const store::RangeRequest& request) {
        const auto expected = past.range(request);
        const auto found = run(db().range(request));
        ASSERT_TRUE(found) << found.error().to_string();
        ASSERT_EQ(found->revision, expected.revision);
        ASSERT_EQ(found->kvs, expected.kvs)
            << request.range.begin << " to " << request.range.end << " at " << request.at << " limit " << request.limit;
        ASSERT_EQ(found->more, expected.more);
    }
    void compact(store::Revision revision) {
        ASSERT_TRUE(run(db().compact(revision)));
        past.forget_before(revision);
        const auto refused = run(db().range({store::KeyRange::prefix("k"), revision - 1, 0, false}));
        ASSERT_FALSE(refused);
        ASSERT_EQ(refused.error().code(), Errc::compacted);
    }
    /// How many of the log's rows the index on the disk is not complete for. Closes the store.
    std::int64_t unindexed() {
        close();
        return sql("SELECT count(*) FROM log WHERE id > (SELECT value FROM meta WHERE name = 'indexed')");
    }

    Past past;
};

class KeyIndexModel : public KeyIndex, public testing::WithParamInterface<unsigned> {};

TEST_P(KeyIndexModel, SaysTheSameAtEveryRevisionWhileTheTailIsMoved) {
    Chooser choose(GetParam());
    constexpr std::size_t tails[] = {1, 3, 16, 60, 400, 16'384};
    constexpr std::size_t slices[] = {1, 2, 7, 256};
    open();
    for (int step = 0; step < 1'500; ++step) {
        SCOPED_TRACE("step " + std::to_string(step));
        if (choose.one_in(25)) {
            // Also while it is moved: the next start begins anew, with another pace.
            options.max_tail = tails[choose.below(std::size(tails))];
            options.index_slice = slices[choose.below(std::size(slices))];
            options.max_group = choose.one_in(2) ? 1'024 : 1 + choose.below(5);
            reopen();
        }
        if (choose.one_in(40) && past.newest() > past.oldest()) {
            const auto span = static_cast<std::size_t>(past.newest() - past.oldest());
            compact(choose.one_in(4) ? past.newest()
                                     : past.oldest() + 1 + static_cast<store::Revision>(choose.below(span)));
            if (choose.one_in(2)) tick();
        }
        write(choose, choose.one_in(10) ? 20 : 3);
        for (auto i = choose.below(4); i > 0; --i) ask(choose.range(past));
        if (HasFatalFailure()) return;
    }
    for (auto revision = past.oldest(); revision <= past.newest(); ++revision)
        ask({store::KeyRange::prefix("k"), revision, 0, false});
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyIndexModel, testing::Values(1U, 7U, 20261129U));

TEST_F(KeyIndex, ARangeWithItsEndBeforeItsBeginningIsEmptyWhereverItsKeysAre) {
    options.max_tail = 16'384;
    open();
    for (const char* key : {"a", "b", "c"}) put(key, "v");
    EXPECT_TRUE(run(db().range({{"c", "a"}, 0, 0, false}))->kvs.empty());
    EXPECT_TRUE(run(db().range({{"b", "b"}, 0, 0, false}))->kvs.empty());
    put("d", "v");
    EXPECT_EQ(run(db().range({{"b", "d"}, 0, 0, false}))->kvs.size(), 2U);
    options.max_tail = 1;
    reopen();
    put("e", "v");
    tick();
    EXPECT_TRUE(run(db().range({{"c", "a"}, 0, 0, false}))->kvs.empty());
}

TEST_F(KeyIndex, GetsWhatTheTailLoses) {
    open();
    for (int i = 0; i < 200; ++i) put("k" + std::to_string(i), "v");
    tick();
    close();
    const auto indexed = sql("SELECT value FROM meta WHERE name = 'indexed'");
    EXPECT_GT(indexed, sql("SELECT id FROM log ORDER BY id LIMIT 1 OFFSET 150"));
    EXPECT_EQ(sql("SELECT count(*) FROM log WHERE id <= " + std::to_string(indexed)),
              sql("SELECT count(*) FROM by_key WHERE id <= " + std::to_string(indexed)));
}

std::vector<store::Transaction> puts(int count, int keys, const std::string& prefix) {
    std::vector<store::Transaction> all;
    for (int i = 0; i < count; ++i) all.push_back(put_of(prefix + std::to_string(i % keys), "v"));
    return all;
}

TEST_F(KeyIndex, KeepsTheTailShortHoweverFastItGrows) {
    options.max_tail = 100;
    options.index_slice = 1;
    options.max_group = 10;
    open();
    commit_all(puts(3'000, 1'000, "k"));
    EXPECT_LE(unindexed(), 150) << "a tail, the quarter by which it grows while it is moved, and two groups";
}

TEST_F(KeyIndex, KeepsTheTailShortWhenOneKeyIsChangedOverAndOver) {
    options.max_tail = 100;
    options.index_slice = 1;
    options.max_group = 10;
    open();
    commit_all(puts(3'000, 1, "k"));
    EXPECT_LE(unindexed(), 150);
}

TEST(Indexer, TakesNoMoreThanASliceThoughOneKeyHasNearlyAllTheRows) {
    const TemporaryDirectory directory;
    store::Database database((directory.path() / "db").string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    store::create_schema(database, {1});
    store::LogWriter log(database);
    log.begin();
    for (const auto& put : puts(100, 1, "k")) {
        auto transaction = put;
        ASSERT_TRUE(log.apply(transaction, 0));
    }
    auto other = put_of("l", "v");
    ASSERT_TRUE(log.apply(other, 0));
    for (int taken = 10; log.run_index_slice(10); taken += 10)
        ASSERT_EQ(database.integer("SELECT count(*) FROM by_key"), taken);
    log.commit();
    EXPECT_EQ(database.integer("SELECT count(*) FROM by_key"), 101);
    EXPECT_EQ(log.reader().tail().rows(), 0U);
    EXPECT_EQ(log.reader().tail().key_bytes(), 0U);
}

TEST_F(KeyIndex, MovesTheTailEarlierWhenItsKeysAreLong) {
    options.max_tail_bytes = 100'000;
    options.max_tail = 16'384;
    options.max_group = 10;
    open();
    commit_all(puts(500, 500, std::string(1'000, 'k')));
    EXPECT_LE(unindexed(), 150);
}

TEST_F(KeyIndex, OfACompactionAtTheHeadFreesWhatWasInMemoryOnly) {
    options.max_tail = 16'384;
    open();
    for (int i = 0; i < 50; ++i) put("a", std::to_string(i));
    ASSERT_TRUE(run(db().compact(status().revision)));
    tick();
    EXPECT_EQ(get("a"), "49");
    close();
    EXPECT_EQ(sql("SELECT count(*) FROM log"), 1);
    EXPECT_EQ(sql("SELECT count(*) FROM by_key"), 1);
}

TEST_F(KeyIndex, IsWhatItWasAfterADiskThatFailedInTheMiddleOfAMove) {
    faults().heal();
    faults().refused = 0;
    options.vfs = fault_vfs();
    options.max_tail = 20;
    options.index_slice = 3;
    Chooser choose(3);
    open();
    for (int round = 0; round < 300; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        write(choose, 3);
        faults().after = static_cast<int>(choose.below(6));
        faults().write = choose.one_in(2) ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        const auto refused = try_put("refused", "v");
        faults().heal();
        if (refused) past.apply(put_of("refused", "v"));
        if (choose.one_in(4)) tick();
        ask(choose.range(past));
        ask({{"", ""}, 0, 0, false});
        if (choose.one_in(20)) reopen();
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(faults().refused, 50) << "the disk did fail";
}

}  // namespace
}  // namespace confcast::test
