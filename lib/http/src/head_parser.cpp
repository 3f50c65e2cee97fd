#include "head_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <limits>

namespace confcast::http {
namespace {

namespace beast_http = boost::beast::http;

Error malformed(std::string_view reason) { return Error(Errc::malformed_request).with("reason", reason); }

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

HeadParser::HeadParser(std::vector<Header>& headers, std::string& body) : headers_(headers), body_(body) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the scanner has bounded the head
    body_limit(boost::none);                                  // parse_chunks() bounds what is kept
    eager(false);
}

Result<> HeadParser::parse_head(std::string_view head) {
    ErrorCode ec;
    const auto taken = put(boost::asio::buffer(head), ec);
    if (ec || taken != head.size()) return malformed(ec ? ec.message() : "bytes behind the end of the head");
    eager(true);
    return {};
}

void HeadParser::limit_body(std::size_t limit) {
    limit_ = limit;
    body_limit(limit);
}

Result<std::size_t> HeadParser::parse_chunks(std::string_view data) {
    ErrorCode ec;
    std::size_t taken = 0;
    while (taken < data.size() && !is_done() && !ec) taken += put(boost::asio::buffer(data.substr(taken)), ec);
    auto rest = data.substr(taken);
    if (rest.starts_with("\r\n")) rest.remove_prefix(2);
    if (ec == beast_http::error::body_limit) {
        std::uint64_t chunk = 0;
        std::from_chars(rest.data(), rest.data() + rest.size(), chunk, 16);
        return Error(Errc::body_too_large)
            .with("limit", static_cast<std::int64_t>(limit_))
            .with("size", static_cast<std::int64_t>(std::min<std::uint64_t>(body_.size() + chunk, INT64_MAX)));
    }
    if (ec && ec != beast_http::error::need_more) return malformed(ec.message());
    // What is left is a chunk head that has not ended, or the last one with its trailers.
    const bool last = rest.find("\r\n") != std::string_view::npos;
    if (!is_done() && rest.size() > (last ? max_trailers : max_chunk_head))
        return malformed("a chunk head or trailer over the limit");
    return taken;
}

void HeadParser::on_field_impl(Field, View name, View value, ErrorCode& ec) {
    ec = {};
    // Trailers are read and dropped: nothing here may be decided by what comes behind a body (RFC 9110, 6.5.1).
    if (!in_trailers_) headers_.push_back({view(name), view(value)});
}

void HeadParser::on_header_impl(ErrorCode& ec) {
    in_trailers_ = true;
    ec = {};
}

std::size_t HeadParser::on_body_impl(View body, ErrorCode& ec) {
    ec = {};
    return body.size();
}

void HeadParser::on_chunk_header_impl(std::uint64_t, View extensions, ErrorCode& ec) {
    ec = {};
    overhead_ += extensions.size();
    if (overhead_ > max_overhead) ec = beast_http::error::bad_chunk_extension;
}

std::size_t HeadParser::on_chunk_body_impl(std::uint64_t, View body, ErrorCode& ec) {
    ec = {};
    body_.append(body.data(), body.size());
    return body.size();
}

}  // namespace confcast::http
