#include "shared_lease.hpp"

#include <algorithm>

namespace confcast::api {

SharedLease::SharedLease(store::Store& store, const Clock& clock, std::chrono::seconds ttl)
    : store_(store), clock_(clock), ttl_(ttl) {}

// It is used for half of the time that it lives longer than it must: the other half is for the commit that is to use
// it.
Awaitable<Result<store::LeaseId>> SharedLease::get() {
    const SteadyTime now = clock_.now();
    if (id_ != 0 && now < renew_at_) co_return id_;
    const auto longer = std::max(ttl_ / 10, std::chrono::seconds{1});
    const Result<store::Lease> granted = co_await store_.grant((ttl_ + longer).count());
    if (!granted) co_return granted.error();
    id_ = granted->id;
    renew_at_ = now + longer / 2;
    co_return id_;
}

void SharedLease::forget(store::LeaseId id) {
    if (id == id_) id_ = 0;
}

}  // namespace confcast::api
