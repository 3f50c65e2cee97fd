#include "head_scanner.hpp"

#include <gtest/gtest.h>

#include <string>

namespace confcast::http {
namespace {

constexpr HeadScanner::Limits limits{200, 100};

Result<bool> scan_all(const std::string& bytes) { return HeadScanner(limits).scan(bytes); }

TEST(HeadScanner, FindsTheEndHoweverTheBytesAreSplit) {
    const std::string bytes = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
    for (std::size_t first = 0; first < bytes.size(); ++first) {
        HeadScanner scanner(limits);
        const auto early = scanner.scan(std::string_view(bytes).substr(0, first));
        ASSERT_TRUE(early);
        if (!*early) {
            const auto late = scanner.scan(bytes);
            ASSERT_TRUE(late && *late);
        }
        EXPECT_EQ(scanner.begin(), 4U);
        EXPECT_EQ(bytes.substr(scanner.end()), "rest");
    }
}

TEST(HeadScanner, FindsTheEndByteByByte) {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    HeadScanner scanner(limits);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        const auto more = scanner.scan(std::string_view(bytes).substr(0, n));
        ASSERT_TRUE(more && !*more) << n;
    }
    const auto done = scanner.scan(bytes);
    EXPECT_TRUE(done && *done);
}

TEST(HeadScanner, RefusesTooManyEmptyLines) {
    EXPECT_TRUE(scan_all("\r\n\r\n\r\n\r\n"));
    EXPECT_EQ(scan_all("\r\n\r\n\r\n\r\n\r\n").error().code(), Errc::malformed_request);
}

TEST(HeadScanner, RefusesBareLineFeedsAtOnce) {
    EXPECT_EQ(scan_all("GET / HTTP/1.1\n").error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all("\n").error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all("GET / HTTP/1.1\r\nHost: a\n").error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all("GET / HTTP/1.1\r\n\n").error().code(), Errc::malformed_request);
}

TEST(HeadScanner, RefusesWhatStartsNoMethodAtOnce) {
    EXPECT_EQ(scan_all("\x16\x03\x01").error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all(std::string(1, '\0')).error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all(" GET").error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all("\rX").error().code(), Errc::malformed_request);
    EXPECT_TRUE(scan_all("\r"));
}

TEST(HeadScanner, RefusesABadRequestLineBeforeTheHeadEnds) {
    EXPECT_EQ(scan_all("GET /\r\n").error().code(), Errc::malformed_request);
    EXPECT_EQ(scan_all("BREW / HTTP/1.1\r\nHost").error().code(), Errc::method_not_implemented);
    EXPECT_EQ(scan_all("GET / HTTP/2.0\r\n").error().code(), Errc::http_version_unsupported);
}

TEST(HeadScanner, RefusesALongLineBeforeItEnds) {
    EXPECT_TRUE(scan_all("GET /" + std::string(90, 'a')));
    EXPECT_EQ(scan_all("GET /" + std::string(125, 'a')).error().code(), Errc::target_too_long);
}

TEST(HeadScanner, RefusesALongHeadBeforeItEnds) {
    const std::string line = "GET / HTTP/1.1\r\n";
    EXPECT_TRUE(scan_all(line + "X: " + std::string(180 - line.size(), 'a')));
    EXPECT_EQ(scan_all(line + "X: " + std::string(200, 'a')).error().code(), Errc::header_too_large);
    EXPECT_EQ(scan_all(line + "X: " + std::string(200, 'a') + "\r\n\r\n").error().code(), Errc::header_too_large);
}

}  // namespace
}  // namespace confcast::http
