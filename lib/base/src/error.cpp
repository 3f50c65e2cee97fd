#include "confcast/base/error.hpp"

#include <stdexcept>

namespace confcast {

std::string Error::detail(std::string_view name) const {
    for (const Detail& d : details_) {
        if (d.name != name) continue;
        if (const auto* text = std::get_if<std::string>(&d.value)) return *text;
        return std::to_string(std::get<std::int64_t>(d.value));
    }
    return {};
}

std::int64_t Error::number(std::string_view name) const {
    for (const Detail& d : details_)
        if (d.name == name)
            if (const auto* n = std::get_if<std::int64_t>(&d.value)) return *n;
    return 0;
}

std::string Error::to_string() const {
    std::string out(name_of(code_));
    for (const Detail& d : details_) {
        out += ' ';
        out += d.name;
        out += '=';
        out += detail(d.name);
    }
    return out;
}

// No default: a new code that is not named here does not compile (-Wswitch).
std::string_view name_of(Errc code) {
    switch (code) {
        case Errc::malformed_json:
            return "malformed_json";
        case Errc::unknown_field:
            return "unknown_field";
        case Errc::invalid_parameter:
            return "invalid_parameter";
        case Errc::invalid_key:
            return "invalid_key";
        case Errc::invalid_encoding:
            return "invalid_encoding";
        case Errc::invalid_field:
            return "invalid_field";
        case Errc::invalid_header:
            return "invalid_header";
        case Errc::json_too_deep:
            return "json_too_deep";
        case Errc::malformed_request:
            return "malformed_request";
        case Errc::invalid_since:
            return "invalid_since";
        case Errc::invalid_message:
            return "invalid_message";
        case Errc::duplicate_key:
            return "duplicate_key";
        case Errc::too_many_operations:
            return "too_many_operations";
        case Errc::too_many_filters:
            return "too_many_filters";
        case Errc::future_revision:
            return "future_revision";
        case Errc::unauthenticated:
            return "unauthenticated";
        case Errc::not_allowed:
            return "not_allowed";
        case Errc::admin_required:
            return "admin_required";
        case Errc::origin_not_allowed:
            return "origin_not_allowed";
        case Errc::quota_exceeded:
            return "quota_exceeded";
        case Errc::config_not_found:
            return "config_not_found";
        case Errc::route_not_found:
            return "route_not_found";
        case Errc::lease_not_found:
            return "lease_not_found";
        case Errc::client_not_found:
            return "client_not_found";
        case Errc::token_not_found:
            return "token_not_found";
        case Errc::method_not_allowed:
            return "method_not_allowed";
        case Errc::not_acceptable:
            return "not_acceptable";
        case Errc::request_timeout:
            return "request_timeout";
        case Errc::already_exists:
            return "already_exists";
        case Errc::compare_failed:
            return "compare_failed";
        case Errc::compacted:
            return "compacted";
        case Errc::position_lost:
            return "position_lost";
        case Errc::precondition_failed:
            return "precondition_failed";
        case Errc::value_too_large:
            return "value_too_large";
        case Errc::body_too_large:
            return "body_too_large";
        case Errc::target_too_long:
            return "target_too_long";
        case Errc::unsupported_media_type:
            return "unsupported_media_type";
        case Errc::expectation_failed:
            return "expectation_failed";
        case Errc::idempotency_key_reused:
            return "idempotency_key_reused";
        case Errc::upgrade_required:
            return "upgrade_required";
        case Errc::too_many_requests:
            return "too_many_requests";
        case Errc::too_many_writes:
            return "too_many_writes";
        case Errc::header_too_large:
            return "header_too_large";
        case Errc::internal:
            return "internal";
        case Errc::configuration_wrong:
            return "configuration_wrong";
        case Errc::method_not_implemented:
            return "method_not_implemented";
        case Errc::store_unavailable:
            return "store_unavailable";
        case Errc::not_caught_up:
            return "not_caught_up";
        case Errc::shutting_down:
            return "shutting_down";
        case Errc::too_many_connections:
            return "too_many_connections";
        case Errc::too_many_from_address:
            return "too_many_from_address";
        case Errc::overloaded:
            return "overloaded";
        case Errc::store_timeout:
            return "store_timeout";
        case Errc::outcome_unknown:
            return "outcome_unknown";
        case Errc::http_version_unsupported:
            return "http_version_unsupported";
    }
    return "?";
}

const std::vector<Errc>& all_errcs() {
    static const std::vector<Errc> codes = [] {
        std::vector<Errc> found;
        for (std::int32_t n = 40000; n < 60000; ++n)
            if (const auto code = static_cast<Errc>(n); name_of(code) != "?") found.push_back(code);
        return found;
    }();
    return codes;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    throw std::logic_error("unchecked result: " + error.to_string() + " at " + where.to_string());
}

}  // namespace confcast
