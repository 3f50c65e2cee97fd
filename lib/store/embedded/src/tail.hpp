// The log's newest rows by key: those that the key index on the disk (by_key) does not have yet. An index entry for
// each write would cost each write a page of its own, for keys are changed in any order; a tail is put into the index
// in order of keys, many entries to a page (Indexer).
//
// Invariant: holds every row of its connection's snapshot with an id in (after(), newest()]; whoever has it in a
// transaction brings it up to date first (LogReader::catch_up).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/store/types.hpp"

namespace confcast::store {

/// A row of the log without its key and value; a deletion has version 0.
struct TailRow {
    std::int64_t id = 0;
    Revision create_revision = 0;
    std::int64_t version = 0;
    LeaseId lease = 0;
};

class Tail {
  public:
    using Rows = std::vector<TailRow>;  // of one key, ascending; never empty
    using Map = std::map<std::string, Rows, std::less<>>;

    /// Precondition: row.id > newest().
    void add(std::string_view key, const TailRow& row);
    /// The index has every row up to `id`.
    void drop_through(std::int64_t id);
    void clear() { *this = Tail(); }

    std::int64_t after() const { return after_; }
    std::int64_t newest() const { return newest_; }
    std::size_t rows() const { return count_; }
    /// Of its keys, each counted once.
    std::size_t key_bytes() const { return key_bytes_; }
    const Map& by_key() const { return by_key_; }
    /// The key's newest row with an id <= `bound`; nullptr when it is not in here.
    const TailRow* newest_of(std::string_view key, std::int64_t bound) const;
    static const TailRow* newest_of(const Rows& rows, std::int64_t bound);

  private:
    Map by_key_;
    std::size_t count_ = 0;
    std::size_t key_bytes_ = 0;
    std::int64_t after_ = 0;
    std::int64_t newest_ = 0;
};

}  // namespace confcast::store
