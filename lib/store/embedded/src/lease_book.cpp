#include "lease_book.hpp"

namespace confcast::store {

SteadyTime LeaseBook::end_of(std::int64_t ttl_s) const {
    const auto now = clock_.now();
    // The clock counts nanoseconds in 64 bits, a lease may be granted for almost all of them.
    const auto room = std::chrono::duration_cast<std::chrono::seconds>(SteadyTime::max() - now);
    return ttl_s >= room.count() ? SteadyTime::max() : now + std::chrono::seconds{ttl_s};
}

void LeaseBook::start(const Lease& lease) { leases_[lease.id] = {lease.ttl_s, end_of(lease.ttl_s), false}; }

std::optional<Lease> LeaseBook::keep_alive(LeaseId id) {
    const auto it = leases_.find(id);
    if (it == leases_.end() || it->second.ending || it->second.end <= clock_.now()) return std::nullopt;
    it->second.end = end_of(it->second.ttl_s);
    return Lease{id, it->second.ttl_s, it->second.ttl_s};
}

std::vector<LeaseId> LeaseBook::take_due() {
    std::vector<LeaseId> due;
    const auto now = clock_.now();
    for (auto& [id, entry] : leases_) {
        if (entry.ending || entry.end > now) continue;
        entry.ending = true;
        due.push_back(id);
    }
    return due;
}

void LeaseBook::back_to_due(LeaseId id) {
    if (const auto it = leases_.find(id); it != leases_.end()) it->second.ending = false;
}

}  // namespace confcast::store
