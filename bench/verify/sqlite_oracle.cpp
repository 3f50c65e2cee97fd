// The embedded store's log, read through a connection of our own: SQLite's WAL lets one read while the server writes,
// and the file outlives the server.
#include <sqlite3.h>

#include <stdexcept>

#include "oracle.hpp"

namespace confcast::verify {
namespace {

class Database {
  public:
    explicit Database(const std::string& path) {
        if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
            fail();
        sqlite3_busy_timeout(handle_, 10'000);
    }
    ~Database() { sqlite3_close(handle_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const char* sql) {
        if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    /// Calls row(statement) for each row.
    template <class Row>
    void query(const char* sql, std::int64_t bound, Row&& row) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v2(handle_, sql, -1, &raw, nullptr) != SQLITE_OK) fail();
        const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, &sqlite3_finalize);
        if (sqlite3_bind_parameter_count(raw) == 1) sqlite3_bind_int64(raw, 1, bound);
        int code = SQLITE_ROW;
        while ((code = sqlite3_step(raw)) == SQLITE_ROW) row(raw);
        if (code != SQLITE_DONE) fail();
    }

  private:
    [[noreturn]] void fail() const {
        throw std::runtime_error("reading the store's log: " + std::string(sqlite3_errmsg(handle_)));
    }
    sqlite3* handle_ = nullptr;
};

std::string bytes_of(sqlite3_stmt* row, int column) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
    return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

constexpr int revision_shift = 20;  // of log.id: the rest numbers the operations of a revision

class SqliteOracle : public Oracle {
  public:
    explicit SqliteOracle(const std::filesystem::path& directory) : database_(directory / "confcast.db") {}

    void poll(Court& court) override {
        Revision oldest = 0;
        Revision newest = 0;
        std::vector<Event> events;
        database_.execute("BEGIN");
        database_.query("SELECT value FROM meta WHERE name = 'oldest'", 0,
                        [&](sqlite3_stmt* row) { oldest = sqlite3_column_int64(row, 0); });
        database_.query("SELECT id, key, create_revision, version, value FROM log WHERE id >= ?1 ORDER BY id",
                        (seen_ + 1) << revision_shift, [&](sqlite3_stmt* row) {
                            newest = sqlite3_column_int64(row, 0) >> revision_shift;
                            if (auto key = setting_of(bytes_of(row, 1)))
                                events.push_back(event_of(row, std::move(*key), newest));
                        });
        database_.execute("COMMIT");
        if (seen_ != 0 && oldest > seen_ + 1)
            throw std::runtime_error("the store has compacted up to " + std::to_string(oldest) + ", read up to " +
                                     std::to_string(seen_) + ": compact less or write less");
        if (newest <= seen_) return;
        seen_ = newest;
        const std::lock_guard lock(court.mutex);
        for (auto& event : events) court.history.add(std::move(event));
        court.history.complete_to(newest);
    }

  private:
    static Event event_of(sqlite3_stmt* row, std::string key, Revision revision) {
        Event event;
        event.key = std::move(key);
        event.mod_revision = revision;
        event.version = sqlite3_column_int64(row, 3);
        event.is_delete = event.version == 0;
        if (event.is_delete) return event;
        event.create_revision = sqlite3_column_int64(row, 2);
        event.value = fingerprint(bytes_of(row, 4));
        return event;
    }

    Database database_;
    Revision seen_ = 0;
};

}  // namespace

std::unique_ptr<Oracle> make_sqlite_oracle(const std::filesystem::path& directory) {
    return std::make_unique<SqliteOracle>(directory);
}

std::optional<std::string> setting_of(std::string_view store_key) {
    constexpr std::string_view prefix = "/config/";
    if (!store_key.starts_with(prefix)) return std::nullopt;
    return std::string(store_key.substr(prefix.size()));
}

}  // namespace confcast::verify
