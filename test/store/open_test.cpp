// What the embedded store refuses to open, and that it says why; nothing of it may be opened as empty.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "embedded_fixture.hpp"
#include "fault_vfs.hpp"

namespace confcast::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OpenStore : public EmbeddedTest {
  protected:
    /// A closed store with some history in it, several pages long.
    void make_closed_store() {
        open();
        for (int i = 0; i < 50; ++i) put("/config/key" + std::to_string(i), std::string(1'000, 'v'));
        close();
    }
    void overwrite(std::size_t offset, const std::string& bytes) const {
        std::fstream file(database_path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(offset));
        file << bytes;
    }
    void write_file(const std::string& bytes) const { std::ofstream(database_path(), std::ios::binary) << bytes; }
};

TEST_F(OpenStore, MakesItsDirectoryForItsOwnerAlone) {
    options.directory = directory.path() / "new/store";
    open();
    struct stat info{};
    ASSERT_EQ(::stat(options.directory.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
    ASSERT_EQ(::stat((options.directory + "/confcast.db").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(OpenStore, TakesADirectoryNameWithATrailingSlash) {
    options.directory = directory.path() / "new/";
    open();
    EXPECT_EQ(put("a", "1"), 2);
}

TEST_F(OpenStore, EachNewStoreHasAnEpochOfItsOwn) {
    open();
    const auto first = status().epoch;
    close();
    fs::remove(database_path());
    open();
    EXPECT_NE(status().epoch, first);
}

TEST_F(OpenStore, SecondOpeningIsRefusedWhileTheFirstLives) {
    open();
    EXPECT_THAT(refusal(), HasSubstr("in use by another confcastd (process " + std::to_string(::getpid())));
    close();
    open();
}

TEST_F(OpenStore, SecondProcessIsRefused) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const auto child = ::fork();
    if (child == 0) {
        open();
        [[maybe_unused]] const auto n = ::write(ready[1], "x", 1);
        ::pause();
        ::_exit(0);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_THAT(refusal(), HasSubstr("process " + std::to_string(child)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    open();  // the kernel has released the dead process's lock
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(OpenStore, AFailedOpeningLeavesNoLockBehind) {
    write_file("");
    refusal();
    fs::remove(database_path());
    open();
}

TEST_F(OpenStore, AnEmptyFileIsRefused) {
    write_file("");
    EXPECT_THAT(refusal(), HasSubstr("is empty"));
    EXPECT_EQ(fs::file_size(database_path()), 0U) << "and left as it was";
}

TEST_F(OpenStore, SomethingElseIsRefused) {
    write_file(std::string(10'000, 'x'));
    EXPECT_THAT(refusal(), HasSubstr("not an SQLite database"));
    write_file("hello");
    EXPECT_THAT(refusal(), HasSubstr("not an SQLite database"));
}

TEST_F(OpenStore, AnotherProgramsDatabaseIsRefused) {
    sql("CREATE TABLE t (x)");
    EXPECT_THAT(refusal(), HasSubstr("of another program"));
    EXPECT_EQ(sql("SELECT count(*) FROM t"), 0) << "and left as it was";
}

TEST_F(OpenStore, ANewerSchemaIsRefused) {
    make_closed_store();
    sql("PRAGMA user_version = 3");
    EXPECT_THAT(refusal(), HasSubstr("newer confcast (schema 3, this one knows 2)"));
}

TEST_F(OpenStore, AnUnknownSchemaIsRefused) {
    make_closed_store();
    sql("PRAGMA user_version = 0");
    EXPECT_THAT(refusal(), HasSubstr("unknown schema 0"));
}

TEST_F(OpenStore, ATruncatedFileIsRefusedWhereverItWasCut) {
    make_closed_store();
    const auto size = fs::file_size(database_path());
    ASSERT_GT(size, 8 * 4'096U);
    for (auto left = size - 1; left > 0; left = left > 4'096 ? left - 4'096 : left / 2) {
        fs::resize_file(database_path(), left);
        EXPECT_NE(refusal(), "it opened") << left << " of " << size << " bytes";
    }
}

TEST_F(OpenStore, ADamagedPageIsRefused) {
    make_closed_store();
    const auto pages = fs::file_size(database_path()) / 4'096;
    int refused = 0;
    for (std::size_t page = 1; page < pages; ++page) {
        const auto copy = database_path() + ".copy";
        fs::copy_file(database_path(), copy, fs::copy_options::overwrite_existing);
        overwrite(page * 4'096, std::string(64, '\xA5'));
        if (refusal() != "it opened") ++refused;
        for (const char* suffix : {"-wal", "-shm"}) fs::remove(database_path() + suffix);
        fs::rename(copy, database_path());
    }
    EXPECT_EQ(refused, static_cast<int>(pages) - 1);
}

TEST_F(OpenStore, ADamagedHeaderIsRefused) {
    make_closed_store();
    overwrite(16, "\xFF\xFF");
    EXPECT_NE(refusal(), "it opened");
}

TEST_F(OpenStore, AStoreWithoutItsTablesIsRefused) {
    make_closed_store();
    sql("DROP TABLE meta");
    EXPECT_NE(refusal(), "it opened");
}

TEST_F(OpenStore, AStoreWithoutItsEpochIsRefused) {
    make_closed_store();
    sql("DELETE FROM meta WHERE name = 'epoch'");
    EXPECT_THAT(refusal(), HasSubstr("damaged"));
}

TEST_F(OpenStore, AWriteAheadLogWithoutItsDatabaseIsRefused) {
    std::ofstream(database_path() + "-wal") << "something";
    EXPECT_THAT(refusal(), HasSubstr("is gone but its write-ahead log"));
    EXPECT_FALSE(fs::exists(database_path()));
}

TEST_F(OpenStore, AFileInPlaceOfTheDirectoryIsRefused) {
    options.directory = directory.path() / "file";
    std::ofstream(options.directory) << "x";
    EXPECT_THAT(refusal(), HasSubstr("not a directory"));
}

TEST_F(OpenStore, ADirectoryInPlaceOfTheFileIsRefused) {
    fs::create_directory(database_path());
    EXPECT_NE(refusal(), "it opened");
}

TEST_F(OpenStore, ADirectoryWithoutANameIsRefused) {
    options.directory = "";
    EXPECT_NE(refusal(), "it opened");
}

TEST_F(OpenStore, ADatabaseLockedByAnotherProgramIsRefused) {
    make_closed_store();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(database_path().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
              SQLITE_OK);
    EXPECT_THAT(refusal(), HasSubstr("Another program holds a lock"));
    sqlite3_close(other);
    open();
}

TEST_F(OpenStore, ADiskThatCannotBeOpenedIsRefused) {
    faults().heal();
    options.vfs = fault_vfs();
    open();
    close();
    faults().open = SQLITE_CANTOPEN;
    EXPECT_THAT(refusal(), HasSubstr("cannot be opened"));
    faults().heal();
    open();
}

TEST_F(OpenStore, AFullDiskAtTheFirstStartLeavesNoHalfStoreBehind) {
    options.vfs = fault_vfs();
    for (int after = 0; after < 200; ++after) {
        faults().heal();
        faults().write = SQLITE_FULL;
        faults().sync = SQLITE_IOERR_FSYNC;
        faults().after = after;
        const auto refused = refusal();
        faults().heal();
        if (refused == "it opened") break;
        ASSERT_NE(after, 199);
        open();  // with room on the disk the same directory works
        EXPECT_EQ(put("a", "1"), 2);
        close();
        fs::remove(database_path());
    }
}

TEST_F(OpenStore, WhatACrashInTheFirstStartLeftIsSweptAway) {
    std::ofstream(database_path() + ".new") << "half";
    std::ofstream(database_path() + ".new-wal") << "half";
    open();
    EXPECT_FALSE(fs::exists(database_path() + ".new"));
    EXPECT_FALSE(fs::exists(database_path() + ".new-wal"));
}

TEST_F(OpenStore, ACleanCloseLeavesOneFile) {
    make_closed_store();
    EXPECT_TRUE(fs::exists(database_path()));
    EXPECT_FALSE(fs::exists(database_path() + "-wal"));
}

}  // namespace
}  // namespace confcast::test
