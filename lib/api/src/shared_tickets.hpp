// Tickets that any node of a store takes, and only one of them, once: a ticket is a key in the store until somebody
// deletes it. For stores that several servers use; see docs/decisions/0008-tickets-in-the-store.md.
#pragma once

#include <string>
#include <string_view>

#include "confcast/auth/principal.hpp"
#include "confcast/store/layout.hpp"
#include "shared_lease.hpp"

namespace confcast::api {

class SharedTickets {
  public:
    /// The references outlive it.
    SharedTickets(store::Store& store, const store::Layout& layout, const Clock& clock);

    /// From now on somebody may come with `text`, for auth::Tickets::time_to_live and a few seconds at most. What is
    /// kept is its hash and whose it is. Errors: the store's.
    Awaitable<Result<>> keep(std::string text, auth::PrincipalPtr whose);

    struct Taken {
        auth::PrincipalPtr whose;
        store::Revision revision = 0;  // of the store: a node that is there knows who that is
    };
    /// Whose it was, once on all nodes together. Errors: unauthenticated (invalid); the store's.
    Awaitable<Result<Taken>> take(std::string text);

  private:
    store::Store& store_;
    const store::Layout& layout_;
    SharedLease lease_;
};

}  // namespace confcast::api
