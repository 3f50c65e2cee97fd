#include "lease_table.hpp"

#include <random>

namespace confcast::store {
namespace {

LeaseId random_id() {
    thread_local std::random_device device;
    const std::uint64_t bits = (std::uint64_t{device()} << 32U) ^ device();
    return static_cast<LeaseId>(bits >> 1U);
}

}  // namespace

LeaseTable::LeaseTable(Database& database)
    : insert_(database, "INSERT INTO leases (id, ttl_s) VALUES (?1, ?2)"),
      exists_(database, "SELECT 1 FROM leases WHERE id = ?1"),
      remove_(database, "DELETE FROM leases WHERE id = ?1"),
      attach_(database, "INSERT INTO attached (lease, key) VALUES (?1, ?2)"),
      detach_(database, "DELETE FROM attached WHERE lease = ?1 AND key = ?2"),
      attached_(database, "SELECT key FROM attached WHERE lease = ?1 ORDER BY key LIMIT ?2") {}

Lease LeaseTable::grant(std::int64_t ttl_s) {
    LeaseId id = random_id();
    while (id == 0 || exists(id)) id = random_id();
    insert_.run(id, ttl_s);
    return {id, ttl_s, ttl_s};
}

bool LeaseTable::exists(LeaseId id) { return exists_.query(id).next(); }
void LeaseTable::remove(LeaseId id) { remove_.run(id); }
void LeaseTable::attach(LeaseId id, std::string_view key) { attach_.run(id, key); }
void LeaseTable::detach(LeaseId id, std::string_view key) { detach_.run(id, key); }

std::vector<std::string> LeaseTable::attached(LeaseId id, std::size_t limit) {
    std::vector<std::string> keys;
    Rows rows = attached_.query(id, static_cast<std::int64_t>(limit));
    while (rows.next()) keys.emplace_back(rows.blob(0));
    return keys;
}

std::vector<Lease> read_leases(Database& database) {
    std::vector<Lease> leases;
    Statement all(database, "SELECT id, ttl_s FROM leases");
    Rows rows = all.query();
    while (rows.next()) leases.push_back({rows.integer(0), rows.integer(1), rows.integer(1)});
    return leases;
}

}  // namespace confcast::store
