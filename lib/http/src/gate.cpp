#include "gate.hpp"

#include <charconv>

#include "characters.hpp"
#include "request_line.hpp"

namespace confcast::http {
namespace {

Error malformed(std::string_view reason) { return Error(Errc::malformed_request).with("reason", reason); }

/// The fields that decide where a message ends and whom it is for, as they are met.
struct Framing {
    unsigned hosts = 0;
    std::string_view host;
    unsigned lengths = 0;
    std::string_view length;
    unsigned codings = 0;
    std::string_view coding;
    bool bad_expect = false;
    bool bad_options = false;
    bool expect_continue = false;
    bool close = false;
    bool keep_alive = false;

    void take(std::string_view name, std::string_view value);
};

void Framing::take(std::string_view name, std::string_view value) {
    // The length is looked at first: nearly every field of a request is none of these.
    switch (name.size()) {
        case 4:
            if (iequals(name, "Host")) ++hosts, host = value;
            break;
        case 6:
            if (iequals(name, "Expect")) (iequals(value, "100-continue") ? expect_continue : bad_expect) = true;
            break;
        case 10:
            if (!iequals(name, "Connection")) break;
            for_each_element(value, [this](std::string_view option) {
                if (!is_token_char.all(option)) bad_options = true;
                if (iequals(option, "close")) close = true;
                if (iequals(option, "keep-alive")) keep_alive = true;
            });
            break;
        case 14:
            if (iequals(name, "Content-Length")) ++lengths, length = value;
            break;
        case 16:
            if (!iequals(name, "Proxy-Connection")) break;
            for_each_element(value, [this](std::string_view option) {
                if (!is_token_char.all(option)) bad_options = true;
            });
            break;
        case 17:
            if (iequals(name, "Transfer-Encoding")) ++codings, coding = value;
            break;
        default:
            break;
    }
}

Result<> check_fields(std::string_view lines, Framing& framing, Headers* fields) {
    while (lines != "\r\n") {
        const auto end = lines.find("\r\n");
        if (end == std::string_view::npos) return malformed("the head does not end with an empty line");
        const auto line = lines.substr(0, end);
        lines.remove_prefix(end + 2);
        if (line.empty()) return malformed("bytes behind the end of the head");
        if (line.front() == ' ' || line.front() == '\t') return malformed("a folded header line");
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return malformed("a header line without a colon");
        const auto name = line.substr(0, colon);
        if (name.empty() || !is_token_char.all(name)) return malformed("a header name that is not a token");
        const auto value = trim(line.substr(colon + 1));
        if (!is_value_char.all(value)) return malformed("a header value has a control character");
        framing.take(name, value);
        if (fields != nullptr) fields->push_back({name, value});
    }
    if (framing.bad_options) return malformed("the Connection is not a list of options");
    return {};
}

Result<> check_host(const Framing& framing, const RequestLine& line) {
    if (framing.hosts > 1) return malformed("more than one Host");
    // RFC 9112, 3.2: HTTP/1.0 had none.
    if (framing.hosts == 0) {
        if (line.version == 10 && line.authority.empty()) return {};
        return malformed("no Host");
    }
    if (!is_valid_host(framing.host)) return malformed("the Host is not valid");
    if (!line.authority.empty() && !iequals(line.authority, framing.host))
        return malformed("the Host is not that of the target");
    return {};
}

Result<> check_body(const Framing& framing, HeadFacts& facts) {
    if (framing.codings > 0) {
        if (framing.lengths > 0) return malformed("Transfer-Encoding together with Content-Length");
        if (facts.version == 10) return malformed("Transfer-Encoding in HTTP/1.0");
        if (framing.codings > 1 || !iequals(framing.coding, "chunked"))
            return malformed("the Transfer-Encoding is not exactly one 'chunked'");
        facts.chunked = true;
    }
    if (framing.lengths > 1) return malformed("more than one Content-Length");
    if (framing.lengths == 1) {
        const auto text = framing.length;
        std::uint64_t number = 0;
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (text.empty() || !is_digit(text.front()) || ec != std::errc() || end != text.data() + text.size())
            return malformed("the Content-Length is not a number");
        facts.content_length = number;
    }
    return {};
}

}  // namespace

Result<HeadFacts> pass_gate(std::string_view head, std::size_t max_target, Headers* fields) {
    const auto line_end = head.find("\r\n");
    if (line_end == std::string_view::npos) return malformed("the request line does not end");
    const auto line = parse_request_line(head.substr(0, line_end), max_target);
    if (!line) return line.error();

    Framing framing;
    if (const auto lines = check_fields(head.substr(line_end + 2), framing, fields); !lines) return lines.error();

    HeadFacts facts;
    facts.method = line->method;
    facts.version = line->version;
    facts.target = line->target;
    if (const auto host = check_host(framing, *line); !host) return host.error();
    if (const auto body = check_body(framing, facts); !body) return body.error();
    // RFC 9110, 10.1.1: an HTTP/1.0 client cannot wait for a 100.
    if (facts.version == 11) {
        if (framing.bad_expect) return Errc::expectation_failed;
        facts.expect_continue = framing.expect_continue;
    }
    facts.keep_alive = !framing.close && (facts.version == 11 || framing.keep_alive);
    return facts;
}

}  // namespace confcast::http
