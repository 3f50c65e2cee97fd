// A disk that is full, read-only or broken: nothing is acknowledged, reads go on, and it heals without a restart.
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "embedded_fixture.hpp"
#include "fault_vfs.hpp"

namespace confcast::test {
namespace {

using testing::HasSubstr;

struct Trouble {
    const char* name;
    int code;
    const char* sentence;
};

class DiskTrouble : public EmbeddedTest {
  protected:
    DiskTrouble() {
        faults().heal();
        options.vfs = fault_vfs();
    }
    ~DiskTrouble() override { faults().heal(); }
};

class EveryDiskTrouble : public DiskTrouble, public testing::WithParamInterface<Trouble> {};

TEST_P(EveryDiskTrouble, RefusesWritesWithTheReasonAndHealsByItself) {
    open();
    const auto before = put("a", "1");
    faults().write = GetParam().code;
    const auto refused = try_put("a", "2");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::store_unavailable);
    EXPECT_THAT(refused.error().detail("reason"), HasSubstr(GetParam().sentence));
    EXPECT_EQ(get("a"), "1") << "reads go on";
    EXPECT_EQ(status().revision, before);
    EXPECT_EQ(status().problem, refused.error().detail("reason"));

    faults().heal();
    tick();
    EXPECT_EQ(status().problem, "") << "seen to be back without a write of a caller";
    EXPECT_EQ(put("a", "3"), before + 1);
    EXPECT_EQ(get("a"), "3");
    EXPECT_GE(db().stats().failures, 1U);
    reopen();
    EXPECT_EQ(get("a"), "3");
    EXPECT_EQ(status().revision, before + 1);
}

INSTANTIATE_TEST_SUITE_P(Codes, EveryDiskTrouble,
                         testing::Values(Trouble{"Full", SQLITE_FULL, "is full"},
                                         Trouble{"ReadOnly", SQLITE_READONLY, "cannot be written"},
                                         Trouble{"Moved", SQLITE_READONLY_DBMOVED, "moved, deleted or replaced"},
                                         Trouble{"Broken", SQLITE_IOERR_WRITE, "fails"}),
                         [](const auto& info) { return info.param.name; });

TEST_F(DiskTrouble, AWriteIsEnoughToFindTheDiskBack) {
    open();
    faults().write = SQLITE_FULL;
    EXPECT_FALSE(try_put("a", "1"));
    faults().heal();
    EXPECT_EQ(put("a", "2"), 2);
    EXPECT_EQ(status().problem, "");
}

TEST_F(DiskTrouble, FailsTheWholeGroupAndLeavesNothingOfIt) {
    open();
    put("a", "1");
    faults().write = SQLITE_FULL;
    std::vector<store::Transaction> writes;
    for (int i = 0; i < 100; ++i) writes.push_back(put_of("k" + std::to_string(i), "v"));
    for (const auto& result : commit_all(writes)) {
        ASSERT_FALSE(*result);
        EXPECT_EQ(result->error().code(), Errc::store_unavailable);
    }
    faults().heal();
    EXPECT_EQ(status().revision, 2);
    EXPECT_EQ(get("k0"), "(none)");
}

TEST_F(DiskTrouble, AWatchSeesNothingOfWhatWasRefused) {
    open();
    auto stream = run(db().watch({store::KeyRange::prefix(""), 2})).value();
    faults().write = SQLITE_FULL;
    EXPECT_FALSE(try_put("a", "refused"));
    faults().heal();
    put("a", "kept");
    const auto batch = run(stream->next());
    EXPECT_EQ(batch->revision, 2);
    EXPECT_EQ(batch->events.at(0).kv.value, "kept");
}

TEST_F(DiskTrouble, AnFsyncThatFailsForGoodLeavesTheOutcomeUnknown) {
    open();
    put("a", "1");
    faults().sync = SQLITE_IOERR_FSYNC;
    const auto result = try_put("a", "2");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::outcome_unknown) << "the bytes may be on the disk: a crash could show them";
    EXPECT_EQ(get("a"), "1");
    faults().heal();
    EXPECT_EQ(put("a", "3"), 3);
    reopen();
    EXPECT_EQ(get("a"), "3");
}

