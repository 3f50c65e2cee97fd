// A crash at any operation on the disk: kill -9 before it and in the middle of it, and a power cut that loses what was
// not synced. Whatever was being done - a commit, a slice of a move into the key index, its last one, a checkpoint, the
// taking over of an older file - the store opens and says what it said.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>

#include "disk_record.hpp"
#include "embedded_fixture.hpp"
#include "fault_vfs.hpp"
#include "past.hpp"
#include "schema_1.hpp"

namespace confcast::test {
namespace {

class DiskCrash : public EmbeddedTest {
  protected:
    DiskCrash() { faults().heal(); }
    ~DiskCrash() override {
        close();
        faults().heal();
    }

    /// Opens the fixture's store with every operation on its files written down.
    void open_recorded() {
        record = std::make_unique<DiskRecord>(directory.path());
        options.vfs = fault_vfs();
        faults().record = record.get();
        open();
    }
    /// From here on the fixture's store is one that a crash left.
    void end_record() {
        close();
        faults().heal();
        options.vfs.clear();
        options.directory = (directory.path() / "crashed").string();
    }
    std::int64_t crashed_sql(const std::string& text) { return sql_of(options.directory + "/confcast.db", text); }

    /// Opens what a crash at operation `n` left, and asks.
    void check(const DiskRecord::Files& files, std::size_t n, Chooser& choose) {
        DiskRecord::restore(files, options.directory);
        open();
        const auto now = status();
        ASSERT_GE(now.revision, std::max<std::int64_t>(first, record->acknowledged(n)))
            << "an acknowledged write is gone";
        ASSERT_LE(now.revision, past.newest());
        for (int i = 0; i < 12; ++i) {
            auto request = choose.range(past);
            if (request.at == 0 || i == 0) request.at = now.revision;
            const auto found = run(db().range(request));
            if (request.at > now.revision) {
                ASSERT_EQ(found.error().code(), Errc::future_revision);
            } else if (request.at < now.oldest) {
                ASSERT_EQ(found.error().code(), Errc::compacted);
            } else {
                ASSERT_TRUE(found);
                ASSERT_EQ(found->kvs, past.range(request).kvs) << "at " << request.at << " of " << now.revision;
            }
        }
        ASSERT_EQ(run(db().range({store::KeyRange::prefix("k"), 0, 0, false}))->kvs,
                  past.range({store::KeyRange::prefix("k"), now.revision, 0, false}).kvs);
        ASSERT_EQ(put("later", "v"), now.revision + 1);
        ASSERT_EQ(get("later"), "v");
        close();
        indexed.insert(crashed_sql("SELECT value FROM meta WHERE name = 'indexed'"));
        in_the_middle += crashed_sql(
            "SELECT count(*) > 0 FROM by_key WHERE id > "
            "(SELECT value FROM meta WHERE name = 'indexed')");
        // Nothing is lost to the index: what it is said to be complete for is in it.
        ASSERT_EQ(crashed_sql("SELECT count(*) FROM log WHERE id <= (SELECT value FROM meta WHERE name = 'indexed') "
                              "AND NOT EXISTS (SELECT 1 FROM by_key b WHERE b.key = log.key AND b.id = log.id)"),
                  0);
        ASSERT_EQ(crashed_sql("SELECT count(*) FROM by_key b WHERE NOT EXISTS "
                              "(SELECT 1 FROM log WHERE log.id = b.id AND log.key = b.key)"),
                  0);
    }

