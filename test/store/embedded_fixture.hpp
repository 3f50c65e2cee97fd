// An embedded store in a directory of the test's own, opened when the test says so.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/store/embedded.hpp"
#include "confcast/test/run.hpp"
#include "confcast/test/temporary_directory.hpp"

namespace confcast::test {

using CommitResults = std::vector<std::optional<Result<store::TransactionResult>>>;

class EmbeddedTest : public testing::Test {
  protected:
    EmbeddedTest() {
        options.directory = directory.path();
        options.retention_age = std::chrono::seconds{0};
        options.retention_revisions = 0;
    }
    ~EmbeddedTest() override { close(); }

    void open();
    /// The sentence with which the store refuses to open.
    std::string refusal();
    void close();
    void reopen() {
        close();
        open();
    }
    store::EmbeddedStore& db() { return *store; }
    template <class T>
    T run(Awaitable<T> coroutine) {
        return test::run(io, std::move(coroutine));
    }

    Result<store::TransactionResult> try_put(const std::string& key, const std::string& value);
    store::Revision put(const std::string& key, const std::string& value);
    std::string get(const std::string& key);
    store::Status status();
    /// Commits all at once and waits for all answers.
    CommitResults commit_all(const std::vector<store::Transaction>& transactions);
    void tick() { run(db().tick()); }

    std::string database_path() const { return (directory.path() / "confcast.db").string(); }
    /// Runs SQL on the closed store's file; the first column of the first row.
    std::int64_t sql(const std::string& text) { return sql_of(database_path(), text); }
    static std::int64_t sql_of(const std::string& path, const std::string& text);

    asio::io_context io{1};
    TemporaryDirectory directory;
    store::EmbeddedOptions options;
    ManualClock clock;
    NullLog log;
    std::unique_ptr<store::EmbeddedStore> store;
};

store::Transaction put_of(const std::string& key, const std::string& value);

}  // namespace confcast::test