TEST_F(DiskTrouble, AnFsyncThatFailsOnceIsMadeGoodBeforeTheAnswer) {
    open();
    put("a", "1");
    faults().sync = SQLITE_IOERR_FSYNC;
    faults().refused = 0;
    // The settling commit's fsync must work: let the fault end with the first.
    std::thread healer([] {
        while (faults().refused == 0) std::this_thread::yield();
        faults().sync = SQLITE_OK;
    });
    const auto result = try_put("a", "2");
    healer.join();
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().code(), testing::AnyOf(Errc::store_unavailable, Errc::outcome_unknown));
    EXPECT_EQ(get("a"), "1");
    EXPECT_EQ(put("a", "3"), 3);
}

TEST_F(DiskTrouble, ACheckpointWithoutRoomIsSurvived) {
    open();
    faults().write = SQLITE_FULL;
    faults().database_only = true;
    faults().refused = 0;
    // When nobody waits a few megabytes of log are enough for a checkpoint; when somebody always does, 32.
    int written = 0;
    while (written < 60 || (faults().refused == 0 && written < 250))
        put("k" + std::to_string(written++), std::string(200'000, 'v'));
    EXPECT_GT(faults().refused, 0) << "a checkpoint was tried";
    EXPECT_EQ(status().problem, "") << "writes go on in the log";
    faults().heal();
    const int more = written + 60;
    while (written < more) put("k" + std::to_string(written++), std::string(200'000, 'v'));
    reopen();
    EXPECT_EQ(status().revision, written + 1);
    EXPECT_EQ(get("k0").size(), 200'000U);
}

// One write, the disk failing at its n-th operation, for every n: what is answered is what is there.
class DiskFailsAt : public DiskTrouble, public testing::WithParamInterface<int> {};

TEST_P(DiskFailsAt, AnyOperationTheAnswerTellsTheTruth) {
    open();
    put("a", "old");
    for (int after = 0; after < 100; ++after) {
        const auto before = status().revision;
        const auto old = get("a");
        const auto value = std::to_string(after) + std::string(20'000, 'v');
        faults().write = GetParam();
        faults().sync = GetParam() == SQLITE_FULL ? SQLITE_OK : SQLITE_IOERR_FSYNC;
        faults().after = after;
        const auto result = try_put("a", value);
        const bool untouched = faults().after > 0;
        faults().heal();
        if (result) {
            EXPECT_EQ(get("a"), value);
            EXPECT_EQ(status().revision, before + 1);
        } else {
            EXPECT_EQ(get("a"), old) << after;
            EXPECT_EQ(status().revision, before);
        }
        reopen();
        EXPECT_EQ(get("a"), result ? value : old) << after;
        if (untouched) return;
    }
    FAIL() << "a write takes more than 100 operations";
}

INSTANTIATE_TEST_SUITE_P(Errors, DiskFailsAt, testing::Values(SQLITE_FULL, SQLITE_IOERR_WRITE));

TEST_F(DiskTrouble, AnotherProgramThatHoldsTheLockIsNamed) {
    open();
    put("a", "1");
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(database_path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    const auto result = try_put("a", "2");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().detail("reason"), HasSubstr("Another program"));
    EXPECT_EQ(get("a"), "1");
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    EXPECT_EQ(put("a", "3"), 3);
}

TEST_F(DiskTrouble, AFileThatIsMovedAwayIsMissedUntilItIsBack) {
    open();
    put("a", "1");
    const auto elsewhere = directory.path() / "elsewhere";
    std::filesystem::rename(database_path(), elsewhere);
    const auto result = try_put("a", "2");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().detail("reason"), HasSubstr("moved, deleted or replaced"));
    EXPECT_FALSE(try_put("a", "3"));
    EXPECT_EQ(get("a"), "1");
    EXPECT_FALSE(std::filesystem::exists(database_path())) << "nothing is made in its place";
    std::filesystem::rename(elsewhere, database_path());
    EXPECT_EQ(put("a", "4"), 3);
    reopen();
    EXPECT_EQ(get("a"), "4");
}

TEST_F(DiskTrouble, AnotherStoreInPlaceOfTheFileIsNotWrittenTo) {
    open();
    put("a", "1");
    close();
    const auto original = directory.path() / "original";
    std::filesystem::rename(database_path(), original);
    open();
    put("other", "1");
    close();
    const auto other = directory.path() / "other";
    std::filesystem::rename(database_path(), other);
    std::filesystem::copy_file(original, database_path());
    open();
    std::filesystem::rename(other, database_path());
    EXPECT_FALSE(try_put("a", "2"));
    EXPECT_FALSE(try_put("a", "2"));
    EXPECT_NE(status().problem, "");
    std::filesystem::rename(original, database_path());
    store.reset();
}

TEST_F(DiskTrouble, ACopyInPlaceOfTheFileIsNotMixedWithItsWriteAheadLog) {
    open();
    put("a", "1");
    const std::filesystem::path original = directory.path() / "original";
    std::filesystem::rename(database_path(), original);
    std::filesystem::copy_file(original, database_path());
    EXPECT_FALSE(try_put("a", "2"));
    const auto refused = try_put("a", "2");
    ASSERT_FALSE(refused) << "the copy is of the same epoch, but what is acknowledged may be in the log of the other";
    EXPECT_THAT(refused.error().detail("reason"), HasSubstr("moved, deleted or replaced"));
    std::filesystem::rename(original, database_path());
    EXPECT_EQ(put("a", "3"), 3);
    reopen();
    EXPECT_EQ(get("a"), "3");
}

// A real small disk.
class SmallDisk : public EmbeddedTest {
  protected:
    void SetUp() override {
        mounted_ = ::mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=2m") == 0;
        if (!mounted_) GTEST_SKIP() << "mounting is not permitted here";
    }
    ~SmallDisk() override {
        close();
        if (mounted_) ::umount2(directory.path().c_str(), MNT_DETACH);
    }

  private:
    bool mounted_ = false;
};

TEST_F(SmallDisk, ThatIsFullRefusesWritesUntilThereIsRoom) {
    open();
    put("a", "1");
    {
        std::ofstream filler(directory.path() / "filler", std::ios::binary);
        const std::string block(4'096, 'x');
        for (int i = 0; i < 1'000 && filler; ++i) filler << block << std::flush;
    }
    std::optional<Error> refused;
    int written = 0;
    while (!refused && written < 100) {
        const auto result = try_put("k" + std::to_string(written), std::string(50'000, 'v'));
        if (result)
            ++written;
        else
            refused = result.error();
    }
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code(), Errc::store_unavailable);
    EXPECT_THAT(refused->detail("reason"), HasSubstr("is full"));
    EXPECT_THAT(status().problem, HasSubstr("is full"));
    EXPECT_EQ(get("a"), "1");
    EXPECT_EQ(status().revision, 2 + written);

    std::filesystem::remove(directory.path() / "filler");
    tick();
    EXPECT_EQ(status().problem, "");
    EXPECT_EQ(put("a", "2"), 3 + written);
    reopen();
    EXPECT_EQ(get("a"), "2");
}

TEST_F(SmallDisk, ThatFillsUpWithDataKeepsAllThatWasAcknowledged) {
    open();
    int written = 0;
    while (written < 200) {
        if (!try_put("k" + std::to_string(written), std::string(30'000, 'v'))) break;
        ++written;
    }
    ASSERT_LT(written, 200);
    ASSERT_GT(written, 5);
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(try_put("more", std::string(400'000, 'v')));
    for (int i = 0; i < written; ++i) EXPECT_EQ(get("k" + std::to_string(i)).size(), 30'000U);
    close();
    open();
    for (int i = 0; i < written; ++i) EXPECT_EQ(get("k" + std::to_string(i)).size(), 30'000U);
    EXPECT_EQ(status().revision, 1 + written);
}

TEST_F(SmallDisk, ThatIsReadOnlyIsRefusedAtTheStart) {
    open();
    put("a", "1");
    close();
    const auto remount = [&](unsigned long flags) {
        return ::mount("tmpfs", directory.path().c_str(), "tmpfs", MS_REMOUNT | flags, "size=2m");
    };
    ASSERT_EQ(remount(MS_RDONLY), 0);
    EXPECT_THAT(refusal(), HasSubstr("cannot be written"));
    ASSERT_EQ(remount(0), 0);
    open();
    EXPECT_EQ(get("a"), "1");
}

}  // namespace
}  // namespace confcast::test
