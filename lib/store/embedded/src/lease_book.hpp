// When leases end, by the loop's clock. The table in the store says which leases exist; this says until when.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/store/types.hpp"

namespace confcast::store {

class LeaseBook {
  public:
    explicit LeaseBook(const Clock& clock) : clock_(clock) {}

    /// Starts the lease's whole time now.
    void start(const Lease& lease);
    void forget(LeaseId id) { leases_.erase(id); }
    /// nullopt when there is no such lease, or its time is over.
    std::optional<Lease> keep_alive(LeaseId id);
    /// Those whose time is over and that were not handed out yet; back_to_due() hands them out again.
    std::vector<LeaseId> take_due();
    void back_to_due(LeaseId id);

  private:
    struct Entry {
        std::int64_t ttl_s = 0;
        SteadyTime end;
        bool ending = false;
    };
    SteadyTime end_of(std::int64_t ttl_s) const;

    const Clock& clock_;
    std::unordered_map<LeaseId, Entry> leases_;
};

}  // namespace confcast::store
