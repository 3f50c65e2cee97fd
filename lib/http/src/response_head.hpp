// Writes the head of an answer (RFC 9112, 4): what the connection owes (Date, Content-Length, Connection) and what the
// response brings. Sans-io.
#pragma once

#include <string>
#include <string_view>

#include "confcast/http/message.hpp"

namespace confcast::http {

/// What the connection knows and the response does not.
struct Answering {
    unsigned version = 11;  // of the request
    bool close = false;     // the connection ends behind this answer
    std::string_view date;
    std::string_view standing{};  // header lines of every answer
};

/// 204 and 304 never have a body (RFC 9110, 6.4.1).
bool may_have_body(unsigned status);

/// Appends the head, its empty line included, to `out`.
void append_head(std::string& out, const Response& response, const Answering& answering);

}  // namespace confcast::http
