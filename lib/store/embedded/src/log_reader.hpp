// Questions to the log table over one connection: what is the newest, what was at a revision, what happened since.
// Throws SqliteError. Each question that needs more than one SELECT wants a transaction around it (ReadTransaction).
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/store/types.hpp"
#include "schema.hpp"
#include "sqlite.hpp"
#include "tail.hpp"

namespace confcast::store {

/// A key's newest row; a deletion has version 0.
struct LatestRow {
    Revision create_revision = 0;
    Revision mod_revision = 0;
    std::int64_t version = 0;
    LeaseId lease = 0;
    bool present() const { return version != 0; }
};

/// History in whole revisions: everything in the range up to `complete_to` is in `batches`.
struct HistoryPage {
    std::vector<WatchBatch> batches;
    Revision complete_to = 0;
};

struct PageLimits {
    std::size_t rows = 1'000;
    std::size_t bytes = 1U << 20U;
};

class ReadTransaction {
  public:
    explicit ReadTransaction(Database& database) : database_(database) { database_.execute("BEGIN"); }
    ~ReadTransaction();
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;

  private:
    Database& database_;
};

class LogReader {
  public:
    explicit LogReader(Database& database);

    /// The newest row's id; what its revision is.
    std::int64_t head_id();
    Revision head() { return std::max(first_revision, revision_of(head_id())); }
    Revision oldest();
    /// When the first revision above `revision` was committed; nullopt when there is none.
    std::optional<std::int64_t> time_after(Revision revision);

    /// The newest row that the key index has, with all before it.
    std::int64_t indexed();
    /// Brings the tail to this transaction's snapshot. range() does it by itself.
    void catch_up();
    /// Who adds rows in this transaction adds them here, too.
    Tail& tail() { return tail_; }

    /// nullopt when the log has no row of the key. Precondition: the tail is up to date.
    std::optional<LatestRow> latest(std::string_view key);

    /// Store::range(). Errors: compacted, future_revision.
    Result<RangeResult> range(const RangeRequest& request);
    /// What happened in [from, to], at least one revision of it. Error: compacted.
    Result<HistoryPage> history(const KeyRange& range, Revision from, Revision to, PageLimits limits = {});

    Database& database() { return database_; }

  private:
    bool append_row(std::int64_t id, bool keys_only, std::vector<KeyValue>& out);
    std::optional<std::int64_t> newest_of_key(std::string_view key, std::int64_t bound);
    std::optional<std::int64_t> newest_indexed(std::string_view key, std::int64_t bound);
    /// Calls `visit(id)` with the newest row at or before `bound` of each key in the range, ascending by key, until it
    /// returns false. Precondition: the range's end, if it has one, lies after its beginning.
    template <class Visit>
    void visit_newest(const KeyRange& range, std::int64_t bound, const Visit& visit);

    Database& database_;
    Tail tail_;
    Statement head_;
    Statement oldest_;
    Statement indexed_;
    Statement rows_after_;
    Statement time_after_;
    Statement latest_;
    Statement newest_of_key_;
    Statement newest_from_;
    Statement newest_between_;
    Statement row_;
    Statement history_;
};

}  // namespace confcast::store
