#include "schema.hpp"

#include <bit>

namespace confcast::store {
namespace {

// `version` 0 marks a deletion. `value` stands last: reading the columns before it does not touch a large value's
// pages. meta: epoch (bits of the unsigned id), oldest (what history was compacted to), scrubbed (the last row id that
// compaction has freed predecessors of), indexed (by_key has all rows up to that id), probe (written to learn whether
// the disk can be written again).
constexpr const char* tables = R"sql(
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
CREATE TABLE leases (id INTEGER PRIMARY KEY, ttl_s INTEGER NOT NULL) STRICT;
CREATE TABLE attached (lease INTEGER NOT NULL, key BLOB NOT NULL, PRIMARY KEY (lease, key)) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* key_table =
    "CREATE TABLE by_key (key BLOB NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID";

void set_version(Database& database) {
    database.execute(("PRAGMA user_version = " + std::to_string(schema_version)).c_str());
}

}  // namespace

void create_schema(Database& database, Epoch epoch) {
    database.execute("BEGIN IMMEDIATE");
    database.execute(tables);
    database.execute(key_table);
    Statement insert(database, "INSERT INTO meta (name, value) VALUES (CAST(?1 AS TEXT), ?2)");
    insert.run(std::string_view("epoch"), std::bit_cast<std::int64_t>(epoch.id));
    insert.run(std::string_view("oldest"), first_revision);
    insert.run(std::string_view("scrubbed"), last_id(first_revision));
    insert.run(std::string_view("indexed"), last_id(first_revision));
    insert.run(std::string_view("probe"), std::int64_t{0});
    database.execute(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    set_version(database);
    database.execute("COMMIT");
}

void upgrade_schema(Database& database) {
    database.execute("BEGIN IMMEDIATE");
    database.execute(key_table);
    database.execute("INSERT INTO by_key (key, id) SELECT key, id FROM log ORDER BY key, id");
    database.execute(("INSERT INTO meta (name, value) SELECT 'indexed', coalesce(max(id), " +
                      std::to_string(last_id(first_revision)) + ") FROM log")
                         .c_str());
    database.execute("DROP INDEX log_key");
    set_version(database);
    database.execute("COMMIT");
}

StoreIdentity read_identity(Database& database) {
    StoreIdentity identity;
    const auto read = [&](const char* sql) {
        Statement statement(database, sql);
        Rows rows = statement.query();
        if (!rows.next()) throw SqliteError(SQLITE_CORRUPT, 0, "the meta table lacks a row");
        return rows.integer(0);
    };
    identity.epoch.id = std::bit_cast<std::uint64_t>(read("SELECT value FROM meta WHERE name = 'epoch'"));
    identity.oldest = read("SELECT value FROM meta WHERE name = 'oldest'");
    return identity;
}

}  // namespace confcast::store
