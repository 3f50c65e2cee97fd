// The strict gate over a raw request head, before any lenient parser sees it (RFC 9110, 9112): two readers of one
// message must never disagree on where it ends. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

/// What the gate learns on its way. Views into the head.
struct HeadFacts {
    Method method = Method::get;
    unsigned version = 11;
    std::string_view target;  // origin-form ("/" when an absolute-form has no path), or "*" with OPTIONS
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool expect_continue = false;
    bool keep_alive = true;
};

/// `head`: from the request line to the empty line, both included, lines ended by CRLF. Errors:
/// malformed_request (detail "reason"), target_too_long, method_not_implemented (detail "method"),
/// http_version_unsupported, expectation_failed. `fields`, when there is one, gets all header fields, as views into the
/// head; what it has after an error does not count.
Result<HeadFacts> pass_gate(std::string_view head, std::size_t max_target, Headers* fields = nullptr);

}  // namespace confcast::http
