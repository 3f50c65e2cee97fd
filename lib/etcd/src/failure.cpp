#include "failure.hpp"

#include <string>

namespace confcast::etcd {
namespace {

bool says(std::string_view message, std::string_view words) { return message.find(words) != std::string_view::npos; }

Error unavailable(std::string_view message) {
    return Error(Errc::store_unavailable)
        .with("reason", message.empty() ? std::string("etcd does not answer") : "etcd: " + std::string(message));
}

/// What etcd refused before it did anything, by its own sentences; Errc::internal when it is none of these.
Errc refusal(std::string_view message) {
    if (says(message, "required revision has been compacted")) return Errc::compacted;
    if (says(message, "required revision is a future revision")) return Errc::future_revision;
    if (says(message, "requested lease not found")) return Errc::lease_not_found;
    if (says(message, "duplicate key given in txn request")) return Errc::duplicate_key;
    if (says(message, "too many operations in txn request")) return Errc::too_many_operations;
    if (says(message, "request is too large")) return Errc::body_too_large;
    return Errc::internal;
}

/// The request never left, or etcd says that it was not proposed.
bool never_happened(Code code, std::string_view message) {
    if (code != Code::unavailable) return code != Code::deadline_exceeded && code != Code::cancelled;
    return says(message, "failed to connect") || says(message, "etcdserver: no leader") ||
           says(message, "name resolution") || says(message, "etcdserver: not capable");
}

/// A message that exceeds our own receive limit is an answer: what it answers has happened.
bool answer_too_large(Code code, std::string_view message) {
    return code == Code::resource_exhausted && says(message, "larger than max");
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
    failure.elsewhere = code == Code::unavailable || code == Code::deadline_exceeded || code == Code::cancelled;
    const bool harmless = never_happened(code, message) && !answer_too_large(code, message);
    failure.repeatable = effect == Effect::reads || harmless;
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
