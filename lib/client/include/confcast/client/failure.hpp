// Why something did not work. What the server says has the code it has on the wire (confcast::Errc); what happens on
// the way there has a kind of its own, because no server could have said it.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/base/error.hpp"

namespace confcast::client {

enum class FailureKind : std::uint8_t {
    answered,     // a server said no: status, code, message, data
    invalid,      // refused here, nothing was sent: code and message say why
    unreachable,  // no server took the request; nothing was done
    timed_out,    // the deadline came first
    lost,         // the connection ended before the answer was complete
    bad_answer,   // what came is not confcast's protocol
    cancelled,    // by the caller, or by close()
    file          // the last-known-good file cannot be used or written
};

/// "answered", "invalid", …
std::string_view name_of(FailureKind kind);

struct Failure {
    FailureKind kind = FailureKind::bad_answer;
    unsigned status = 0;                                // HTTP; 0 = there was no answer
    std::int32_t code = 0;                              // the envelope's, or of an Errc when invalid; 0 = none
    std::string message{};                              // one sentence
    std::string data{};                                 // the envelope's data as JSON text; "" = none
    std::string request_id{};                           // to find it in the server's log
    std::string server{};                               // HOST:PORT of the last one that was asked
    std::optional<std::chrono::seconds> retry_after{};  // as the server asked
    std::uint16_t close_code = 0;                       // with which the server closed the stream; 0 = it did not
    bool sent = false;                                  // bytes of the request may have reached a server

    /// A write whose fate is not known: it may have happened. Never tried again by the client.
    bool outcome_unknown() const;
    /// `data.<name>` as text, "" when there is none.
    std::string detail(std::string_view name) const;
    /// `data.<name>` as a number, 0 when there is none.
    std::int64_t number(std::string_view name) const;
    /// For people and logs: "config not found … (40401, request 1f…, 127.0.0.1:8080)".
    std::string to_string() const;

    friend bool operator==(const Failure& a, Errc b) { return a.code == static_cast<std::int32_t>(b); }
};

/// Called by Result::value() on a failure: throws std::runtime_error with to_string().
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location& where);

template <class T = void>
using Result = boost::system::result<T, Failure>;

}  // namespace confcast::client
