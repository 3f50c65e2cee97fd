// Idempotency-Key (the draft of that name of the IETF's httpapi group): a write that is sent twice happens once, and
// the second time is told what happened the first.
#pragma once

#include <optional>
#include <string>

#include "commit.hpp"
#include "services.hpp"

namespace confcast::api {

/// What a write with an Idempotency-Key leaves in the store, in its own transaction.
struct Once {
    std::string store_key;
    std::string request;  // fingerprint of what was asked for
};

/// nullopt when the request has no such header. Error: invalid_header (details "name", "rule").
Result<std::optional<Once>> read_once(const Call& call);

/// To be committed with the write.
void do_once(Write& write, const std::optional<Once>& once);

/// After a commit whose compares did not hold: the revision that the write was made in the first time; 0 when this is
/// the first time. Errors: idempotency_key_reused when that was another request; the store's.
Awaitable<Result<store::Revision>> repeated(Call& call, const std::optional<Once>& once,
                                            const store::TransactionResult& done);

}  // namespace confcast::api
