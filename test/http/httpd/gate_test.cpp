#include "gate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "head_parser.hpp"

namespace confcast::http {
namespace {

constexpr std::size_t max_target = 64;

Result<HeadFacts> gate(const std::string& head) { return pass_gate(head, max_target); }

struct Row {
    std::string name;
    std::string head;
    Errc expected = Errc{};  // none: it passes
};

const std::string host = "Host: a\r\n";

Row pass(std::string name, std::string head) { return {std::move(name), std::move(head), Errc{}}; }
Row refuse(std::string name, std::string head, Errc code = Errc::malformed_request) {
    return {std::move(name), std::move(head), code};
}
/// A request whose request line is `line`.
std::string line(const std::string& text) { return text + "\r\n" + host + "\r\n"; }
/// A request with these header lines besides Host.
std::string with(const std::string& lines) { return "POST / HTTP/1.1\r\n" + host + lines + "\r\n"; }
/// A request with exactly these header lines.
std::string only(const std::string& lines) { return "GET / HTTP/1.1\r\n" + lines + "\r\n"; }

std::vector<Row> rows() {
    const std::string nul(1, '\0');
    const auto version = Errc::http_version_unsupported;
    const auto method = Errc::method_not_implemented;
    return {
        // methods
        pass("get", line("GET / HTTP/1.1")),
        pass("head", line("HEAD / HTTP/1.1")),
        pass("post", line("POST / HTTP/1.1")),
        pass("put", line("PUT / HTTP/1.1")),
        pass("delete", line("DELETE / HTTP/1.1")),
        pass("options", line("OPTIONS / HTTP/1.1")),
        pass("patch", line("PATCH / HTTP/1.1")),
        refuse("method_trace", line("TRACE / HTTP/1.1"), method),
        refuse("method_connect", line("CONNECT a:80 HTTP/1.1"), method),
        refuse("method_unknown", line("BREW / HTTP/1.1"), method),
        refuse("method_lower_case", line("get / HTTP/1.1"), method),
        refuse("method_mixed_case", line("Get / HTTP/1.1"), method),
        refuse("method_longer", line("GETS / HTTP/1.1"), method),
        refuse("method_no_token", line("GE(T / HTTP/1.1")),
        refuse("method_with_colon", line("GET: / HTTP/1.1")),
        refuse("method_empty", line(" / HTTP/1.1")),
        refuse("method_high_byte", line("G\xC3\x8BT / HTTP/1.1")),
        // the shape of the request line
        refuse("line_one_part", line("GET")),
        refuse("line_two_parts", line("GET /")),
        refuse("line_two_spaces_before_target", line("GET  / HTTP/1.1")),
        refuse("line_two_spaces_before_version", line("GET /  HTTP/1.1")),
        refuse("line_space_in_target", line("GET /a b HTTP/1.1")),
        refuse("line_tab_instead_of_space", line("GET\t/\tHTTP/1.1")),
        refuse("line_trailing_space", line("GET / HTTP/1.1 ")),
        refuse("line_leading_space", line(" GET / HTTP/1.1")),
        refuse("line_bare_cr", line("GET /\r HTTP/1.1")),
        refuse("line_bare_lf", "GET / HTTP/1.1\n" + host + "\r\n"),
        refuse("line_nul", line("GET /" + nul + " HTTP/1.1")),
        refuse("line_vertical_tab", line("GET\x0B/ HTTP/1.1")),
        refuse("line_empty", line("")),
        // versions
        pass("version_10", line("GET / HTTP/1.0")),
        refuse("version_09", line("GET / HTTP/0.9"), version),
        refuse("version_12", line("GET / HTTP/1.2"), version),
        refuse("version_20", line("GET / HTTP/2.0"), version),
        refuse("version_30", line("GET / HTTP/3.0"), version),
        refuse("version_preface_of_http2", "PRI * HTTP/2.0\r\n\r\n", version),
        refuse("version_one_digit", line("GET / HTTP/1")),
        refuse("version_two_digits", line("GET / HTTP/1.10")),
        refuse("version_long_major", line("GET / HTTP/11.1")),
        refuse("version_lower_case", line("GET / http/1.1")),
        refuse("version_other_protocol", line("GET / ICY/1.1")),
        refuse("version_leading_zero", line("GET / HTTP/01.1")),
        refuse("version_letters", line("GET / HTTP/a.b")),
        refuse("version_comma", line("GET / HTTP/1,1")),
        refuse("version_junk", line("GET / HTTP/1.1x")),
        // targets
        pass("target_query", line("GET /a?b=c&d HTTP/1.1")),
        pass("target_encoded", line("GET /a%2Fb%20c HTTP/1.1")),
        pass("target_bad_encoding_is_for_the_router", line("GET /%zz HTTP/1.1")),
        pass("target_two_slashes", line("GET //a HTTP/1.1")),
        pass("target_all_characters", line("GET /-._~!$&'()*+,;=:@%41 HTTP/1.1")),
        pass("target_at_the_limit", line("GET /" + std::string(max_target - 1, 'a') + " HTTP/1.1")),
        pass("target_asterisk_with_options", line("OPTIONS * HTTP/1.1")),
        pass("target_absolute", line("GET http://a/b?c HTTP/1.1")),
        pass("target_absolute_https", line("GET https://a/b HTTP/1.1")),
        pass("target_absolute_upper_case", line("GET HTTP://A/b HTTP/1.1")),
        pass("target_absolute_without_path", line("GET http://a HTTP/1.1")),
        pass("target_absolute_with_port", "GET http://a:80/ HTTP/1.1\r\nHost: a:80\r\n\r\n"),
        refuse("target_over_the_limit", line("GET /" + std::string(max_target, 'a') + " HTTP/1.1"),
               Errc::target_too_long),
        refuse("target_asterisk_with_get", line("GET * HTTP/1.1")),
        refuse("target_fragment", line("GET /a#b HTTP/1.1")),
        refuse("target_backslash", line("GET /a\\b HTTP/1.1")),
        refuse("target_high_byte", line("GET /\xC3\xA9 HTTP/1.1")),
        refuse("target_delete_byte", line("GET /\x7F HTTP/1.1")),
        refuse("target_relative", line("GET a/b HTTP/1.1")),
        refuse("target_authority", line("GET a:80 HTTP/1.1")),
        refuse("target_other_scheme", line("GET ftp://a/ HTTP/1.1")),
        refuse("target_https_other_host", line("GET https://b/ HTTP/1.1")),
        refuse("target_scheme_alone", line("GET https:// HTTP/1.1")),
        refuse("target_absolute_other_host", line("GET http://b/ HTTP/1.1")),
        refuse("target_absolute_other_port", line("GET http://a:81/ HTTP/1.1")),
        refuse("target_absolute_user", line("GET http://u@a/ HTTP/1.1")),
        refuse("target_absolute_no_host", line("GET http:/// HTTP/1.1")),
        refuse("target_absolute_no_path_but_query", line("GET http://a?b HTTP/1.1")),
        // Host
        pass("host_with_port", only("Host: example.org:8080\r\n")),
        pass("host_empty_port", only("Host: a:\r\n")),
        pass("host_v4", only("Host: 127.0.0.1\r\n")),
        pass("host_v6", only("Host: [::1]:80\r\n")),
        pass("host_any_case", only("hOsT: a\r\n")),
        pass("host_space_around", only("Host: \t a \t\r\n")),
        pass("host_no_space", only("Host:a\r\n")),
        pass("host_underscore", only("Host: my_host\r\n")),
        pass("host_encoded", only("Host: a%20b\r\n")),
        pass("host_none_in_http10", "GET / HTTP/1.0\r\n\r\n"),
        refuse("host_none", only("")),
        refuse("host_none_but_others", only("Accept: */*\r\n")),
        refuse("host_empty", only("Host:\r\n")),
        refuse("host_two", only("Host: a\r\nHost: a\r\n")),
        refuse("host_two_in_http10", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        refuse("host_list", only("Host: a,b\r\n")),
        refuse("host_space_inside", only("Host: a b\r\n")),
        refuse("host_user", only("Host: u@a\r\n")),
        refuse("host_path", only("Host: a/b\r\n")),
        refuse("host_query", only("Host: a?b\r\n")),
        refuse("host_port_letters", only("Host: a:8x\r\n")),
        refuse("host_port_too_big", only("Host: a:65536\r\n")),
        refuse("host_port_negative", only("Host: a:-1\r\n")),
        refuse("host_only_port", only("Host: :80\r\n")),
        refuse("host_v6_open", only("Host: [::1\r\n")),
        refuse("host_v6_junk", only("Host: [::1]x\r\n")),
        refuse("host_v6_bare", only("Host: ::1\r\n")),
        refuse("host_bad_encoding", only("Host: a%2\r\n")),
        refuse("host_high_byte", only("Host: \xC3\xA9\r\n")),
        // header lines
        pass("field_empty_value", with("X:\r\n")),
        pass("field_obs_text", with("X: \xE9\r\n")),
        pass("field_tab_inside", with("X: a\tb\r\n")),
        pass("field_colons", with("X: a:b:c\r\n")),
        pass("field_odd_name", with("!#$%&'*+-.^_`|~9: x\r\n")),
        refuse("field_folded_space", with("X: a\r\n b\r\n")),
        refuse("field_folded_tab", with("X: a\r\n\tb\r\n")),
        refuse("field_folded_first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        refuse("field_folded_empty", with("X: a\r\n \r\n")),
        refuse("field_space_before_colon", with("X : a\r\n")),
        refuse("field_tab_before_colon", with("X\t: a\r\n")),
        refuse("field_space_before_colon_of_length", with("Content-Length : 5\r\n")),
        refuse("field_no_colon", with("X\r\n")),
        refuse("field_no_name", with(": a\r\n")),
        refuse("field_space_in_name", with("X Y: a\r\n")),
        refuse("field_bracket_in_name", with("X[]: a\r\n")),
        refuse("field_high_byte_in_name", with("X\xC3\xA9: a\r\n")),
        refuse("field_nul_in_name", with("X" + nul + ": a\r\n")),
        refuse("field_nul_in_value", with("X: a" + nul + "b\r\n")),
        refuse("field_bare_cr", with("X: a\rb\r\n")),
        refuse("field_bare_lf", with("X: a\nY: b\r\n")),
        refuse("field_two_cr", with("X: a\r\r\n")),
        refuse("field_escape", with("X: \x1B[0m\r\n")),
        refuse("field_delete_byte", with("X: \x7F\r\n")),
        refuse("field_form_feed", with("X: \x0C\r\n")),
        refuse("head_without_end", "GET / HTTP/1.1\r\n" + host),
        refuse("head_with_more", line("GET / HTTP/1.1") + "X: y\r\n\r\n"),
        // where the body ends
        pass("length", with("Content-Length: 5\r\n")),
        pass("length_zero", with("Content-Length: 0\r\n")),
        pass("length_leading_zeros", with("Content-Length: 0005\r\n")),
        pass("length_largest", with("Content-Length: 18446744073709551615\r\n")),
        pass("length_in_http10", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n"),
        refuse("length_too_large", with("Content-Length: 18446744073709551616\r\n")),
        refuse("length_twice", with("Content-Length: 5\r\nContent-Length: 6\r\n")),
        refuse("length_twice_the_same", with("Content-Length: 5\r\nContent-Length: 5\r\n")),
        refuse("length_list", with("Content-Length: 5, 5\r\n")),
        refuse("length_empty", with("Content-Length:\r\n")),
        refuse("length_plus", with("Content-Length: +5\r\n")),
        refuse("length_minus", with("Content-Length: -5\r\n")),
        refuse("length_hexadecimal", with("Content-Length: 0x5\r\n")),
        refuse("length_fraction", with("Content-Length: 5.0\r\n")),
        refuse("length_junk", with("Content-Length: 5x\r\n")),
        refuse("length_space_inside", with("Content-Length: 5 5\r\n")),
        refuse("length_other_case_twice", with("Content-Length: 5\r\ncontent-length: 5\r\n")),
        pass("coding", with("Transfer-Encoding: chunked\r\n")),
        pass("coding_any_case", with("transfer-encoding: CHUNKED\r\n")),
        refuse("coding_with_length", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
        refuse("coding_behind_length", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
        refuse("coding_twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
        refuse("coding_list", with("Transfer-Encoding: chunked, chunked\r\n")),
        refuse("coding_gzip_chunked", with("Transfer-Encoding: gzip, chunked\r\n")),
        refuse("coding_chunked_gzip", with("Transfer-Encoding: chunked, gzip\r\n")),
        refuse("coding_identity", with("Transfer-Encoding: identity\r\n")),
        refuse("coding_empty", with("Transfer-Encoding:\r\n")),
        refuse("coding_prefix", with("Transfer-Encoding: xchunked\r\n")),
        refuse("coding_quoted", with("Transfer-Encoding: \"chunked\"\r\n")),
        refuse("coding_parameter", with("Transfer-Encoding: chunked;q=1\r\n")),
        refuse("coding_vertical_tab", with("Transfer-Encoding: \x0B"
                                           "chunked\r\n")),
        refuse("coding_in_http10", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        // Expect
        pass("expect", with("Expect: 100-continue\r\n")),
        pass("expect_any_case", with("expect: 100-Continue\r\n")),
        pass("expect_in_http10_is_ignored", "GET / HTTP/1.0\r\nExpect: x\r\n\r\n"),
        refuse("expect_other", with("Expect: 200-ok\r\n"), Errc::expectation_failed),
        refuse("expect_list", with("Expect: 100-continue, x\r\n"), Errc::expectation_failed),
    };
}

class Gate : public ::testing::TestWithParam<Row> {};

TEST_P(Gate, Decides) {
    const auto facts = gate(GetParam().head);
    if (GetParam().expected == Errc{}) {
        EXPECT_TRUE(facts) << facts.error().to_string();
    } else {
        ASSERT_FALSE(facts);
        EXPECT_EQ(facts.error().code(), GetParam().expected) << facts.error().to_string();
    }
}

// Two readers of one message: whatever the gate lets pass, the parser behind it takes too.
TEST_P(Gate, LetsPassOnlyWhatTheParserTakes) {
    if (GetParam().expected != Errc{}) return;
    std::vector<Header> headers;
    std::string body;
    HeadParser parser(headers, body);
    const auto parsed = parser.parse_head(GetParam().head);
    EXPECT_TRUE(parsed) << parsed.error().to_string();
    const auto facts = gate(GetParam().head);
    EXPECT_EQ(parser.chunked(), facts->chunked);
    EXPECT_EQ(parser.content_length().value_or(0), facts->content_length.value_or(0));
}

// What the chain sees comes from the gate; a second opinion on it.
TEST_P(Gate, SeesTheFieldsThatTheParserSees) {
    if (GetParam().expected != Errc{}) return;
    std::vector<Header> expected;
    std::string body;
    HeadParser parser(expected, body);
    ASSERT_TRUE(parser.parse_head(GetParam().head));
    Headers seen;
    ASSERT_TRUE(pass_gate(GetParam().head, max_target, &seen));
    ASSERT_EQ(seen.size(), expected.size());
    for (auto it = seen.begin(); const Header& header : expected) {
        EXPECT_EQ(it->name, header.name);
        EXPECT_EQ((it++)->value, header.value);
    }
}

// Who reads the options of a connection as Beast does must not read other ones than the gate.
TEST(GateFacts, ConnectionIsAListOfTokensOrRefused) {
    for (const std::string name : {"Connection", "Proxy-Connection"}) {
        for (const std::string list : {"close", "", ",", "a,b", " a , b ", ",,a,", "keep-alive, Upgrade", "a b", "a;b",
                                       "a=b", "\"a\"", "a,\"b", "(a)", "a\tb", "a/b, close", "\xC3\xA4"}) {
            const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n" + name + ": " + list + "\r\n\r\n";
            std::vector<Header> fields;
            std::string body;
            const bool parser_takes = HeadParser(fields, body).parse_head(head).has_value();
            EXPECT_EQ(gate(head).has_value(), parser_takes) << name << ": " << list;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, Gate, ::testing::ValuesIn(rows()), [](const auto& row) { return row.param.name; });

TEST(GateFacts, AbsoluteFormBecomesOriginForm) {
    EXPECT_EQ(gate("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n")->target, "/b?c");
    EXPECT_EQ(gate("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n")->target, "/");
}

TEST(GateFacts, KeepAliveIsTheDefaultOf11AndMustBeAskedForIn10) {
    EXPECT_TRUE(gate(only("Host: a\r\n"))->keep_alive);
    EXPECT_FALSE(gate(only("Host: a\r\nConnection: close\r\n"))->keep_alive);
    EXPECT_FALSE(gate(only("Host: a\r\nConnection: Upgrade, Close\r\n"))->keep_alive);
    EXPECT_FALSE(gate("GET / HTTP/1.0\r\n\r\n")->keep_alive);
    EXPECT_TRUE(gate("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
    EXPECT_FALSE(gate("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")->keep_alive);
}

TEST(GateFacts, SaysWhatIsWrong) {
    EXPECT_EQ(gate(only("")).error().detail("reason"), "no Host");
    EXPECT_EQ(gate(line("BREW / HTTP/1.1")).error().detail("method"), "BREW");
}

}  // namespace
}  // namespace confcast::http
