#include "embedded_fixture.hpp"

#include <boost/asio/co_spawn.hpp>

namespace confcast::test {

void EmbeddedTest::open() {
    auto opened = store::EmbeddedStore::open(io.get_executor(), options, clock, log);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    store = std::move(*opened);
}

std::string EmbeddedTest::refusal() {
    auto opened = store::EmbeddedStore::open(io.get_executor(), options, clock, log);
    if (opened) return "it opened";
    EXPECT_EQ(opened.error().code(), Errc::store_unavailable);
    const auto reason = opened.error().detail("reason");
    EXPECT_FALSE(reason.empty());
    if (!reason.empty()) EXPECT_EQ(reason.back(), '.') << reason;
    return reason;
}

void EmbeddedTest::close() {
    if (!store) return;
    run(store->close());
    store.reset();
}

Result<store::TransactionResult> EmbeddedTest::try_put(const std::string& key, const std::string& value) {
    return run(db().commit(put_of(key, value)));
}

store::Revision EmbeddedTest::put(const std::string& key, const std::string& value) {
    const auto result = try_put(key, value);
    if (!result) throw std::runtime_error(result.error().to_string());
    return result->revision;
}

std::string EmbeddedTest::get(const std::string& key) {
    const auto result = run(db().range({store::KeyRange::single(key), 0, 0, false}));
    if (!result) return result.error().to_string();
    return result->kvs.empty() ? "(none)" : result->kvs[0].value;
}

store::Status EmbeddedTest::status() { return run(db().status()).value(); }

CommitResults EmbeddedTest::commit_all(const std::vector<store::Transaction>& transactions) {
    CommitResults results(transactions.size());
    std::size_t answers = 0;
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        asio::co_spawn(io, db().commit(transactions[i]), [&, i](const std::exception_ptr&, auto result) {
            results[i].emplace(std::move(result));
            ++answers;
        });
    }
    io.restart();
    while (answers < transactions.size()) {
        if (io.run_one_for(std::chrono::seconds{30}) == 0) throw std::runtime_error("a commit has no answer");
    }
    return results;
}

std::int64_t EmbeddedTest::sql_of(const std::string& path, const std::string& text) {
    sqlite3* database = nullptr;
    std::int64_t found = 0;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    char* message = nullptr;
    const auto keep = [](void* into, int, char** values, char**) {
        if (values[0] != nullptr) *static_cast<std::int64_t*>(into) = std::stoll(values[0]);
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(database, text.c_str(), keep, &found, &message), SQLITE_OK) << message;
    sqlite3_free(message);
    sqlite3_close(database);
    return found;
}

store::Transaction put_of(const std::string& key, const std::string& value) {
    store::Transaction transaction;
    transaction.puts.push_back({key, value, 0});
    return transaction;
}

}  // namespace confcast::test
