// What can go wrong, named once. Everybody may depend on this.
//
// An Errc's value IS the code on the wire (HTTP status x 100 + a number of its own), so there is no table to keep in
// step; the sentences that people read (English and Chinese) live in lib/api. A code never changes its meaning.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace confcast {

enum class Errc : std::int32_t {
    malformed_json = 40001,           // the body is not JSON
    unknown_field = 40002,            // a query parameter or body field that this route does not have
    invalid_parameter = 40003,        // a query parameter whose value does not parse or is out of range
    invalid_key = 40004,              // a key that breaks the rules of keys
    invalid_encoding = 40005,         // bad percent-encoding in the target
    invalid_field = 40006,            // a body field of the wrong type or value (data.pointer says which)
    invalid_header = 40007,           // a request header that does not parse (If-Match, …)
    json_too_deep = 40008,            // JSON nested deeper than the limit
    malformed_request = 40009,        // the bytes are not an HTTP/1.1 request (RFC 9112)
    invalid_since = 40010,            // a stream position that does not parse
    invalid_message = 40011,          // a client message on a stream that cannot be understood
    duplicate_key = 40012,            // one key named twice in a transaction
    too_many_operations = 40013,      // more operations than a transaction may have
    too_many_filters = 40014,         // more filters than a connection may have
    future_revision = 40015,          // a revision that the store has not reached
    unauthenticated = 40101,          // no credential, or one that is not good (data.reason)
    not_allowed = 40301,              // the credential does not permit this write
    admin_required = 40302,           // only an administrator may do this
    origin_not_allowed = 40303,       // a page of an origin that is not on the list
    quota_exceeded = 40304,           // the namespace has as many settings, or bytes of them, as it may
    config_not_found = 40401,         // no such key (at that revision)
    route_not_found = 40402,          // no such path
    lease_not_found = 40403,          // no such lease
    client_not_found = 40404,         // no such stream on this node
    token_not_found = 40405,          // no such token in the store
    method_not_allowed = 40501,       // the path exists, the method does not (Allow lists those that do)
    not_acceptable = 40601,           // nothing that Accept lists is served here (data.served says what is)
    request_timeout = 40801,          // head or body did not arrive in time
    already_exists = 40901,           // create of a key that is there
    compare_failed = 40902,           // a transaction's compare did not hold (data.op_index)
    compacted = 41001,                // history before data.oldest is gone
    position_lost = 41002,            // what changed after data.since cannot be told any more: read the state
    precondition_failed = 41201,      // If-Match / If-None-Match did not hold (data.mod_revision)
    value_too_large = 41301,          // a value over the limit
    body_too_large = 41302,           // a request body over the limit
    target_too_long = 41401,          // a request target over the limit
    unsupported_media_type = 41501,   // a content type that cannot be taken here
    expectation_failed = 41701,       // Expect with anything but 100-continue
    upgrade_required = 42601,         // this route wants a WebSocket (or the version is not 13)
    idempotency_key_reused = 42201,   // an Idempotency-Key that another request had
    too_many_requests = 42901,        // more requests than the caller may make (Retry-After)
    too_many_writes = 42902,          // more writes than the namespace takes (Retry-After)
    header_too_large = 43101,         // request head over the limit
    internal = 50001,                 // a bug: logged with the request id
    configuration_wrong = 50002,      // the server's new configuration cannot be taken: the old one goes on
    method_not_implemented = 50101,   // a method that this server does not know
    store_unavailable = 50301,        // the store cannot write or read now (data.reason)
    not_caught_up = 50302,            // this node has not seen the asked revision in time
    shutting_down = 50303,            // the server is going away
    too_many_connections = 50304,     // the connection limit is reached
    too_many_from_address = 50305,    // the limit of connections from one address is
    overloaded = 50306,               // the server is out of its memory budget
    store_timeout = 50401,            // the store did not answer in time; nothing was written
    outcome_unknown = 50402,          // a write was sent and its answer did not come: it may have happened
    http_version_unsupported = 50501  // neither HTTP/1.1 nor 1.0
};

/// The HTTP status that belongs to a code.
constexpr unsigned http_status(Errc code) { return static_cast<unsigned>(code) / 100U; }

/// One particular of an error: `data.<name>` on the wire, `{name}` in the sentence.
struct Detail {
    std::string name;
    std::variant<std::int64_t, std::string> value;
};

/// A failure that is expected: a code and its particulars. A value; cheap to move.
class Error {
  public:
    Error() : code_(Errc::internal) {}  // Result::error() of a success needs one
    Error(Errc code) : code_(code) {}   // NOLINT(google-explicit-constructor): `return Errc::internal;` reads well

    Errc code() const { return code_; }
    const std::vector<Detail>& details() const { return details_; }
    /// The particular of that name as text, or "" when there is none.
    std::string detail(std::string_view name) const;
    /// The particular of that name as a number, or 0 when there is none.
    std::int64_t number(std::string_view name) const;

    Error&& with(std::string_view name, std::string_view value) && {
        details_.push_back({std::string(name), std::string(value)});
        return std::move(*this);
    }
    Error&& with(std::string_view name, std::int64_t value) && {
        details_.push_back({std::string(name), value});
        return std::move(*this);
    }

    /// For logs: "config_not_found key=app/x".
    std::string to_string() const;

    friend bool operator==(const Error& a, Errc b) { return a.code_ == b; }

  private:
    Errc code_;
    std::vector<Detail> details_;
};

/// The name of a code as it is spelled above ("config_not_found"); "?" for a number that is no code.
std::string_view name_of(Errc code);
/// All codes, in ascending order.
const std::vector<Errc>& all_errcs();

/// Called by Result::value() on a failure: a bug in the caller, so it throws std::logic_error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

/// What everything that may fail returns: a T or an Error.
template <class T = void>
using Result = boost::system::result<T, Error>;

}  // namespace confcast
