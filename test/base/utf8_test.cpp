#include "confcast/base/utf8.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace confcast {
namespace {

std::string encoded(std::uint32_t point) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    if (point < 0x80) return {byte(point)};
    if (point < 0x800) return {byte(0xC0 | point >> 6U), byte(0x80 | (point & 0x3FU))};
    if (point < 0x10000)
        return {byte(0xE0 | point >> 12U), byte(0x80 | (point >> 6U & 0x3FU)), byte(0x80 | (point & 0x3FU))};
    return {byte(0xF0 | point >> 18U), byte(0x80 | (point >> 12U & 0x3FU)), byte(0x80 | (point >> 6U & 0x3FU)),
            byte(0x80 | (point & 0x3FU))};
}

TEST(Utf8, TakesEveryCodePointButSurrogates) {
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        ASSERT_EQ(is_valid_utf8(encoded(point)), !surrogate) << std::hex << point;
    }
    for (std::uint32_t point = 0x110000; point < 0x140000; point += 0x101)
        ASSERT_FALSE(is_valid_utf8(encoded(point))) << std::hex << point;
}

TEST(Utf8, TakesNoOverlongForm) {
    for (std::uint32_t point = 0; point < 0x80; ++point) {
        const std::string two{static_cast<char>(0xC0 | point >> 6U), static_cast<char>(0x80 | (point & 0x3FU))};
        ASSERT_FALSE(is_valid_utf8(two)) << std::hex << point;
    }
    EXPECT_FALSE(is_valid_utf8("\xE0\x80\xAF"));
    EXPECT_FALSE(is_valid_utf8("\xE0\x9F\xBF"));
    EXPECT_FALSE(is_valid_utf8("\xF0\x80\x80\xAF"));
    EXPECT_FALSE(is_valid_utf8("\xF0\x8F\xBF\xBF"));
}

TEST(Utf8, TakesNoPartOfASequence) {
    for (const std::uint32_t point : {0x80U, 0x7FFU, 0x800U, 0xFFFDU, 0x10000U, 0x10FFFFU}) {
        const std::string whole = encoded(point);
        for (std::size_t n = 1; n < whole.size(); ++n) {
            EXPECT_FALSE(is_valid_utf8(whole.substr(0, n))) << std::hex << point;
            EXPECT_FALSE(is_valid_utf8(whole.substr(n))) << std::hex << point;
            EXPECT_FALSE(is_valid_utf8(whole.substr(0, n) + "abcdefghij")) << std::hex << point;
        }
    }
    for (const auto* alone : {"\x80", "\xBF", "\xC0", "\xC1", "\xF5", "\xFE", "\xFF"})
        EXPECT_FALSE(is_valid_utf8(alone));
}

TEST(Utf8, FindsABadByteWhereverItIs) {
    for (std::size_t length = 1; length < 40; ++length)
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, 'a');
            EXPECT_TRUE(is_valid_utf8(text));
            text[at] = '\xFF';
            EXPECT_FALSE(is_valid_utf8(text)) << at << " of " << length;
        }
}

TEST(Utf8, TakesNothingAndZeroBytes) {
    EXPECT_TRUE(is_valid_utf8(""));
    EXPECT_TRUE(is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, EscapesOnlyWhatIsNotValid) {
    EXPECT_EQ(escape_invalid_utf8("plain 配置 😀"), "plain 配置 😀");
    EXPECT_EQ(escape_invalid_utf8("a\xFF\xFEz"), "a\\xFF\\xFEz");
    EXPECT_EQ(escape_invalid_utf8("\xE4\xBD"), "\\xE4\\xBD");
    EXPECT_EQ(escape_invalid_utf8("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "a surrogate";
    EXPECT_TRUE(is_valid_utf8(escape_invalid_utf8("\xC0\x80\xF8x\xE4\xBD\xA0")));
}

TEST(Utf8Check, SaysTheSameByteByByte) {
    // Every border of RFC 3629, section 4, and what lies beside it.
    const std::string bytes(
        "\x00\x41\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xFF", 25);
    for (const char a : bytes)
        for (const char b : bytes)
            for (const char c : bytes)
                for (const char d : bytes) {
                    const std::string text{a, b, c, d};
                    Utf8Check check;
                    bool good = true;
                    for (std::size_t i = 0; good && i < text.size(); ++i) good = check.take(text.substr(i, 1));
                    ASSERT_EQ(good && check.is_whole(), is_valid_utf8(text)) << escape_invalid_utf8(text);
                    Utf8Check whole;
                    ASSERT_EQ(whole.take(text), good);
                    Utf8Check long_text;
                    ASSERT_EQ(long_text.take("behind eight bytes of ASCII " + text), good);
                }
}

TEST(Utf8Check, FailsAtTheByteThatNoTextHasThere) {
    for (const std::string bad : {"\x80", "\xC1", "\xE0\x9F", "\xED\xA0", "\xF0\x8F", "\xF4\x90", "\xF5", "\xC3\x41"}) {
        Utf8Check check;
        EXPECT_TRUE(check.take(bad.substr(0, bad.size() - 1))) << escape_invalid_utf8(bad);
        EXPECT_FALSE(check.take(bad.substr(bad.size() - 1))) << escape_invalid_utf8(bad);
    }
}

}  // namespace
}  // namespace confcast
