// The store behind `--store sqlite:DIR`: SQLite in WAL mode, a log table of revisions, one writer thread with group
// commit.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/error.hpp"
#include "confcast/base/histogram.hpp"
#include "confcast/base/log.hpp"
#include "confcast/store/store.hpp"

namespace confcast::store {

struct EmbeddedOptions {
    std::string directory;                                 // made when it is not there (mode 0700)
    std::chrono::seconds retention_age{24 * 3600};         // history older than this is compacted …
    std::int64_t retention_revisions = 100'000;            // … or beyond so many revisions; 0 = that rule is off
    std::chrono::milliseconds retention_interval{60'000};  // how often both are looked at
    std::size_t max_queued_writes = 10'000;                // more waiting: store_unavailable (reason)
    std::size_t max_queued_bytes = 256U << 20U;            // … or more bytes of keys and values in them
    std::size_t max_queued_reads = 10'000;                 // more waiting: store_unavailable (reason)
    std::size_t max_group = 1'024;                         // writes in one group commit
    std::size_t max_tail = 16'384;                         // newest rows by key in memory, before the index has them …
    std::size_t max_tail_bytes = 8U << 20U;  // … or bytes of their keys; either may be passed by a quarter
    std::size_t index_slice = 256;           // rows, at least, that a group takes into the index meanwhile
    std::size_t watch_revisions = 1'024;     // newest revisions kept in memory for watches …
    std::size_t watch_bytes = 16U << 20U;    // … and their bytes; a watch further behind reads the disk
    bool synchronous_full = true;            // false: NORMAL, may lose acknowledged writes at power loss
    std::string vfs;                         // an SQLite VFS by name, for tests; empty = SQLite's own
};

struct EmbeddedStats {
    std::uint64_t commits = 0;  // SQLite transactions
    std::uint64_t writes = 0;   // our transactions in them
    std::uint64_t largest_group = 0;
    std::uint64_t failures = 0;  // commits that the disk refused
    std::uint64_t compactions = 0;
    std::uint64_t leases_expired = 0;
};

class EmbeddedStore : public Store {
  public:
    /// Opens or makes the store in the directory, takes its lock, checks its integrity, starts its threads.
    /// Errors (store_unavailable with detail "reason", a whole sentence): not a store, corrupt, truncated, of a newer
    /// schema, locked by another process, not writable. Never opens such a thing as empty. Blocking: call at start.
    static Result<std::unique_ptr<EmbeddedStore>> open(Executor executor, EmbeddedOptions options, const Clock& clock,
                                                       Log& log);

    virtual EmbeddedStats stats() const = 0;
    /// Of commits that went well: how many writes were in each, how long the statements before SQLite's COMMIT took
    /// (reading what is compared, adding rows, index and compaction slices), and the COMMIT itself: writing the changed
    /// pages to the write-ahead log, and its fsync.
    virtual const Histogram& group_sizes() const = 0;
    virtual const Histogram& prepare_seconds() const = 0;
    virtual const Histogram& commit_seconds() const = 0;
    /// Does now what the store's timer does now and then (ends leases that are due by the Clock, compacts when the
    /// interval is over, looks whether a disk that failed is back), and returns when that and all freeing of compacted
    /// history is done. For tests that move a ManualClock.
    virtual Awaitable<> tick() = 0;
};

}  // namespace confcast::store
