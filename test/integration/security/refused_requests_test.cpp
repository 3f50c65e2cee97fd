// RFC 9112's table of what must be refused, against the real binary, plain and over TLS: the status, the envelope's
// code, and whether the connection is closed, for two readers of one connection must never disagree on where a request
// ends.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "channel.hpp"
#include "confcast/test/certificates.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

using namespace std::string_literals;

struct Refused {
    const char* what;
    std::string bytes;
    std::int64_t code;
    bool closes = true;
};

std::string get(const std::string& headers) { return "GET /livez HTTP/1.1\r\n" + headers + "\r\n\r\n"; }
std::string line(const std::string& first) { return first + "\r\nHost: localhost\r\n\r\n"; }
std::string put(const std::string& headers, const std::string& body) {
    return "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n" + headers + "\r\n\r\n" + body;
}
std::string chunks(const std::string& body) { return put("Transfer-Encoding: chunked", body); }

/// What would be a second request, were the first one read in another way.
const std::string second = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

const std::vector<Refused>& table() {
    static const std::vector<Refused> all{
        {"the same length twice, as a list", put("Content-Length: 1, 2", "ab" + second), 40009},
        {"two lengths", put("Content-Length: 1\r\nContent-Length: 2", "ab" + second), 40009},
        {"a length with a sign", put("Content-Length: +1", "a" + second), 40009},
        {"a length in hexadecimal", put("Content-Length: 0x1", "a" + second), 40009},
        {"a length beyond all numbers", put("Content-Length: 18446744073709551617", "a" + second), 40009},
        {"length and chunks", put("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + second), 40009},
        {"chunks and length", put("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n" + second), 40009},
        {"chunked twice", put("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + second), 40009},
        {"chunked, twice in a line", put("Transfer-Encoding: chunked, chunked", "0\r\n\r\n" + second), 40009},
        {"chunked in disguise", put("Transfer-Encoding: xchunked", "0\r\n\r\n" + second), 40009},
        {"chunked with a tab before it", put("Transfer-Encoding:\x0b"s + "chunked", "0\r\n\r\n" + second), 40009},
        {"chunks in HTTP/1.0", "PUT /config/a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second, 40009},
        {"a bare LF behind the request line", "GET /livez HTTP/1.1\nHost: localhost\r\n\r\n" + second, 40009},
        {"a bare LF behind a header", "GET /livez HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n" + second, 40009},
        {"a bare CR", get("Host: localhost\r\nA: b\rc"), 40009},
        {"a NUL", get("Host: localhost\r\nA: b\0c"s), 40009},
        {"a folded header", get("Host: localhost\r\nA: b\r\n c"), 40009},
        {"a folded first header", get(" Host: localhost"), 40009},
        {"a space before the colon", get("Host: localhost\r\nContent-Length : 0"), 40009},
        {"a header without a colon", get("Host: localhost\r\nA"), 40009},
        {"a chunk size that is none", chunks("zz\r\n\r\n" + second), 40009},
        {"a chunk size with a sign", chunks("-1\r\n\r\n" + second), 40009},
        {"a chunk size beyond all numbers", chunks("fffffffffffffffff\r\na\r\n0\r\n\r\n" + second), 40009},
        {"a chunk that is longer than it says", chunks("1\r\nab\r\n0\r\n\r\n" + second), 40009},
        {"a chunk's line ended by LF", chunks("1\na\r\n0\r\n\r\n" + second), 40009},
        {"no Host", get("A: b"), 40009},
        {"two Hosts", get("Host: localhost\r\nHost: localhost"), 40009},
        {"the absolute form of another host", line("GET http://elsewhere.example/livez HTTP/1.1"), 40009},
        {"a fragment", line("GET /livez#a HTTP/1.1"), 40009},
        {"a target that is no path", line("GET livez HTTP/1.1"), 40009},
        {"a target beyond the limit", line("GET /" + std::string(5'000, 'a') + " HTTP/1.1"), 41401},
        {"a head beyond the limit", get("Host: localhost\r\nA: " + std::string(9'000, 'a')), 43101},
        {"an unknown method", line("BREW /livez HTTP/1.1"), 50101},
        {"TRACE", line("TRACE /livez HTTP/1.1"), 50101},
        {"CONNECT", line("CONNECT localhost:80 HTTP/1.1"), 50101},
        {"a method in lower case", line("get /livez HTTP/1.1"), 50101},
        {"an expectation that is none", put("Expect: wonders\r\nContent-Length: 1", "a"), 41701},
        {"HTTP/2.0 by its line", line("GET /livez HTTP/2.0"), 50501},
        {"a body beyond the limit", put("Content-Length: 999999999", ""), 41301},
        {"a method that is not for this path", line("DELETE /livez HTTP/1.1"), 40501, false},
    };
    return all;
}

/// Plain and with TLS.
class RefusedRequests : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        ServerSetup setup;
        if (GetParam()) {
            authority_.emplace(files_.path());
            const Issued issued = authority_->issue("server");
            setup.flags = {"--tls-cert", issued.certificate, "--tls-key", issued.key};
        }
        server_.emplace(std::move(setup));
    }

    TemporaryDirectory files_;
    std::optional<Authority> authority_;
    std::optional<Server> server_;
};

INSTANTIATE_TEST_SUITE_P(, RefusedRequests, testing::Bool(),
                         [](const auto& tls) { return tls.param ? "Tls" : "Plain"; });

TEST_P(RefusedRequests, HaveTheirStatusAndCloseWhereTheyMust) {
    for (const Refused& refused : table()) {
        SCOPED_TRACE(refused.what);
        try {
            hostile::Channel channel(server_->endpoint(), GetParam(), "127.0.0.1");
            const auto response = channel.ask(refused.bytes);
            EXPECT_EQ(code_of(response), refused.code) << response.body;
            EXPECT_EQ(response.header("Connection") == "close", refused.closes);
            if (refused.closes)
                EXPECT_TRUE(channel.ends()) << "something follows the refusal";
            else
                EXPECT_EQ(channel.ask(get("Host: localhost")).status, 200U);
        } catch (const std::exception& error) {
            ADD_FAILURE() << error.what();
        }
    }
    hostile::Channel honest(server_->endpoint(), GetParam(), "127.0.0.1");
    EXPECT_EQ(honest.ask(get("Host: localhost")).status, 200U) << server_->output();
    EXPECT_EQ(code_of(honest.ask(load::http_request("GET", "/config/a"))), 40401) << "nothing was written";
}

// The neighbours that are good, so that what is refused is refused for what it is meant to be.
TEST_P(RefusedRequests, HaveNeighboursThatAreTaken) {
    for (const std::string& good :
         {put("Content-Length: 1", "a"), chunks("1\r\na\r\n0\r\n\r\n"), chunks("1;x=y\r\na\r\n0\r\nA: b\r\n\r\n"),
          put("Expect: 100-continue\r\nContent-Length: 1", "a"), line("GET http://localhost/livez HTTP/1.1"),
          get("Host: localhost\r\nA:b")}) {
        hostile::Channel channel(server_->endpoint(), GetParam(), "127.0.0.1");
        EXPECT_EQ(channel.ask(good).status / 100, 2U) << good;
        EXPECT_EQ(channel.ask(get("Host: localhost")).status, 200U) << "the connection goes on after " << good;
    }
}

TEST_P(RefusedRequests, IncludeTheNameOfAnotherHostOnAServerWithoutCredentials) {
    hostile::Channel channel(server_->endpoint(), GetParam(), "127.0.0.1");
    for (const char* host : {"rebound.example", "localhost.example", "10.0.0.1.example:80"})
        EXPECT_EQ(channel.ask("GET /config/a HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").status, 403U)
            << host;
    EXPECT_EQ(channel.ask("GET /config/a HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 404U);
}

}  // namespace
}  // namespace confcast::test
