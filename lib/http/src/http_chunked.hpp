// A request's body in chunks, for the files that HttpSession consists of.
#pragma once

#include <string>
#include <vector>

#include "head_parser.hpp"
#include "http_session.hpp"

namespace confcast::http {

/// Beast's parser decodes the chunks, and sees the head before them.
struct HttpSession::Chunked {
    explicit Chunked(std::string& body) : parser(fields, body) {}
    std::vector<Header> fields;
    HeadParser parser;
};

}  // namespace confcast::http
