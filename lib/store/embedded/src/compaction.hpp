// Forgetting: how far history may be forgotten (retention), and freeing what nobody can read any more (scrubbing).
//
// A compaction to R is one number in the meta table: from its commit on nobody may read before R. The rows are freed
// later, a slice with each group of writes, so that no commit waits for long; a crash in between loses nothing, since
// the place reached is in the same transaction as the rows freed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "log_reader.hpp"

namespace confcast::store {

struct Retention {
    std::chrono::milliseconds age{0};  // 0 = off
    std::int64_t revisions = 0;        // 0 = off
};

/// What to compact to at `now_ms` (milliseconds since 1970), or nullopt when nothing is old enough.
std::optional<Revision> retention_target(LogReader& log, const Retention& retention, std::int64_t now_ms);

/// Frees rows that a newer row at or below the oldest readable revision replaces, and deletions that nothing precedes.
class Scrubber {
  public:
    explicit Scrubber(LogReader& log);
    /// Rows of what it is to look at are not in the key index yet: it finds nothing to free without that.
    bool wants_index();
    /// Looks at up to `rows` rows inside the open transaction; false when nothing is left to look at. Precondition:
    /// !wants_index().
    bool run_slice(std::int64_t rows);

  private:
    LogReader& log_;
    Statement place_;
    Statement set_place_;
    Statement window_;
    Statement free_before_;
    Statement forget_before_;
    Statement free_row_;
    Statement forget_row_;
};

}  // namespace confcast::store
