#include "json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "confcast/base/utf8.hpp"

namespace confcast::push {
namespace {

namespace json = boost::json;

std::string as_json(std::string_view s) {
    std::string out;
    append_json_string(out, s);
    return out;
}

std::string base64(std::string_view s) {
    std::string out;
    append_json_base64(out, s);
    return out;
}

TEST(JsonText, EscapesWhatRfc8259RequiresAndNothingElse) {
    EXPECT_EQ(as_json("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(as_json("\n\r\t\b\f\x01\x1f\x7f"), "\"\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\x7f\"");
    EXPECT_EQ(as_json(std::string_view("\0", 1)), "\"\\u0000\"");
    EXPECT_EQ(as_json("grüße 你好 😀"), "\"grüße 你好 😀\"");
}

TEST(JsonText, EscapeIsFoundAtEveryPositionOfAWord) {
    for (std::size_t length = 1; length <= 20; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (const char c : {'"', '\\', '\0', '\x1f', '\x20', '\x21', '\x7f'}) {
                std::string s(length, 'x');
                s[at] = c;
                EXPECT_EQ(json::parse(as_json(s)).as_string(), s);
            }
}

TEST(JsonText, RandomTextComesBackFromAnotherParser) {
    std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::vector<std::string> pieces{"a", "\"", "\\", "\n", "\x01", "ä", "€", "😀", "plain text", "\x7f", "/"};
    for (int i = 0; i < 2'000; ++i) {
        std::string s;
        for (std::size_t n = random() % 30; n > 0; --n) s += pieces[random() % pieces.size()];
        EXPECT_EQ(json::parse(as_json(s)).as_string(), s);
    }
}

TEST(JsonText, Base64HasTheRfcsTestVectors) {
    EXPECT_EQ(base64(""), "\"\"");
    EXPECT_EQ(base64("f"), "\"Zg==\"");
    EXPECT_EQ(base64("fo"), "\"Zm8=\"");
    EXPECT_EQ(base64("foo"), "\"Zm9v\"");
    EXPECT_EQ(base64("foob"), "\"Zm9vYg==\"");
    EXPECT_EQ(base64("fooba"), "\"Zm9vYmE=\"");
    EXPECT_EQ(base64("foobar"), "\"Zm9vYmFy\"");
}

TEST(JsonText, NumbersAreWholeAndSigned) {
    std::string out;
    append_json_number(out, 0);
    out += ' ';
    append_json_number(out, -5);
    out += ' ';
    append_json_number(out, INT64_MAX);
    EXPECT_EQ(out, "0 -5 9223372036854775807");
}

TEST(JsonText, QuickUtf8CheckAgreesWithTheSlowOne) {
    std::mt19937 random(2);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::vector<std::string> pieces{"abcdefgh", "a", "ü", "你", "\xff", "\xc3", "😀", "\xed\xa0\x80"};
    for (int i = 0; i < 5'000; ++i) {
        std::string s;
        for (std::size_t n = random() % 8; n > 0; --n) s += pieces[random() % (random() % 3 == 0 ? 8 : 4)];
        EXPECT_EQ(is_utf8(s), is_valid_utf8(s)) << escape_invalid_utf8(s);
    }
}

}  // namespace
}  // namespace confcast::push
