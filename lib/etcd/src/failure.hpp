// What a call that failed means: etcd's and gRPC's codes and sentences as errors of a store. No gRPC in here.
#pragma once

#include <cstdint>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::etcd {

/// gRPC's status codes, those that are told apart (their numbers are the wire format).
enum class Code : std::uint8_t {
    ok = 0,
    cancelled = 1,
    invalid_argument = 3,
    deadline_exceeded = 4,
    not_found = 5,
    permission_denied = 7,
    resource_exhausted = 8,
    failed_precondition = 9,
    out_of_range = 11,
    unavailable = 14,
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

/// Whether this reason of a refusal goes away with a new token.
bool is_token_refused(std::string_view reason);

}  // namespace confcast::etcd
