// What is in the database file, and how a row's id says its revision.
//
// One table is the whole history: a row per key and revision, `id` = revision x 2^20 + place in the revision, so that
// the order of ids is the order of revisions. The table by_key finds a key's newest row at or before any revision with
// one seek; it has the rows up to meta's `indexed`, and the newest ones later, many at once (Tail).
#pragma once

#include <cstdint>
#include <string>

#include "confcast/store/types.hpp"
#include "sqlite.hpp"

namespace confcast::store {

inline constexpr std::int64_t application_id = 0x434E4643;  // "CNFC"
inline constexpr std::int64_t schema_version = 2;

inline constexpr int place_bits = 20;
inline constexpr std::int64_t places_in_revision = std::int64_t{1} << place_bits;

constexpr std::int64_t first_id(Revision revision) { return revision << place_bits; }
constexpr std::int64_t last_id(Revision revision) { return first_id(revision + 1) - 1; }
constexpr Revision revision_of(std::int64_t id) { return id >> place_bits; }

/// Every store begins here (as etcd does); there is nothing before it to read.
inline constexpr Revision first_revision = 1;

/// Makes the tables of an empty store in an empty database.
void create_schema(Database& database, Epoch epoch);

/// From schema 1, which had an index over the log's key in the place of by_key: at once or not at all.
void upgrade_schema(Database& database);

/// What the meta table holds.
struct StoreIdentity {
    Epoch epoch;
    Revision oldest = first_revision;
};
StoreIdentity read_identity(Database& database);

}  // namespace confcast::store
