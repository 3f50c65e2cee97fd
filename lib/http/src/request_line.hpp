// The first line of a request and the two forms of authority that a head has (RFC 9112, 3).
#pragma once

#include <string_view>

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

struct RequestLine {
    Method method = Method::get;
    unsigned version = 11;
    std::string_view target;     // without the authority of an absolute-form
    std::string_view authority;  // of an absolute-form, else empty
};

/// `line` without its CRLF. Errors: as pass_gate().
Result<RequestLine> parse_request_line(std::string_view line, std::size_t max_target);

/// uri-host [ ":" port ], not empty, no user information (RFC 9110, 7.2).
bool is_valid_host(std::string_view host);

}  // namespace confcast::http
