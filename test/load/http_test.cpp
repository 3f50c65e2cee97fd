#include "confcast/load/http.hpp"

#include <gtest/gtest.h>

namespace confcast::load {
namespace {

std::vector<HttpResponse> read_all(std::string_view bytes, std::size_t piece) {
    ResponseReader reader;
    std::vector<HttpResponse> responses;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        while (auto response = reader.next()) responses.push_back(std::move(*response));
    }
    return responses;
}

TEST(HttpRequest, CarriesHostAndLength) {
    EXPECT_EQ(http_request("PUT", "/config/a", {{"Accept", "*/*"}}, "value"),
              "PUT /config/a HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nContent-Length: 5\r\n\r\nvalue");
    EXPECT_EQ(http_request("GET", "/"), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

TEST(ResponseReader, TakesPipelinedResponsesInAnySplit) {
    constexpr std::string_view bytes =
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"7\"\r\n\r\nfirst"
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n"
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        "HTTP/1.1 204 No Content\r\n\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        const auto responses = read_all(bytes, piece);
        ASSERT_EQ(responses.size(), 4U) << "in pieces of " << piece;
        EXPECT_EQ(responses[0].body, "first");
        EXPECT_EQ(responses[0].header("etag"), "\"7\"");
        EXPECT_EQ(responses[1].status, 304U);
        EXPECT_EQ(responses[2].body, "abcde");
        EXPECT_EQ(responses[3].status, 204U);
    }
}

TEST(ResponseReader, LeavesWhatFollowsAnUpgrade) {
    ResponseReader reader;
    reader.feed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi");
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.take_rest(), "\x81\x02hi");
}

TEST(ResponseReader, PassesOverAnInterimResponse) {
    ResponseReader reader;
    reader.feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const auto response = reader.next();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200U);
}

TEST(ResponseReader, RefusesWhatIsNoResponse) {
    ResponseReader reader;
    reader.feed("SSH-2.0-OpenSSH\r\n\r\n");
    EXPECT_THROW(reader.next(), std::runtime_error);
}

TEST(Endpoint, ParsesHostAndPort) {
    const auto both = Endpoint::parse("10.1.2.3:81");
    ASSERT_TRUE(both);
    EXPECT_EQ(both->to_string(), "10.1.2.3:81");
    const auto port_only = Endpoint::parse("9000");
    ASSERT_TRUE(port_only);
    EXPECT_EQ(port_only->to_string(), "127.0.0.1:9000");
    for (const auto* bad : {"", ":", "host:80", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "80x"})
        EXPECT_FALSE(Endpoint::parse(bad)) << bad;
}

}  // namespace
}  // namespace confcast::load
