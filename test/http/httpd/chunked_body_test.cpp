#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "head_parser.hpp"

namespace confcast::http {
namespace {

const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Decoded {
    Result<std::size_t> taken{std::size_t{0}};
    bool done = false;
    std::string body;
    std::string rest;
    std::vector<Header> headers;
};

/// Gives the decoder `bytes` in pieces of `piece`.
Decoded decode(const std::string& bytes, std::size_t piece = std::string::npos, std::size_t limit = 100) {
    Decoded out;
    HeadParser parser(out.headers, out.body);
    EXPECT_TRUE(parser.parse_head(head));
    parser.limit_body(limit);
    std::size_t given = 0;
    while (out.taken && !parser.is_done() && given < bytes.size()) {
        const auto next = bytes.substr(given, piece);
        given += next.size();
        out.rest += next;
        out.taken = parser.parse_chunks(out.rest);
        if (out.taken) out.rest.erase(0, *out.taken);
    }
    out.done = out.taken.has_value() && parser.is_done();
    out.rest += bytes.substr(given);
    return out;
}

TEST(ChunkedBody, JoinsItsChunks) {
    const std::string bytes = "5\r\nhello\r\n1;a=b\r\n \r\nA\r\n0123456789\r\n0\r\n\r\nNEXT";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        const Decoded d = decode(bytes, piece);
        ASSERT_TRUE(d.done) << piece;
        EXPECT_EQ(d.body, "hello 0123456789");
        EXPECT_EQ(d.rest, "NEXT");
    }
}

TEST(ChunkedBody, MayBeEmpty) {
    const Decoded d = decode("0\r\n\r\n");
    EXPECT_TRUE(d.done);
    EXPECT_EQ(d.body, "");
}

TEST(ChunkedBody, DropsItsTrailers) {
    const Decoded d = decode("1\r\nx\r\n0\r\nX-Admin: yes\r\nHost: b\r\n\r\n", 3);
    EXPECT_TRUE(d.done);
    EXPECT_EQ(d.headers.size(), 2U);
}

TEST(ChunkedBody, RefusesMalformedChunks) {
    for (const std::string bytes :
         {"x\r\n", "-1\r\n", "+1\r\nx\r\n0\r\n\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n0\r\n\r\n", "\r\n1\r\nx\r\n0\r\n\r\n",
          "1\r\nxy\r\n0\r\n\r\n", "1\r\nx0\r\n\r\n", "1\nx\r\n0\r\n\r\n", "1\r\nx\n0\r\n\r\n", "0x1\r\nx\r\n0\r\n\r\n",
          "FFFFFFFFFFFFFFFFF\r\n", "1;\x01\r\nx\r\n0\r\n\r\n",

          "1;a\nb\r\nx\r\n0\r\n\r\n", "1,1\r\nx\r\n0\r\n\r\n", "0\r\nX : y\r\n\r\n", "0\r\nno colon\r\n\r\n",
          "1\rx\r\n", "0\r\nContent-Length: 5\r\n\r\n"})
        EXPECT_EQ(decode(bytes).taken.error().code(), Errc::malformed_request) << bytes;
}

TEST(ChunkedBody, NeverEndsInsideAQuotedExtension) {
    EXPECT_FALSE(decode("1;a=\"b\r\nx\r\n0\r\n\r\n").done);
    EXPECT_EQ(decode("1;a=\"b\r\nx\"\r\n0\r\n\r\n").taken.error().code(), Errc::malformed_request);
}

TEST(ChunkedBody, IsLimitedByWhatItAnnounces) {
    const Decoded d = decode("5\r\nhello\r\n60\r\n");
    EXPECT_EQ(d.taken.error().code(), Errc::body_too_large);
    EXPECT_EQ(d.taken.error().number("limit"), 100);
    EXPECT_EQ(d.taken.error().number("size"), 101);
    EXPECT_TRUE(decode("5\r\nhello\r\n5F\r\n").taken);
    EXPECT_EQ(decode("FFFFFFFFFFFFFFFF\r\n").taken.error().code(), Errc::body_too_large);
}

TEST(ChunkedBody, IsLimitedAcrossManyPieces) {
    std::string many;
    for (int i = 0; i < 21; ++i) many += "5\r\nhello\r\n";
    EXPECT_EQ(decode(many, 7).taken.error().code(), Errc::body_too_large);
}

TEST(ChunkedBody, RefusesALongChunkHead) {
    EXPECT_EQ(decode("1;" + std::string(300, 'a')).taken.error().code(), Errc::malformed_request);
    EXPECT_EQ(decode(std::string(300, '0')).taken.error().code(), Errc::malformed_request);
}

TEST(ChunkedBody, RefusesAFloodOfExtensions) {
    std::string flood;
    for (int i = 0; i < 2000; ++i) flood += "1;" + std::string(200, 'a') + "\r\nx\r\n";
    EXPECT_EQ(decode(flood, 1000, 1U << 20U).taken.error().code(), Errc::malformed_request);
}

TEST(ChunkedBody, RefusesLongTrailers) {
    EXPECT_EQ(decode("0\r\nX: " + std::string(3000, 'a')).taken.error().code(), Errc::malformed_request);
    std::string many = "0\r\n";
    for (int i = 0; i < 1000; ++i) many += "X: y\r\n";
    EXPECT_EQ(decode(many, 100).taken.error().code(), Errc::malformed_request);
}

}  // namespace
}  // namespace confcast::http
