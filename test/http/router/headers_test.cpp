// The fields of requests and responses, and what of a response is shared.
#include <gtest/gtest.h>

#include "confcast/http/message.hpp"

namespace confcast::http {
namespace {

TEST(Headers, AreFoundWhateverTheirCase) {
    const Headers headers{{"Host", "a"}, {"ACCEPT-language", "zh"}, {"x-Request-ID", "1"}, {"X-Request-Id", "2"}};
    EXPECT_EQ(headers.first("host"), "a");
    EXPECT_EQ(headers.first("Accept-Language"), "zh");
    EXPECT_EQ(headers.first("X-Request-Id"), "1");
    EXPECT_EQ(headers.first("X-Request-Ie"), std::nullopt);
    EXPECT_EQ(headers.first(""), std::nullopt);
    int count = 0;
    headers.each("x-request-id", [&count](std::string_view) { ++count; });
    EXPECT_EQ(count, 2);
}

TEST(Headers, WhatIsThereIsNeverDenied) {
    // Every letter in both cases, at both ends, and every length.
    for (char c = 'a'; c <= 'z'; ++c) {
        const std::string lower(static_cast<std::size_t>(c - 'a' + 1), c);
        std::string upper = lower;
        for (char& letter : upper) letter = static_cast<char>(letter - 'a' + 'A');
        const Headers headers{{lower, "v"}};
        EXPECT_TRUE(headers.may_have(upper)) << lower;
        EXPECT_EQ(headers.first(upper), "v");
    }
}

TEST(Headers, ForgetAllWhenTheyAreCleared) {
    Headers headers{{"Host", "a"}};
    headers.clear();
    EXPECT_TRUE(headers.empty());
    EXPECT_FALSE(headers.may_have("Host"));
}

TEST(HeaderLines, AreTheTextThatIsSent) {
    HeaderLines lines;
    lines.emplace_back("A", "1");
    lines.emplace_back("B", "");
    lines.emplace_back("a", "2: 3");
    EXPECT_EQ(lines.text(), "A: 1\r\nB: \r\na: 2: 3\r\n");
    EXPECT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines.first("a"), "1");
    EXPECT_EQ(lines.first("b"), "");
    EXPECT_EQ(lines.first("c"), std::nullopt);
    std::string all;
    for (const auto& [name, value] : lines) all += std::string(name) + "=" + std::string(value) + ";";
    EXPECT_EQ(all, "A=1;B=;a=2: 3;");
}

TEST(HeaderLines, SetReplacesTheFirst) {
    HeaderLines lines;
    lines.set("A", "1");
    lines.set("B", "2");
    lines.set("a", "longer than before");
    lines.set("b", "");
    EXPECT_EQ(lines.text(), "A: longer than before\r\nB: \r\n");
}

TEST(HeaderLines, NoValueBeginsALine) {
    HeaderLines lines;
    lines.set("A", std::string_view("1\r\nB: 2\0", 8));
    lines.set("A", "x\r\ny");
    lines.emplace_back("C\r\nD", "3\n");
    EXPECT_EQ(lines.text(), "A: x  y\r\nC  D: 3 \r\n");
}

TEST(HeaderLines, NoPlaceOfAValueIsOverlooked) {
    for (std::size_t size = 1; size < 100; ++size)
        for (std::size_t at = 0; at < size; ++at)
            for (const char bad : {'\r', '\n', '\0'}) {
                std::string value(size, 'v');
                value[at] = bad;
                HeaderLines lines;
                lines.emplace_back("A", value);
                value[at] = ' ';
                ASSERT_EQ(lines.first("A"), value) << size << ", " << at;
            }
}

TEST(HeaderLines, FindWhatTheyHaveFromOthers) {
    HeaderLines others;
    others.emplace_back("ETag", "1");
    HeaderLines lines;
    lines.set("X", "2");
    lines.append(others);
    EXPECT_EQ(lines.first("etag"), "1");
    lines.set("ETAG", "3");
    EXPECT_EQ(lines.text(), "X: 2\r\nETag: 3\r\n");
    EXPECT_EQ(others.text(), "ETag: 1\r\n");
}

struct PreparedResponse : ::testing::Test {
    PreparedResponse() {
        Prepared made;
        made.headers.emplace_back("ETag", "\"1\"");
        made.headers.emplace_back("X", "shared");
        made.body = "body";
        response.prepared = std::make_shared<const Prepared>(made);
        response.set("Y", "own");
    }
    Response response;
};

TEST_F(PreparedResponse, HasTheHeadersOfBoth) {
    EXPECT_EQ(response.header("etag"), "\"1\"");
    EXPECT_EQ(response.header("Y"), "own");
    EXPECT_EQ(response.body_view(), "body");
}

TEST_F(PreparedResponse, IsItsOwnOnceWhatIsSharedIsReplaced) {
    const auto shared = response.prepared;
    response.set("x", "mine");
    EXPECT_EQ(response.header("X"), "mine");
    EXPECT_EQ(response.header("ETag"), "\"1\"");
    EXPECT_EQ(response.header("Y"), "own");
    EXPECT_EQ(response.body_view(), "body");
    EXPECT_EQ(shared->headers.first("X"), "shared");
}

}  // namespace
}  // namespace confcast::http
