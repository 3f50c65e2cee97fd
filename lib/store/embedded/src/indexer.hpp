// Moves the tail into the key index on the disk, a slice with each group of writes, in order of keys. Part of the
// writer's transaction; throws SqliteError.
//
// Between the first slice and the last the index has some rows of the tail, too: who reads both takes the newest of
// either, so that nothing is seen twice. A crash in between leaves such rows; the next start moves the tail anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "log_reader.hpp"

namespace confcast::store {

class Indexer {
  public:
    explicit Indexer(LogReader& log);

    bool under_way() const { return goal_.has_value(); }
    /// Moves up to `rows` rows of what the tail had when the first slice began; true when there are more. With the last
    /// slice the tail loses them all.
    bool run_slice(std::size_t rows);
    /// The transaction of an earlier slice was rolled back.
    void start_over();

  private:
    LogReader& log_;
    Statement insert_;
    Statement set_indexed_;
    std::optional<std::int64_t> goal_;  // the newest row that is being moved
    std::string key_;                   // the last row moved: its key; "" = none
    std::int64_t id_ = 0;
};

}  // namespace confcast::store
