// Beast's parser behind the gate: collects views of the header fields without a container of its own, and decodes
// chunked bodies under caps.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/error.hpp"
#include "confcast/http/message.hpp"

namespace confcast::http {

/// One request's parser: the head once, then (chunked only) the body in pieces.
class HeadParser final : public boost::beast::http::basic_parser<true> {
  public:
    /// What may surround the data of a chunked body.
    static constexpr std::size_t max_chunk_head = 256;      // one size with its extensions
    static constexpr std::size_t max_trailers = 2048;       // all of them
    static constexpr std::size_t max_overhead = 16U << 10;  // extensions of all chunks together

    HeadParser(std::vector<Header>& headers, std::string& body);

    /// `head` as the gate let it pass; the headers become views into it. Error: malformed_request.
    Result<> parse_head(std::string_view head);

    /// The most that a chunked body may have; set once, before its first piece.
    void limit_body(std::size_t limit);
    /// Decodes from the front of `data` into the body; returns how many bytes were taken. The rest is given again with
    /// more behind it. Errors: malformed_request, body_too_large (details "limit", "size").
    Result<std::size_t> parse_chunks(std::string_view data);

  private:
    using ErrorCode = boost::beast::error_code;
    using View = boost::beast::string_view;
    using Field = boost::beast::http::field;
    using Verb = boost::beast::http::verb;

    void on_request_impl(Verb, View, View, int, ErrorCode& ec) override { ec = {}; }
    void on_response_impl(int, View, int, ErrorCode& ec) override { ec = {}; }
    void on_field_impl(Field, View name, View value, ErrorCode& ec) override;
    void on_header_impl(ErrorCode& ec) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode& ec) override { ec = {}; }
    std::size_t on_body_impl(View body, ErrorCode& ec) override;
    void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, View body, ErrorCode& ec) override;
    void on_finish_impl(ErrorCode& ec) override { ec = {}; }

    std::vector<Header>& headers_;
    std::string& body_;
    bool in_trailers_ = false;
    std::size_t overhead_ = 0;
    std::size_t limit_ = 0;
};

}  // namespace confcast::http
