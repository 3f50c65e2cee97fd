#include "glob.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "naive_glob.hpp"

namespace confcast::push {
namespace {

using test::naive_glob;
using Parts = std::vector<std::string>;

struct Case {
    std::string glob;
    std::vector<std::string> matches;
    std::vector<std::string> others;
};

class Glob : public ::testing::TestWithParam<Case> {};

TEST_P(Glob, MatchesWhatItSaysAndNothingElse) {
    for (const auto& key : GetParam().matches) EXPECT_TRUE(glob_matches(GetParam().glob, key)) << key;
    for (const auto& key : GetParam().others) EXPECT_FALSE(glob_matches(GetParam().glob, key)) << key;
}

INSTANTIATE_TEST_SUITE_P(
    All, Glob,
    ::testing::Values(
        Case{"app/port", {"app/port"}, {"app/por", "app/ports", "app", "app/port/x"}},
        Case{"app/*/db", {"app/a/db", "app/b-c/db"}, {"app/db", "app/a/b/db", "app/a/db/x", "x/app/a/db"}},
        Case{"*", {"a", "*"}, {"a/b"}}, Case{"*/*", {"a/b"}, {"a", "a/b/c"}},
        Case{"app/db-*", {"app/db-1", "app/db-"}, {"app/db", "app/db-1/x"}},
        Case{"*-db", {"a-db", "-db", "-db-db"}, {"db", "a-db-"}},
        Case{"a*b*c", {"abc", "aXbYc", "abbcc", "abcbc"}, {"ab", "acb", "abcd"}},
        Case{"ab*ba", {"abba", "abxba"}, {"aba", "ab"}}, Case{"*aba*aba*", {"abaaba", "xabaabax"}, {"ababa"}},
        Case{"app/**", {"app/a", "app/a/b"}, {"app", "apple/a", "x/app/a"}}, Case{"**", {"a", "a/b/c"}, {}},
        Case{"**/**", {"a", "a/b/c"}, {}}, Case{"**/db", {"db", "a/db", "a/b/db", "db/db"}, {"adb", "db/a", "a/db/c"}},
        Case{"a/**/b", {"a/b", "a/x/b", "a/x/y/b", "a/b/b"}, {"a", "ab", "a/b/c", "a/xb"}},
        Case{"a/**/**/b", {"a/b", "a/x/b"}, {"a"}}, Case{"a/**/*", {"a/b", "a/b/c"}, {"a"}},
        Case{"**/a/*/b/**", {"a/x/b/c", "a/a/x/b/c/d", "q/a/a/b/b"}, {"a/x/b", "a/b/c"}},
        Case{"**/a/b/**/c", {"a/b/c", "a/a/b/c", "x/a/b/y/c"}, {"a/x/b/c", "a/b"}},
        // Nothing else is special.
        Case{"a?[b]{c}\\", {"a?[b]{c}\\"}, {"axbc", "a?b"}},
        // A star takes bytes, and a character is some of them.
        Case{"*", {"\xC3\xBC"}, {}}));

TEST(GlobHead, IsWhatIsBeforeTheFirstStar) {
    EXPECT_EQ(glob_head("app/*/db"), "app/");
    EXPECT_EQ(glob_head("app/db-*"), "app/db-");
    EXPECT_EQ(glob_head("**"), "");
    EXPECT_EQ(glob_head("app"), "app");
}

TEST(GlobCheck, IsAsStrictAsAKey) {
    for (const char* good : {"a", "*", "**", "a/**/b", "a*b*", "**/**", "*/x*y/**", "\xC3\xBC*", "a/*."})
        EXPECT_TRUE(check_glob(good)) << good;
    for (const std::string& bad : {std::string(), std::string("/"), std::string("a//*"), std::string("/a*"),
                                   std::string("a*/"), std::string("a/../*"), std::string("*/."), std::string("a\n*"),
                                   std::string("\xFF*"), std::string(513, '*')}) {
        const auto checked = check_glob(bad);
        ASSERT_FALSE(checked) << bad;
        EXPECT_EQ(checked.error().code(), Errc::invalid_key) << bad;
    }
}

TEST(GlobCheck, TwoStarsAreASegmentOrAMistake) {
    for (const char* bad : {"a**", "**a", "a/**b/c", "***", "a/***", "x**y"}) {
        const auto checked = check_glob(bad);
        ASSERT_FALSE(checked) << bad;
        EXPECT_EQ(checked.error().code(), Errc::invalid_key);
        EXPECT_EQ(checked.error().detail("rule"), "in a glob ** is a whole segment");
        EXPECT_EQ(checked.error().detail("key"), bad);
    }
}

std::string joined(const Parts& parts) {
    std::string out;
    for (const auto& part : parts) out += (out.empty() ? "" : "/") + part;
    return out;
}

TEST(GlobMatches, AgreesWithTheNaiveMatcherOnRandomPairs) {
    std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const auto segment = [&](std::string_view letters) {
        std::string out;
        do out += letters[random() % letters.size()];
        while (out.size() < 5 && random() % 3 != 0);
        return out;
    };
    int matched = 0;
    for (int i = 0; i < 40'000; ++i) {
        Parts glob;
        for (std::size_t n = 1 + (random() % 5); n > 0; --n) {
            std::string one = random() % 4 == 0 ? "**" : segment("aab*");
            if (one != "**")
                while (one.find("**") != std::string::npos) one.erase(one.find("**"), 1);
            glob.push_back(std::move(one));
        }
        Parts key;
        for (std::size_t n = 1 + (random() % 6); n > 0; --n) key.push_back(segment("aab"));
        const bool expected = naive_glob(joined(glob), joined(key));
        matched += expected ? 1 : 0;
        ASSERT_EQ(glob_matches(joined(glob), joined(key)), expected) << joined(glob) << " on " << joined(key);
        if (expected) {
            ASSERT_TRUE(joined(key).starts_with(glob_head(joined(glob))));
        }
    }
    EXPECT_GT(matched, 3'000);
    EXPECT_LT(matched, 35'000);
}

// With backtracking each of these would take longer than the universe has lasted: that the test ends is the proof.
TEST(GlobMatches, WhatInvitesBacktrackingEnds) {
    std::string stars;
    while (stars.size() < 500) stars += "a*";
    EXPECT_FALSE(glob_matches(stars + "b", std::string(512, 'a')));
    EXPECT_TRUE(glob_matches(stars, std::string(512, 'a')));

    std::string deep;
    std::string key = "a";
    while (deep.size() < 500) deep += "**/a/";
    while (key.size() < 510) key += "/a";
    EXPECT_FALSE(glob_matches(deep + "b", key));
    EXPECT_TRUE(glob_matches(deep + "**", key + "/b"));

    std::string both;
    while (both.size() < 500) both += "**/*a*/";
    EXPECT_FALSE(glob_matches(both + "b", key));
}

}  // namespace
}  // namespace confcast::push
