// Keep-alive, pipelining and requests in pieces.
#include <gtest/gtest.h>

#include <string>

#include "server.hpp"

namespace confcast::test {
namespace {

std::string value_of(const load::HttpResponse& response) {
    return std::string(envelope_of(response).at("data").at("value").as_string());
}

TEST(HttpConnection, PipelinedRequestsAreAnsweredInOrder) {
    const Server server;
    auto http = server.http();
    std::string requests;
    constexpr int count = 100;
    for (int i = 0; i < count; ++i) {
        const auto key = "/config/pipe/" + std::to_string(i % 10);
        requests += load::http_request("PUT", key, {{"Content-Type", "text/plain"}}, std::to_string(i));
        requests += load::http_request("GET", key);
    }
    http.send(requests);
    for (int i = 0; i < count; ++i) {
        ASSERT_EQ(http.receive().status / 100, 2U);
        // A pipelined read behind a write sees it.
        ASSERT_EQ(value_of(http.receive()), std::to_string(i));
    }
}

TEST(HttpConnection, ARequestByteByByteIsUnderstood) {
    const Server server;
    auto http = server.http();
    const auto request = load::http_request("PUT", "/config/slow", {{"Content-Type", "text/plain"}}, "v") +
                         load::http_request("GET", "/config/slow");
    for (const char byte : request) http.send({&byte, 1});
    EXPECT_EQ(http.receive().status / 100, 2U);
    EXPECT_EQ(value_of(http.receive()), "v");
}

TEST(HttpConnection, AChunkedBodyIsUnderstood) {
    const Server server;
    auto http = server.http();
    http.send(
        "PUT /config/chunked HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: "
        "chunked\r\n\r\n"
        "3\r\nabc\r\n2;name=value\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
    EXPECT_EQ(http.receive().status / 100, 2U);
    EXPECT_EQ(value_of(http.get("/config/chunked")), "abcde");
}

TEST(HttpConnection, CloseIsHonoured) {
    const Server server;
    auto http = server.http();
    http.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(http.receive().status, 200U);
    EXPECT_TRUE(http.ends());
    http.disconnect();
    http.send("GET /livez HTTP/1.0\r\n\r\n");
    EXPECT_EQ(http.receive().status, 200U);
    EXPECT_TRUE(http.ends());
}

TEST(HttpConnection, HeadHasTheHeadersOfGetAndNoBody) {
    const Server server;
    server.put("a", "value");
    auto http = server.http();
    const auto get = http.get("/config/a");
    const auto head = http.request("HEAD", "/config/a");
    EXPECT_EQ(head.status, 200U);
    EXPECT_EQ(head.header("ETag"), get.header("ETag"));
    EXPECT_EQ(head.header("Content-Length"), get.header("Content-Length"));
    EXPECT_EQ(http.get("/livez").status, 200U) << "bytes were left over";
}

TEST(HttpConnection, AnAnswerThatIsNotReadDoesNotStopTheServer) {
    const Server server;
    server.put("large", std::string(1U << 20U, 'x'));
    auto deaf = load::Socket::connect(server.endpoint(), std::chrono::seconds{5}, 8 << 10);
    std::string requests;
    for (int i = 0; i < 50; ++i) requests += load::http_request("GET", "/config/large");
    deaf.write_all(requests, load::Clock::now() + std::chrono::seconds{10});
    for (int i = 0; i < 20; ++i) EXPECT_EQ(server.http().get("/livez").status, 200U);
}

TEST(HttpConnection, EveryAnswerHasARequestId) {
    const Server server;
    auto http = server.http();
    EXPECT_FALSE(http.get("/livez").header("X-Request-Id").empty());
    EXPECT_FALSE(http.get("/nowhere").header("X-Request-Id").empty());
    EXPECT_EQ(http.get("/livez", {{"X-Request-Id", "from-me-1"}}).header("X-Request-Id"), "from-me-1");
    EXPECT_NE(http.get("/livez", {{"X-Request-Id", std::string(1'000, 'x')}}).header("X-Request-Id"),
              std::string(1'000, 'x'));
}

TEST(HttpConnection, BytesThatAreNotTextComeBackExactly) {
    const Server server;
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
    ASSERT_EQ(server.http().put("/config/bin", bytes, {{"Content-Type", "application/octet-stream"}}).status / 100, 2U);
    const auto raw = server.http().get("/config/bin?raw");
    EXPECT_EQ(raw.body, bytes);
    EXPECT_EQ(raw.header("Content-Type"), "application/octet-stream");
    const auto envelope = envelope_of(server.http().get("/config/bin"));
    EXPECT_EQ(envelope.at("data").at("encoding").as_string(), "base64");
}

}  // namespace
}  // namespace confcast::test
