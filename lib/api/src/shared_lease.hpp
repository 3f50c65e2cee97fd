// One lease for all keys that are to live about as long: a store with a lease for each of a thousand keys a second
// would have little else to do.
#pragma once

#include <chrono>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/error.hpp"
#include "confcast/store/store.hpp"

namespace confcast::api {

class SharedLease {
  public:
    /// What is attached to get()'s lease at once lives for `ttl` at least, and for a tenth more at most. The references
    /// outlive it.
    SharedLease(store::Store& store, const Clock& clock, std::chrono::seconds ttl);

    /// Errors: the store's, of a grant.
    Awaitable<Result<store::LeaseId>> get();
    /// The store does not know it (any more): the next get() has another one.
    void forget(store::LeaseId id);

  private:
    store::Store& store_;
    const Clock& clock_;
    std::chrono::seconds ttl_;
    store::LeaseId id_ = 0;
    SteadyTime renew_at_{};
};

}  // namespace confcast::api
