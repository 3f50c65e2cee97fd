// Changes to the log inside one SQLite transaction, which may hold many of ours: each gets its own revision, sees what
// those before it did, and touches nothing when it is refused. Used by the writer's thread only. Throws SqliteError.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/store/types.hpp"
#include "indexer.hpp"
#include "lease_table.hpp"
#include "log_reader.hpp"

namespace confcast::store {

/// `rule` is broken by a transaction; checked before it is queued. Errors: duplicate_key, too_many_operations,
/// invalid_key (an empty one).
Result<> check_transaction(const Transaction& transaction);

class LogWriter {
  public:
    explicit LogWriter(Database& database);

    void begin();
    void commit();
    /// After any failure; never throws.
    void rollback();

    /// Takes the values out of the transaction. `time_ms`: when it was asked, milliseconds since 1970.
    Result<TransactionResult> apply(Transaction& transaction, std::int64_t time_ms);
    Result<Lease> grant(std::int64_t ttl_s);
    /// Deletes the lease and its keys. Error: lease_not_found.
    Result<> end_lease(LeaseId id, std::int64_t time_ms);
    /// Store::compact(): the promise only; what it frees is freed by a Scrubber.
    Result<> set_oldest(Revision revision);

    /// Moves up to so many rows from the tail into the key index; true when there are more (Indexer).
    bool run_index_slice(std::size_t rows) { return indexer_.run_slice(rows); }
    bool indexing() const { return indexer_.under_way(); }

    /// Writes something harmless, to learn whether the disk takes it.
    void probe();

    /// The newest revision, that of the open transaction included.
    Revision head() const { return head_; }
    bool oldest_moved() const { return oldest_moved_; }
    /// How many rows the open transaction has added.
    std::size_t rows_added() const { return rows_added_; }
    LogReader& reader() { return reader_; }
    /// What the transaction did, one batch per revision in order.
    std::vector<WatchBatch> take_changes() { return std::move(changes_); }

  private:
    struct Row {
        std::string_view key;
        Put* put = nullptr;  // nullptr: a deletion
        LatestRow before;
        std::size_t index = 0;  // in the transaction's puts
    };
    bool compares_hold(const Transaction& transaction, std::vector<Revision>& current);
    void append(std::vector<Row>& rows, std::int64_t time_ms, std::vector<KeyValue>* puts);
    Event append_put(std::int64_t id, const Row& row, std::int64_t time_ms);
    Event append_delete(std::int64_t id, const Row& row, std::int64_t time_ms);
    void note(std::string_view key, const TailRow& row);

    Database& database_;
    LogReader reader_;
    Indexer indexer_;
    LeaseTable leases_;
    Statement insert_;
    Statement set_oldest_;
    Statement probe_;
    Statement begin_;
    Statement commit_;
    Revision head_ = first_revision;
    std::int64_t newest_time_ms_ = 0;
    bool oldest_moved_ = false;
    std::size_t rows_added_ = 0;
    std::vector<WatchBatch> changes_;
};

}  // namespace confcast::store
