#include "difference.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace confcast::cli {
namespace {

std::string between(std::string_view before, std::string_view after) {
    return difference_of(Output(std::cout, false), before, after);
}

TEST(Difference, OfTheSameIsNothing) {
    EXPECT_EQ(between("", ""), "");
    EXPECT_EQ(between("a\nb\n", "a\nb\n"), "");
}

TEST(Difference, ShowsLinesThatGoAndCome) {
    EXPECT_EQ(between("a\nb\nc\n", "a\nx\nc\n"), " a\n-b\n+x\n c\n");
    EXPECT_EQ(between("", "a\n"), "+a\n(with a newline at the end)\n");
    EXPECT_EQ(between("a\n", ""), "-a\n(without the newline at the end)\n");
    EXPECT_EQ(between("a\nb\n", "b\nc\n"), "-a\n b\n+c\n");
}

TEST(Difference, LeavesOutWhatIsFarFromAChange) {
    EXPECT_EQ(between("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n4\n5\n6\nx\n"), "…\n 4\n 5\n 6\n-7\n+x\n");
}

TEST(Difference, TellsANewlineAtTheEnd) {
    EXPECT_EQ(between("a", "a\n"), "(with a newline at the end)\n") << "or nothing would be shown at all";
}

TEST(Difference, OfBytesIsOnlySaid) {
    EXPECT_EQ(between("\xff", "ab"), "binary values differ: 1 and 2 bytes\n");
    EXPECT_EQ(between(std::string_view("\0", 1), "ab"), "binary values differ: 1 and 2 bytes\n");
}

TEST(Difference, OfALotIsBoundedInMemory) {
    std::string before;
    std::string after;
    for (int i = 0; i < 5000; ++i) {
        before += std::to_string(i) + '\n';
        after += std::to_string(-i - 1) + '\n';
    }
    EXPECT_FALSE(between(before, after).empty());
}

TEST(Difference, IsPaintedForEyes) {
    EXPECT_EQ(difference_of(Output(std::cout, true), "a\n", "b\n"), "\x1b[31m-a\x1b[0m\n\x1b[32m+b\x1b[0m\n");
}

}  // namespace
}  // namespace confcast::cli