    std::unique_ptr<DiskRecord> record;
    Past past;
    store::Revision first = 1;
    std::set<std::int64_t> indexed;  // what the index was complete for, over all crashes
    std::int64_t in_the_middle = 0;  // crashes that left some rows of a move in the index
};

class DiskCrashInAMove : public DiskCrash {
  protected:
    /// Writes while the tail is moved in small slices, compacts twice.
    void write_recorded() {
        options.max_tail = 24;
        options.index_slice = 3;
        open();
        close();  // the renaming of a new file is not an operation that is written down
        open_recorded();
        Chooser choose(11);
        for (int group = 0; group < 60; ++group) {
            std::vector<store::Transaction> transactions(1 + choose.below(3));
            for (auto& transaction : transactions) {
                transaction = choose.transaction(past);
                past.apply(transaction);
            }
            commit_all(transactions);
            record->acknowledge(past.newest());
            if (group == 25 || group == 45) {
                const auto half = past.oldest() + (past.newest() - past.oldest()) / 2;
                ASSERT_TRUE(run(db().compact(half)));
            }
        }
        end_record();
        ASSERT_EQ(past.oldest(), 1) << "the model forgets nothing: a crash may have come before the compaction";
        options.max_tail = 16'384;  // so that what a crash left is seen as it is
    }
    void expect_covered() const {
        EXPECT_GT(indexed.size(), 3U) << "crashes before and after moves";
        EXPECT_GT(in_the_middle, 10) << "crashes in the middle of one";
    }
};

TEST_F(DiskCrashInAMove, OfAKilledProcessLosesAndChangesNothing) {
    write_recorded();
    Chooser choose(12);
    for (std::size_t n = 0; n <= record->size(); n += 1 + choose.below(7)) {
        SCOPED_TRACE("before operation " + std::to_string(n));
        check(record->killed(n, choose.one_in(2)), n, choose);
        if (HasFatalFailure()) return;
    }
    expect_covered();
}

TEST_F(DiskCrashInAMove, OfThePowerLosesAndChangesNothing) {
    write_recorded();
    Chooser choose(13);
    std::mt19937 luck(14);  // NOLINT(bugprone-random-generator-seed): repeatable
    for (std::size_t n = 0; n <= record->size(); n += 1 + choose.below(7)) {
        SCOPED_TRACE("before operation " + std::to_string(n));
        check(record->without_power(n, luck), n, choose);
        if (HasFatalFailure()) return;
    }
    expect_covered();
}

class Upgrade : public DiskCrash {
  protected:
    /// A store of schema 1 with history, some of it compacted, and the model of it.
    void make_old() {
        Chooser choose(21);
        std::vector<store::Transaction> done;
        while (past.newest() < 200) {
            auto transaction = choose.transaction(past);
            const auto before = past.newest();
            if (past.apply(transaction) && past.newest() > before) done.push_back(std::move(transaction));
        }
        first = past.newest();
        make_schema_1(directory.path(), past, done);
    }
};

TEST_F(Upgrade, AStoreOfSchema1IsTakenOver) {
    make_old();
    Chooser choose(22);
    open();
    for (int i = 0; i < 400; ++i) {
        const auto request = choose.range(past);
        ASSERT_EQ(run(db().range(request))->kvs, past.range(request).kvs);
    }
    EXPECT_EQ(status().epoch.id, schema_1_epoch);
    EXPECT_EQ(put("later", "v"), past.newest() + 1);
    ASSERT_TRUE(run(db().compact(past.newest())));
    tick();
    ASSERT_EQ(run(db().range({store::KeyRange::prefix("k"), 0, 0, false}))->kvs,
              past.range({store::KeyRange::prefix("k"), 0, 0, false}).kvs);
    close();
    EXPECT_EQ(sql("PRAGMA user_version"), 2);
    EXPECT_EQ(sql("SELECT count(*) FROM sqlite_master WHERE name = 'log_key'"), 0);
    EXPECT_EQ(sql("SELECT count(*) FROM log"), static_cast<std::int64_t>(past.at(0).size()) + 1)
        << "the compaction found every row that was replaced";
}

TEST_F(Upgrade, AnEmptyStoreOfSchema1IsTakenOver) {
    make_schema_1(directory.path(), past, {});
    open();
    EXPECT_EQ(put("a", "1"), 2);
    reopen();
    EXPECT_EQ(get("a"), "1");
}

TEST_F(Upgrade, AFullDiskLeavesTheOldFileAsItWas) {
    make_old();
    options.vfs = fault_vfs();
    int refused = 0;
    for (int after = 0;; after += 1 + after / 8) {
        SCOPED_TRACE(after);
        ASSERT_LT(after, 100'000);
        faults().heal();
        faults().write = SQLITE_FULL;
        faults().after = after;
        const auto why = refusal();
        faults().heal();
        if (why == "it opened") break;
        ++refused;
        EXPECT_THAT(why, testing::HasSubstr("is full"));
        // Also for the older server: all of schema 1, or all of schema 2.
        const auto version = sql("PRAGMA user_version");
        EXPECT_EQ(sql("SELECT count(*) FROM sqlite_master WHERE name = 'log_key'"), version == 1 ? 1 : 0);
    }
    EXPECT_GT(refused, 5);
    open();
    ASSERT_EQ(run(db().range({store::KeyRange::prefix("k"), 0, 0, false}))->kvs,
              past.range({store::KeyRange::prefix("k"), 0, 0, false}).kvs);
}

TEST_F(Upgrade, ACrashInTheMiddleLeavesAnOldStoreOrANewOne) {
    make_old();
    open_recorded();
    end_record();
    Chooser choose(23);
    std::mt19937 luck(24);  // NOLINT(bugprone-random-generator-seed): repeatable
    std::int64_t old = 0;
    std::int64_t taken_over = 0;
    for (std::size_t n = 0; n <= record->size(); n += 1 + choose.below(3)) {
        SCOPED_TRACE("before operation " + std::to_string(n));
        const auto files = choose.one_in(2) ? record->without_power(n, luck) : record->killed(n, choose.one_in(2));
        DiskRecord::restore(files, options.directory);
        const auto version = crashed_sql("PRAGMA user_version");
        ASSERT_EQ(crashed_sql("SELECT count(*) FROM sqlite_master WHERE name = 'log_key'"), version == 1 ? 1 : 0);
        ASSERT_EQ(crashed_sql("SELECT count(*) FROM sqlite_master WHERE name = 'by_key'"), version == 1 ? 0 : 1);
        ++(version == 1 ? old : taken_over);
        check(files, n, choose);
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(old, 0);
    EXPECT_GT(taken_over, 0);
}

}  // namespace
}  // namespace confcast::test
