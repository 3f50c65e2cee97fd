#include "shared_tickets.hpp"

#include "confcast/auth/refusal.hpp"
#include "confcast/auth/tickets.hpp"
#include "fingerprint.hpp"

namespace confcast::api {

SharedTickets::SharedTickets(store::Store& store, const store::Layout& layout, const Clock& clock)
    : store_(store), layout_(layout), lease_(store, clock, auth::Tickets::time_to_live) {}

Awaitable<Result<>> SharedTickets::keep(std::string text, auth::PrincipalPtr whose) {
    const Result<store::LeaseId> lease = co_await lease_.get();
    if (!lease) co_return lease.error();
    const std::string key = layout_.ticket_key(fingerprint({text}));
    store::Transaction transaction;
    transaction.compares.push_back({key, store::Compare::Relation::equal, 0});
    transaction.puts.push_back({key, auth::encode_principal(*whose), *lease});
    const Result<store::TransactionResult> kept = co_await store_.commit(std::move(transaction));
    if (!kept) {
        lease_.forget(*lease);
        co_return kept.error();
    }
    co_return Result<>{};
}

Awaitable<Result<SharedTickets::Taken>> SharedTickets::take(std::string text) {
    const std::string key = layout_.ticket_key(fingerprint({text}));
    store::RangeRequest request{store::KeyRange::single(key), 0, 1, false};
    const Result<store::RangeResult> found = co_await store_.range(std::move(request));
    if (!found) co_return found.error();
    if (found->kvs.empty()) co_return auth::refuse(auth::Refusal::invalid);
    store::Transaction transaction;
    transaction.compares.push_back({key, store::Compare::Relation::equal, found->kvs.front().mod_revision});
    transaction.deletes.push_back(key);
    const Result<store::TransactionResult> deleted = co_await store_.commit(std::move(transaction));
    if (!deleted) co_return deleted.error();
    // Another node was first.
    if (!deleted->succeeded) co_return auth::refuse(auth::Refusal::invalid);
    auth::PrincipalPtr whose = auth::decode_principal(found->kvs.front().value);
    if (whose == nullptr) co_return auth::refuse(auth::Refusal::invalid);
    co_return Taken{std::move(whose), deleted->revision};
}

}  // namespace confcast::api
