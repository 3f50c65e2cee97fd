// What a call that failed means: etcd's and gRPC's codes and sentences as errors of a store. No gRPC in here.
#pragma once

#include <cstdint>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::etcd {

/// gRPC's status codes (their numbers are the wire format).
enum class Code : std::uint8_t {
    ok = 0,
    cancelled = 1,
    unknown = 2,
    invalid_argument = 3,
    deadline_exceeded = 4,
    not_found = 5,
    already_exists = 6,
    permission_denied = 7,
    resource_exhausted = 8,
    failed_precondition = 9,
    aborted = 10,
    out_of_range = 11,
    unimplemented = 12,
    internal = 13,
    unavailable = 14,
    data_loss = 15,
    unauthenticated = 16
};

/// A write that was sent may have happened whatever the network says of it.
enum class Effect : std::uint8_t { reads, writes };

struct Failure {
    Error error;
    bool elsewhere = false;   // another endpoint may do better
    bool repeatable = false;  // the call certainly had no effect, or has none
    bool token = false;       // a new token may do
};

/// Compacted and future_revision come without their numbers: etcd does not say them.
Failure judge(Code code, std::string_view message, Effect effect);

/// Whether this reason of a refusal may go away with a new token.
bool is_token_refused(std::string_view reason);

}  // namespace confcast::etcd
