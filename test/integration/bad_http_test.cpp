// Requests that are not HTTP as RFC 9112 has it, or ask for what is not there. Every answer is the envelope, every 400
// of the gate closes, and the server goes on.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "server.hpp"

namespace confcast::test {
namespace {

class BadHttp : public testing::Test {
  protected:
    static void SetUpTestSuite() { server_ = new Server; }
    static void TearDownTestSuite() {
        delete server_;
        server_ = nullptr;
    }
    void TearDown() override { EXPECT_EQ(server_->http().get("/livez").status, 200U) << server_->output(); }

    static load::HttpResponse answer_to(std::string_view bytes) {
        load::HttpClient http(server_->endpoint(), std::chrono::seconds{20});
        http.send(bytes);
        return http.receive();
    }

    static Server* server_;
};
Server* BadHttp::server_ = nullptr;

struct Refusal {
    const char* what;
    std::string bytes;
    unsigned status;
};

std::string with_headers(const std::string& headers) { return "GET /livez HTTP/1.1\r\n" + headers + "\r\n\r\n"; }
std::string with_line(const std::string& line) { return line + "\r\nHost: localhost\r\n\r\n"; }

TEST_F(BadHttp, WhatIsNotHttpIsRefusedAndTheConnectionIsClosed) {
    using namespace std::string_literals;
    const std::array refusals{
        Refusal{"no Host", with_headers("Accept: */*"), 400},
        Refusal{"two Hosts", with_headers("Host: a\r\nHost: b"), 400},
        Refusal{"a bad Host", with_headers("Host: a b"), 400},
        Refusal{"a folded header", with_headers("Host: localhost\r\nA: b\r\n c"), 400},
        Refusal{"a bare LF", "GET /livez HTTP/1.1\nHost: localhost\n\n"s, 400},
        Refusal{"a bare CR", with_headers("Host: localhost\r\nA: b\rc"), 400},
        Refusal{"a NUL", with_headers("Host: localhost\r\nA: b\0c"s), 400},
        Refusal{"a space before the colon", with_headers("Host : x"), 400},
        Refusal{"an empty header name", with_headers("Host: localhost\r\n: y"), 400},
        Refusal{"a target that is not ASCII", with_line("GET /\xC3\xA4 HTTP/1.1"), 400},
        Refusal{"a fragment in the target", with_line("GET /livez#x HTTP/1.1"), 400},
        Refusal{"a backslash in the target", with_line("GET /a\\b HTTP/1.1"), 400},
        Refusal{"a target that is no path", with_line("GET livez HTTP/1.1"), 400},
        Refusal{"two spaces", with_line("GET  /livez HTTP/1.1"), 400},
        Refusal{"a version that is none", with_line("GET /livez HTTP/x"), 400},
        Refusal{"HTTP/2.0", with_line("GET /livez HTTP/2.0"), 505},
        Refusal{"garbage", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"s, 400},
        Refusal{
            "Transfer-Encoding and Content-Length",
            "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"s,
            400},
        Refusal{"Transfer-Encoding in HTTP/1.0",
                "PUT /config/a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"s, 400},
        Refusal{"a chunk size that is none",
                "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"s, 400},
        Refusal{"two lengths",
                "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"s, 400},
        Refusal{"a negative length", "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"s, 400},
        Refusal{"a length that is no number",
                "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1x\r\n\r\na"s, 400},
    };
    for (const auto& refusal : refusals) {
        load::HttpClient http(server_->endpoint(), std::chrono::seconds{20});
        http.send(refusal.bytes);
        try {
            const auto response = http.receive();
            EXPECT_EQ(response.status, refusal.status) << refusal.what << ": " << response.body;
            EXPECT_EQ(code_of(response) / 100, refusal.status) << refusal.what;
            EXPECT_FALSE(response.header("Date").empty()) << refusal.what;
            EXPECT_TRUE(http.ends()) << refusal.what << " did not close";
        } catch (const std::exception& error) {
            ADD_FAILURE() << refusal.what << ": " << error.what();
        }
    }
}

TEST_F(BadHttp, AnUnknownTransferCodingIsRefused) {
    const auto response =
        answer_to("PUT /config/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
    EXPECT_TRUE(response.status == 400U || response.status == 501U) << response.status;
}

TEST_F(BadHttp, LimitsHaveTheirOwnStatus) {
    EXPECT_EQ(code_of(answer_to(with_line("GET /" + std::string(5'000, 'a') + " HTTP/1.1"))), 41401);
    EXPECT_EQ(code_of(answer_to(with_headers("Host: localhost\r\nA: " + std::string(9'000, 'a')))), 43101);
    std::string many = "Host: localhost";
    for (int i = 0; i < 1'000; ++i) many += "\r\nA" + std::to_string(i) + ": b";
    EXPECT_EQ(code_of(answer_to(with_headers(many))), 43101);
    const auto announced = answer_to(
        "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 99999999\r\n\r\n");
    EXPECT_EQ(announced.status, 413U) << announced.body;
    const auto chunked = answer_to(
        "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: "
        "chunked\r\n\r\n600000\r\n" +
        std::string(6U << 20U, 'x') + "\r\n0\r\n\r\n");
    EXPECT_EQ(chunked.status, 413U) << chunked.body;
}

TEST_F(BadHttp, MethodsThatDoNotExistHereOrAtAll) {
    EXPECT_EQ(code_of(answer_to(with_line("BREW /livez HTTP/1.1"))), 50101);
    const auto known = server_->http().del("/livez");
    EXPECT_EQ(code_of(known), 40501);
    EXPECT_NE(known.header("Allow").find("GET"), std::string_view::npos);
    for (const auto* line : {"TRACE /livez HTTP/1.1", "CONNECT x:80 HTTP/1.1"}) {
        const auto response = answer_to(with_line(line));
        EXPECT_TRUE(response.status == 405U || response.status == 501U || response.status == 400U) << line;
    }
}

TEST_F(BadHttp, ExpectIsContinueOrNothing) {
    EXPECT_EQ(code_of(answer_to(
                  "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\na")),
              41701);
    const auto granted = answer_to(
        "PUT /config/expected HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nExpect: 100-continue\r\n"
        "Content-Length: 1\r\n\r\na");
    EXPECT_EQ(granted.status / 100, 2U) << granted.body;
}

TEST_F(BadHttp, AnEmptyLineBeforeTheRequestIsForgiven) {
    EXPECT_EQ(answer_to("\r\n" + with_line("GET /livez HTTP/1.1")).status, 200U);
}

TEST_F(BadHttp, TargetsThatAreWrong) {
    auto http = server_->http();
    EXPECT_EQ(code_of(http.get("/nowhere")), 40402);
    EXPECT_EQ(code_of(http.get("/api/v1/nowhere")), 40402);
    EXPECT_EQ(code_of(http.get("/config/a%zz")), 40005);
    EXPECT_EQ(code_of(http.get("/config/a%2")), 40005);
    EXPECT_EQ(code_of(http.get("/config/%FF")), 40004);
    EXPECT_EQ(code_of(http.get("/config/a%00b")), 40004);
    EXPECT_EQ(code_of(http.get("/config/a//b")), 40004);
    EXPECT_EQ(code_of(http.get("/config/a/%2E%2E/b")), 40004);
    EXPECT_EQ(code_of(http.get("/config/" + std::string(513, 'k'))), 40004);
    EXPECT_EQ(http.get("/config/" + std::string(512, 'k')).status, 404U);
    EXPECT_EQ(code_of(http.get("/config/a?unknown=1")), 40002);
    EXPECT_EQ(code_of(http.get("/api/v1/config?limit=-1")), 40003);
    EXPECT_EQ(code_of(http.get("/api/v1/config?limit=x")), 40003);
    EXPECT_EQ(code_of(http.get("/api/v1/config?cursor=junk")), 40003);
    EXPECT_EQ(code_of(http.get("/config/a?revision=99999")), 40015);
    EXPECT_EQ(code_of(http.get("/config/a?revision=x")), 40003);
    EXPECT_EQ(code_of(http.get("/config/a?consistency=maybe")), 40003);
    EXPECT_EQ(code_of(http.get("/config/none")), 40401);
}

TEST_F(BadHttp, SecondsOfSilenceAreNotWaitedForByOthers) {
    // Half a head on many connections: the server answers others meanwhile.
    std::vector<load::Socket> half;
    for (int i = 0; i < 100; ++i) {
        half.push_back(load::Socket::connect(server_->endpoint()));
        half.back().write_all("GET /livez HTT", load::Clock::now() + std::chrono::seconds{5});
    }
    EXPECT_EQ(server_->http().get("/livez").status, 200U);
}

}  // namespace
}  // namespace confcast::test
