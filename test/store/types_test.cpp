#include "confcast/store/types.hpp"

#include <gtest/gtest.h>

namespace confcast::store {
namespace {

TEST(PrefixEnd, IsTheNextPrefix) {
    EXPECT_EQ(prefix_end("a"), "b");
    EXPECT_EQ(prefix_end("/config/"), "/config0");
    EXPECT_EQ(prefix_end("a\x7F"), "a\x80");
    EXPECT_EQ(prefix_end(std::string("a\0", 2)), "a\x01");
}

TEST(PrefixEnd, CarriesOver0xFF) {
    EXPECT_EQ(prefix_end("a\xFF"), "b");
    EXPECT_EQ(prefix_end("a\xFF\xFF\xFF"), "b");
}

TEST(PrefixEnd, OfNothingOr0xFFAloneIsNoBound) {
    EXPECT_EQ(prefix_end(""), "");
    EXPECT_EQ(prefix_end("\xFF"), "");
    EXPECT_EQ(prefix_end("\xFF\xFF"), "");
}

TEST(KeyRange, OfOneKeyHoldsThatKeyAlone) {
    const auto range = KeyRange::single("a");
    EXPECT_TRUE(range.contains("a"));
    EXPECT_FALSE(range.contains(std::string_view("a\0", 2)));
    EXPECT_FALSE(range.contains("aa"));
    EXPECT_FALSE(range.contains(""));
}

TEST(KeyRange, WithoutAnEndGoesOnForEver) {
    const KeyRange range{"m", ""};
    EXPECT_TRUE(range.contains("m"));
    EXPECT_TRUE(range.contains("\xFF\xFF\xFF"));
    EXPECT_FALSE(range.contains("l"));
}

TEST(KeyRange, OfAPrefixHoldsWhatBeginsWithIt) {
    const auto range = KeyRange::prefix("a\xFF");
    EXPECT_TRUE(range.contains("a\xFF\xFFz"));
    EXPECT_FALSE(range.contains("b"));
    EXPECT_TRUE(KeyRange::prefix("").contains(""));
}

TEST(Epoch, IsSixteenDigitsOfHexadecimal) {
    EXPECT_EQ(Epoch{0x1F}.to_string(), "000000000000001f");
    EXPECT_EQ(Epoch{0xFEDCBA9876543210}.to_string(), "fedcba9876543210");
    EXPECT_EQ(Epoch::parse("fedcba9876543210"), Epoch{0xFEDCBA9876543210});
}

TEST(Epoch, IsParsedFromNothingElse) {
    for (const char* text : {"", "1f", "FEDCBA9876543210", "fedcba987654321", "fedcba98765432100", "0xdcba9876543210",
                             "fedcba987654321 ", "-edcba9876543210"})
        EXPECT_EQ(Epoch::parse(text), std::nullopt) << text;
}

}  // namespace
}  // namespace confcast::store
