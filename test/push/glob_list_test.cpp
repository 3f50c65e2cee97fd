#include "confcast/glob/glob_list.hpp"

#include <gtest/gtest.h>

#include <random>

#include "naive_glob.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using glob::GlobList;

TEST(GlobList, KeepsWhatSaysSomethingOfItsOwn) {
    EXPECT_EQ(GlobList(Texts{"b", "a", "b"}).globs(), (Texts{"a", "b"}));
    EXPECT_EQ(GlobList(Texts{"a/**", "a/b", "a/b/**", "a/*/c", "ab", "a"}).globs(), (Texts{"a", "a/**", "ab"}));
    EXPECT_EQ(GlobList(Texts{"x", "**", "a/**"}).globs(), Texts{"**"});
    EXPECT_TRUE(GlobList(Texts{"**", "x"}).has_everything());
    EXPECT_TRUE(GlobList().globs().empty());
    EXPECT_FALSE(GlobList().matches("a"));
}

TEST(GlobList, BelowIsNotTheNameItselfNorOneThatBeginsLikeIt) {
    const GlobList set(Texts{"app/**"});
    EXPECT_TRUE(set.matches("app/x"));
    EXPECT_TRUE(set.matches("app/x/y"));
    EXPECT_FALSE(set.matches("app"));
    EXPECT_FALSE(set.matches("apple/x"));
    EXPECT_TRUE(set.covers_prefix("app/"));
    EXPECT_FALSE(set.covers_prefix("app"));
    EXPECT_FALSE(set.covers_prefix(""));
}

class Random {
  public:
    explicit Random(unsigned seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    std::string key() { return path({"a", "b", "ab", "c"}); }
    std::string pattern() {
        std::string text = path({"a", "b", "ab", "*", "a*", "**"});
        return text;
    }

  private:
    std::string path(const Texts& words) {
        std::string text = words[below(words.size())];
        for (std::size_t n = below(4); n > 0; --n) text += '/' + words[below(words.size())];
        return text;
    }
    std::mt19937 random_;
};

TEST(GlobList, SaysWhatItsGlobsSayOneByOneAndCoversNothingWrongly) {
    std::size_t hits = 0;
    std::size_t covered = 0;
    for (unsigned seed = 1; seed <= 2'000; ++seed) {
        Random random(seed);
        Texts globs;
        for (std::size_t n = random.below(6); n > 0; --n) globs.push_back(random.pattern());
        const GlobList set(globs);
        const std::string other = random.pattern();
        const std::string prefix = random.key().substr(0, random.below(5));
        for (int i = 0; i < 20; ++i) {
            const std::string key = random.key();
            bool expected = false;
            for (const std::string& one : globs) expected = expected || naive_glob(one, key);
            ASSERT_EQ(set.matches(key), expected) << seed << ' ' << key;
            hits += expected ? 1U : 0U;
            const bool in_glob = set.covers(other) && naive_glob(other, key);
            const bool in_prefix = set.covers_prefix(prefix) && key.starts_with(prefix);
            covered += in_glob || in_prefix ? 1U : 0U;
            ASSERT_TRUE(expected || (!in_glob && !in_prefix)) << seed << ' ' << key << ' ' << other << ' ' << prefix;
        }
        ASSERT_EQ(GlobList(set.globs()).globs(), set.globs());
    }
    EXPECT_GT(hits, 5'000U);
    EXPECT_GT(covered, 1'000U);
}

}  // namespace
}  // namespace confcast::push::test
