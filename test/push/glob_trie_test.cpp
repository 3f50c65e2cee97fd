#include "glob_trie.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>

namespace confcast::push {
namespace {

class Trie : public ::testing::Test {
  protected:
    FilterBucket& add(std::string text) {
        FilterBucket& bucket = buckets_.emplace_back();
        bucket.kind = FilterKind::glob;
        bucket.text = texts_.emplace_back(std::move(text));
        trie.add(bucket);
        return bucket;
    }
    std::vector<FilterBucket*> candidates(std::string_view key) {
        std::vector<FilterBucket*> out;
        trie.candidates(key, out);
        return out;
    }
    std::set<std::string> matches(std::string_view key) {
        std::set<std::string> out;
        for (const FilterBucket* glob : candidates(key))
            if (glob->matches(key)) out.emplace(glob->text);
        return out;
    }
    using Texts = std::set<std::string>;

    GlobTrie trie;

  private:
    std::deque<std::string> texts_;
    std::deque<FilterBucket> buckets_;
};

// Whatever they share and wherever they differ: what a key does not match it hardly meets.
TEST_F(Trie, AKeyMeetsOnlyTheGlobsOfItsOwnSegments) {
    for (int i = 0; i < 1'000; ++i) {
        const std::string n = std::to_string(i);
        add("tenant-" + n + "/**");
        add("*/service-" + n + "/port");
        add("**/leaf-" + n);
        add("app/db-" + n + "-*");
        add("app/*-of-" + n);
        add("x/*/*/" + n + "/**/y");
    }
    for (const char* key :
         {"tenant-7/a", "a/service-7/port", "a/b/c/leaf-7", "app/db-7-a", "app/b-of-7", "x/a/b/7/y"}) {
        EXPECT_EQ(matches(key).size(), 1U) << key;
        EXPECT_LE(candidates(key).size(), 12U) << key;
    }
    EXPECT_LE(candidates("nobody/asked/for/this").size(), 8U);
}

TEST_F(Trie, ACandidateIsNamedOnceHoweverManyWaysLeadToIt) {
    for (int i = 0; i < 20; ++i) add("**/a/**/a/**/a" + std::to_string(i));
    add("**/a/**/a/**/a");
    auto found = candidates("a/a/a/a/a/a/a/a");
    std::sort(found.begin(), found.end());
    EXPECT_EQ(std::adjacent_find(found.begin(), found.end()), found.end());
    EXPECT_EQ(matches("a/a/a/a"), Texts{"**/a/**/a/**/a"});
}

// The number of ways is astronomic, the number of nodes is not.
TEST_F(Trie, ManyDeepSegmentsCostNodesNotWays) {
    std::string stem;
    for (int i = 0; i < 60; ++i) stem += "**/a/";
    for (int i = 0; i < 20; ++i) add(stem + "z" + std::to_string(i));
    std::string key = "a";
    for (int i = 0; i < 200; ++i) key += "/a";
    EXPECT_EQ(matches(key), Texts{});
    EXPECT_EQ(matches(key + "/z3"), Texts{stem + "z3"});
}

TEST_F(Trie, IsEmptyWhenTheLastOneHasGone) {
    std::vector<FilterBucket*> all;
    for (int i = 0; i < 100; ++i) {
        all.push_back(&add("a/*/" + std::to_string(i)));
        all.push_back(&add("a/b" + std::to_string(i) + "*"));
        all.push_back(&add("**/" + std::to_string(i) + "/**"));
    }
    EXPECT_FALSE(trie.empty());
    std::shuffle(all.begin(), all.end(), std::mt19937(2));  // NOLINT(bugprone-random-generator-seed)
    for (FilterBucket* glob : all) trie.remove(*glob);
    EXPECT_TRUE(trie.empty());
    EXPECT_TRUE(candidates("a/b/1").empty());
}

TEST_F(Trie, FindsWhatTheNaiveSearchFindsWhileGlobsComeAndGo) {
    std::mt19937 random(6);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::vector<std::string> parts{"a", "b", "ab", "*", "**", "a*", "*b", "a*b", "*a*", "ba*", "**"};
    const std::vector<std::string> letters{"a", "b", "ab", "ba", "aab"};
    const auto text = [&](const std::vector<std::string>& from) {
        std::string out = from[random() % from.size()];
        while (random() % 3 != 0) out += '/' + from[random() % from.size()];
        return out;
    };
    std::vector<FilterBucket*> all;
    Texts there;
    for (int step = 0; step < 10'000; ++step) {
        if (std::string one = text(parts); random() % 2 == 0 && all.size() < 300 && there.insert(one).second)
            all.push_back(&add(std::move(one)));
        if (random() % 3 == 0 && !all.empty()) {
            std::swap(all[random() % all.size()], all.back());
            there.erase(std::string(all.back()->text));
            trie.remove(*all.back());
            all.pop_back();
        }
        const std::string key = text(letters);
        Texts expected;
        for (const auto& glob : there)
            if (glob_matches(glob, key)) expected.insert(glob);
        ASSERT_EQ(matches(key), expected) << key;
    }
    EXPECT_GT(all.size(), 50U);
}

}  // namespace
}  // namespace confcast::push
