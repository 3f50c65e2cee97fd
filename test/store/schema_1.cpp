#include "schema_1.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>

namespace confcast::test {
namespace {

constexpr const char* tables = R"sql(
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    revision INTEGER GENERATED ALWAYS AS (id >> 20) VIRTUAL,
    created INTEGER GENERATED ALWAYS AS (version = 1) VIRTUAL,
    deleted INTEGER GENERATED ALWAYS AS (version = 0) VIRTUAL,
    key BLOB NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    value BLOB
) STRICT;
CREATE INDEX log_key ON log (key);
CREATE TABLE leases (id INTEGER PRIMARY KEY, ttl_s INTEGER NOT NULL) STRICT;
CREATE TABLE attached (lease INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY (lease, key)) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('oldest', 1), ('scrubbed', 2 * 1048576 - 1), ('probe', 0);
PRAGMA application_id = 1129203267;
PRAGMA user_version = 1;
)sql";

void execute(sqlite3* database, const std::string& sql) {
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message << " in " << sql;
    sqlite3_free(message);
}

}  // namespace

void make_schema_1(const std::filesystem::path& directory, const Past& past,
                   const std::vector<store::Transaction>& done) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((directory / "confcast.db").c_str(), &database), SQLITE_OK);
    execute(database, tables);
    execute(database,
            "INSERT INTO meta VALUES ('epoch', " + std::to_string(static_cast<std::int64_t>(schema_1_epoch)) + ")");
    store::Revision revision = 1;
    for (const auto& transaction : done) {
        ++revision;
        std::map<std::string, std::string> rows;  // in byte order of key: create_revision, version, lease, time, value
        for (const auto& put : transaction.puts) {
            const auto& kv = past.at(revision).at(put.key);
            rows[put.key] = std::to_string(kv.create_revision) + ", " + std::to_string(kv.version) +
                            ", 0, 1000, CAST('" + kv.value + "' AS BLOB)";
        }
        for (const auto& key : transaction.deletes)
            if (past.at(revision - 1).contains(key)) rows[key] = "0, 0, 0, 1000, NULL";
        auto id = revision << 20;
        for (const auto& [key, columns] : rows)
            execute(database, "INSERT INTO log (id, key, create_revision, version, lease, time_ms, value) VALUES (" +
                                  std::to_string(id++) + ", CAST('" + key + "' AS BLOB), " + columns + ")");
    }
    execute(database, "COMMIT");
    EXPECT_EQ(sqlite3_close(database), SQLITE_OK);
}

}  // namespace confcast::test
