// The durable side of leases: that they exist, and which keys hang on them. When they end is the loop's business
// (LeaseBook). Part of the writer's transaction; throws SqliteError.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/store/types.hpp"
#include "sqlite.hpp"

namespace confcast::store {

class LeaseTable {
  public:
    explicit LeaseTable(Database& database);

    /// A lease with an id that no other ever had: a late keep_alive of an ended lease never meets a stranger.
    Lease grant(std::int64_t ttl_s);
    bool exists(LeaseId id);
    void remove(LeaseId id);

    void attach(LeaseId id, std::string_view key);
    void detach(LeaseId id, std::string_view key);
    /// Up to `limit` keys, ascending.
    std::vector<std::string> attached(LeaseId id, std::size_t limit);

  private:
    Statement insert_;
    Statement exists_;
    Statement remove_;
    Statement attach_;
    Statement detach_;
    Statement attached_;
};

/// All leases with their granted time, as they are after a start.
std::vector<Lease> read_leases(Database& database);

}  // namespace confcast::store
