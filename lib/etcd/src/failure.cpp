#include "failure.hpp"

#include <string>

namespace confcast::etcd {
namespace {

bool says(std::string_view message, std::string_view words) { return message.find(words) != std::string_view::npos; }

/// Without gRPC's words around what matters.
std::string_view core_of(std::string_view message) {
    constexpr std::string_view last = "last error: ";
    const auto found = message.find(last);
    if (found == std::string_view::npos) return message;
    message.remove_prefix(found + last.size());
    constexpr std::string_view unknown = "UNKNOWN: ";
    if (message.starts_with(unknown)) message.remove_prefix(unknown.size());
    return message;
}

Error unavailable(std::string_view message) {
    return Error(Errc::store_unavailable)
        .with("reason",
              message.empty() ? std::string("etcd does not answer") : "etcd: " + std::string(core_of(message)));
}

/// What etcd refused before it did anything, by its own sentences; Errc::internal when it is none of these.
Errc refusal(std::string_view message) {
    if (says(message, "required revision has been compacted")) return Errc::compacted;
    if (says(message, "required revision is a future revision")) return Errc::future_revision;
    if (says(message, "requested lease not found")) return Errc::lease_not_found;
    if (says(message, "duplicate key given in txn request")) return Errc::duplicate_key;
    if (says(message, "too many operations in txn request")) return Errc::too_many_operations;
    if (says(message, "etcdserver: request is too large")) return Errc::value_too_large;
    if (says(message, "grpc: received message larger than max")) return Errc::value_too_large;
    return Errc::internal;
}

/// etcd has looked at it and refused, or it never left: certainly nothing has happened. When in doubt, no.
bool never_happened(Code code, std::string_view message) {
    switch (code) {
        case Code::invalid_argument:
        case Code::not_found:
        case Code::already_exists:
        case Code::permission_denied:
        case Code::failed_precondition:
        case Code::out_of_range:
        case Code::unimplemented:
        case Code::unauthenticated:
            return true;
        case Code::resource_exhausted:  // "Received message larger than max" is an answer, too large for us
            return says(message, "etcdserver: ");
        case Code::unavailable:
            return says(message, "failed to connect") || says(message, "DNS resolution failed") ||
                   says(message, "etcdserver: no leader") || says(message, "etcdserver: not capable") ||
                   says(message, "etcdserver: rpc not supported for learner");
        default:
            return false;
    }
}

/// It is the endpoint's failure, or the way's to it, not the call's.
bool is_of_endpoint(Code code) {
    switch (code) {
        case Code::unavailable:
        case Code::deadline_exceeded:
        case Code::cancelled:
        case Code::unknown:
        case Code::unimplemented:
        case Code::aborted:
        case Code::internal:
        case Code::data_loss:
            return true;
        default:
            return false;
    }
}

}  // namespace

bool is_token_refused(std::string_view reason) {
    return says(reason, "invalid auth token") || says(reason, "user name is empty") ||
           says(reason, "revision of auth store is old");
}

Failure judge(Code code, std::string_view message, Effect effect) {
    Failure failure;
    const Errc refused = refusal(message);
    if (refused != Errc::internal) {
        failure.error = refused;
        failure.repeatable = true;
        return failure;
    }
    failure.token = is_token_refused(message);
    failure.elsewhere = is_of_endpoint(code);
    failure.repeatable = effect == Effect::reads || never_happened(code, message);
    if (!failure.repeatable) {
        failure.error = Error(Errc::outcome_unknown).with("reason", "etcd: " + std::string(message));
    } else if (code == Code::deadline_exceeded) {
        failure.error = Error(Errc::store_timeout).with("reason", "etcd did not answer in time");
    } else {
        failure.error = unavailable(message);
    }
    return failure;
}

}  // namespace confcast::etcd
