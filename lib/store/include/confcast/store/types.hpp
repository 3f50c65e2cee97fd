// The domain of a store: revisions, keys with their versions, ranges, transactions, events. Values, no behaviour.
// Semantics are etcd's (etcd documentation, "Data model" and "API guarantees"). Keys here are STORE keys (with prefix).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace confcast::store {

/// A point in a store's history, growing by 1: one per transaction that changed something, or per several that were
/// made at once. 0 = before everything; an empty store is at revision 1 (as etcd's is).
using Revision = std::int64_t;

/// A lease's identity; 0 = no lease.
using LeaseId = std::int64_t;

/// Names the history that revisions belong to. Revisions of two epochs cannot be compared.
struct Epoch {
    std::uint64_t id = 0;
    /// Sixteen lower-case hexadecimal digits.
    std::string to_string() const;
    /// nullopt unless `text` is exactly what to_string() makes.
    static std::optional<Epoch> parse(std::string_view text);
    friend bool operator==(Epoch, Epoch) = default;
};

/// One key at one revision. `version` is 1 at creation and grows by 1 with each put.
struct KeyValue {
    std::string key;
    std::string value;
    Revision create_revision = 0;
    Revision mod_revision = 0;
    std::int64_t version = 0;
    LeaseId lease = 0;
    friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

/// Keys in [begin, end) in byte order; an empty `end` means no upper bound.
struct KeyRange {
    std::string begin;
    std::string end;
    static KeyRange single(std::string_view key);
    static KeyRange prefix(std::string_view prefix);
    bool contains(std::string_view key) const { return key >= begin && (end.empty() || key < end); }
};

/// The smallest key that is greater than every key with this prefix; "" when there is none (all bytes 0xFF, or empty).
std::string prefix_end(std::string_view prefix);

struct RangeRequest {
    KeyRange range;
    Revision at = 0;         // 0 = the newest revision; else the past as it was at that revision
    std::int64_t limit = 0;  // 0 = no limit
    bool keys_only = false;  // leaves every value empty
};

struct RangeResult {
    Revision revision = 0;      // the store's newest revision when it answered (never `at`)
    std::vector<KeyValue> kvs;  // ascending by key
    bool more = false;          // there are keys beyond `limit`
};

/// Holds when the key's mod_revision is (or is not) this one; a key that does not exist has mod_revision 0.
struct Compare {
    enum class Relation : std::uint8_t { equal, not_equal };
    std::string key;
    Relation relation = Relation::equal;
    Revision mod_revision = 0;
};

struct Put {
    std::string key;
    std::string value;
    LeaseId lease = 0;  // attaches the key to it, and detaches it from any other
};

/// All compares hold -> all puts and deletes happen, in one revision. A key may be named once among puts and deletes.
struct Transaction {
    std::vector<Compare> compares;
    std::vector<Put> puts;
    std::vector<std::string> deletes;
};

/// The most puts + deletes that a transaction may have (etcd's default limit).
inline constexpr std::size_t max_transaction_operations = 128;

struct TransactionResult {
    bool succeeded = false;
    Revision revision = 0;          // the revision it made, or the newest one when it changed nothing
    std::vector<KeyValue> puts;     // on success: per put its new state, value left empty
    std::vector<bool> deleted;      // on success: per delete, whether the key was there
    std::vector<Revision> current;  // on failure: per compare the key's mod_revision (0 = not there)
};

struct Event {
    enum class Type : std::uint8_t { put, del };
    Type type = Type::put;
    KeyValue kv;  // of a delete: key and mod_revision (its revision) only
    friend bool operator==(const Event&, const Event&) = default;
};

/// All watched events of one revision, in byte order of key; or, with no events, "the watch is complete up to
/// `revision`" (progress).
struct WatchBatch {
    Revision revision = 0;
    std::vector<Event> events;
};

struct WatchRequest {
    KeyRange range;
    Revision start = 0;  // the first revision wanted; must be >= 1
};

struct Status {
    Epoch epoch;
    Revision revision = 0;        // newest
    Revision oldest = 0;          // the oldest revision that can still be read; watches may start at oldest + 1
    std::int64_t size_bytes = 0;  // on disk
    std::string version;          // what the store is, for people ("sqlite 3.40.1")
    std::string problem;          // why it cannot write now; empty when healthy
};

/// One address of a store that is reached over the network, as this node finds it.
struct EndpointState {
    std::string name;  // HOST:PORT
    bool healthy = true;
    bool in_use = false;                          // calls go here
    std::chrono::system_clock::time_point since;  // when `healthy` became what it is
    std::string last_error;                       // of the last failure; empty when all is well again
};

struct Lease {
    LeaseId id = 0;
    std::int64_t ttl_s = 0;  // granted seconds
    std::int64_t remaining_s = 0;
};

}  // namespace confcast::store
