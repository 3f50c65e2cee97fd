#include "stop.hpp"

namespace confcast::cli {
namespace {

Exit exit_of_answer(unsigned status, std::int32_t code) {
    if (code == static_cast<std::int32_t>(Errc::invalid_key)) return Exit::usage;
    switch (status) {
        case 400:
        case 413:
        case 415:
        case 422:
            return Exit::invalid;
        case 401:
        case 403:
            return Exit::not_allowed;
        case 404:
            return Exit::not_found;
        case 409:
        case 412:
            return Exit::conflict;
        case 503:
            return Exit::unhealthy;
        case 504:
            return Exit::unreachable;
        default:
            return Exit::failed;
    }
}

/// 1008: the credential is no longer good, or an operator does not want us; 4001: it has expired.
bool closed_for_access(std::uint16_t close_code) { return close_code == 1008 || close_code == 4001; }

}  // namespace

Exit exit_of(const client::Failure& failure) {
    using Kind = client::FailureKind;
    switch (failure.kind) {
        case Kind::answered:
            return exit_of_answer(failure.status, failure.code);
        case Kind::invalid:
            return Exit::usage;
        case Kind::unreachable:
        case Kind::timed_out:
        case Kind::lost:
            return closed_for_access(failure.close_code) ? Exit::not_allowed : Exit::unreachable;
        case Kind::cancelled:
            return Exit::interrupted;
        case Kind::bad_answer:
        case Kind::file:
            break;
    }
    return Exit::failed;
}

Stop stop_for(const client::Failure& failure) { return {exit_of(failure), failure.to_string()}; }

}  // namespace confcast::cli
