// Random rules and keys against a model that is written in another way: globs become regular expressions, rules are
// asked one after the other, and nothing is ever thrown away.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <regex>

#include "confcast/auth/permissions.hpp"

namespace confcast::auth {
namespace {

std::string to_regex(const std::string& glob) {
    std::vector<std::string> segments(1);
    for (const char c : glob) {
        if (c == '/')
            segments.emplace_back();
        else
            segments.back() += c;
    }
    std::string out;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const bool last = i + 1 == segments.size();
        if (segments[i] == "**") {
            out += last ? "[^/]+(/[^/]+)*" : "([^/]+/)*";
            continue;
        }
        for (const char c : segments[i]) out += c == '*' ? std::string("[^/]*") : std::string(1, c);
        if (!last) out += '/';
    }
    return out;
}

class Model {
  public:
    explicit Model(const std::vector<std::string>& rules) {
        for (const std::string& rule : rules) {
            if (rule == "admin") continue;
            const std::string verbs = rule.substr(0, rule.find(':'));
            const std::regex pattern(to_regex(rule.substr(rule.find(':') + 1)));
            if (verbs.find("read") != std::string::npos) reads_.push_back(pattern);
            if (verbs.find("write") != std::string::npos) writes_.push_back(pattern);
        }
    }
    bool reads(const std::string& key) const { return any(reads_, key); }
    bool writes(const std::string& key) const { return any(writes_, key); }

  private:
    static bool any(const std::vector<std::regex>& patterns, const std::string& key) {
        for (const std::regex& pattern : patterns)
            if (std::regex_match(key, pattern)) return true;
        return false;
    }
    std::vector<std::regex> reads_, writes_;
};

class Dice {
  public:
    explicit Dice(unsigned seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    std::string segment(bool with_stars) {
        static const std::vector<std::string> plain{"a", "b", "ab", "ba", "aab"};
        static const std::vector<std::string> stars{"*", "**", "a*", "*b", "a*b", "*a*"};
        return with_stars && below(2) == 0 ? stars[below(stars.size())] : plain[below(plain.size())];
    }
    std::string path(bool with_stars) {
        std::string out = segment(with_stars);
        for (std::size_t more = below(4); more > 0; --more) out += '/' + segment(with_stars);
        return out;
    }
    std::vector<std::string> rules() {
        static const std::vector<std::string> verbs{"read:", "write:", "read,write:"};
        std::vector<std::string> out;
        for (std::size_t n = below(6); n > 0; --n) out.push_back(verbs[below(3)] + path(true));
        return out;
    }

  private:
    std::mt19937 random_;
};

// All keys of up to three segments over a few words: enough to find a counterexample, if there is one.
const std::vector<std::string>& small_keys() {
    static const std::vector<std::string> keys = [] {
        const std::vector<std::string> words{"a", "b", "ab", "ba", "aab", "c"};
        std::vector<std::string> out;
        for (const auto& one : words) {
            out.push_back(one);
            for (const auto& two : words) {
                out.push_back(one + '/' + two);
                for (const auto& three : words) out.push_back(one + '/' + two + '/' + three);
            }
        }
        return out;
    }();
    return keys;
}

TEST(PermissionsProperty, TwentyThousandPairsAgreeWithTheModel) {
    Dice dice(11);
    std::size_t pairs = 0;
    std::size_t allowed = 0;
    for (int round = 0; round < 1000; ++round) {
        const auto rules = dice.rules();
        const auto parsed = Permissions::parse(rules);
        ASSERT_TRUE(parsed);
        const Model model(rules);
        for (int i = 0; i < 20; ++i, ++pairs) {
            const std::string key = dice.path(false);
            allowed += parsed->may_read(key) ? 1 : 0;
            ASSERT_EQ(parsed->may_read(key), model.reads(key)) << testing::PrintToString(rules) << ' ' << key;
            ASSERT_EQ(parsed->may_write(key), model.writes(key)) << testing::PrintToString(rules) << ' ' << key;
        }
    }
    EXPECT_EQ(pairs, 20'000U);
    EXPECT_GT(allowed, pairs / 10);  // both answers are asked for
    EXPECT_LT(allowed, pairs * 9 / 10);
}

TEST(PermissionsProperty, TheCanonicalFormAllowsTheSame) {
    Dice dice(12);
    for (int round = 0; round < 300; ++round) {
        const auto rules = dice.rules();
        const auto once = Permissions::parse(rules);
        const auto twice = Permissions::parse(once->texts());
        ASSERT_TRUE(twice);
        ASSERT_EQ(*twice, *once) << testing::PrintToString(rules);
        ASSERT_EQ(twice->texts(), once->texts());
        ASSERT_LE(once->texts().size(), rules.size());
    }
}

TEST(PermissionsProperty, APrefixOrGlobThatIsSaidToBeReadableIs) {
    Dice dice(13);
    int said = 0;
    for (int round = 0; round < 1500; ++round) {
        const auto rules = dice.rules();
        const auto p = Permissions::parse(rules);
        const std::string path = dice.path(false);
        const std::string prefix = path.substr(0, dice.below(path.size() + 1));
        if (p->reads_prefix(prefix)) {
            ++said;
            for (const std::string& key : small_keys())
                if (key.starts_with(prefix))
                    ASSERT_TRUE(p->may_read(key)) << testing::PrintToString(rules) << ' ' << prefix << ' ' << key;
        }
        const std::string glob = dice.path(true);
        if (p->reads_glob(glob)) {
            ++said;
            const std::regex pattern(to_regex(glob));
            for (const std::string& key : small_keys())
                if (std::regex_match(key, pattern))
                    ASSERT_TRUE(p->may_read(key)) << testing::PrintToString(rules) << ' ' << glob << ' ' << key;
        }
    }
    EXPECT_GT(said, 100);
}

TEST(PermissionsProperty, ForRulesWithStarsAtTheEndOnlyAPrefixIsExact) {
    Dice dice(14);
    int said = 0;
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::string> rules;
        for (std::size_t n = dice.below(4); n > 0; --n)
            rules.push_back(dice.below(12) == 0 ? "read:**" : "read:" + dice.segment(false) + "/**");
        const auto p = Permissions::parse(rules);
        const std::string path = dice.path(false) + '/';
        const std::string prefix = path.substr(0, dice.below(path.size() + 1));
        bool all = true;
        for (const std::string& key : small_keys()) all = all && (!key.starts_with(prefix) || p->may_read(key));
        all = all && p->may_read(prefix + "zz");  // no word of small_keys begins so
        ASSERT_EQ(p->reads_prefix(prefix), all) << testing::PrintToString(rules) << ' ' << prefix;
        said += all ? 1 : 0;
    }
    EXPECT_GT(said, 100);
}

TEST(PermissionsProperty, WhatIsWithinAllowsNoMore) {
    Dice dice(15);
    int said = 0;
    for (int round = 0; round < 4000; ++round) {
        const auto a = Permissions::parse(dice.rules());
        const auto b = Permissions::parse(dice.rules());
        if (!a->within(*b)) continue;
        ++said;
        for (const std::string& key : small_keys()) {
            ASSERT_LE(a->may_read(key), b->may_read(key)) << key << testing::PrintToString(a->texts());
            ASSERT_LE(a->may_write(key), b->may_write(key)) << key << testing::PrintToString(a->texts());
        }
    }
    EXPECT_GT(said, 100);
}

TEST(PermissionsProperty, AGlobThatIsSaidToCoverAnotherDoes) {
    Dice dice(16);
    int said = 0;
    for (int round = 0; round < 6000; ++round) {
        const std::string wide = dice.path(true);
        const std::string narrow = dice.path(true);
        if (!glob::glob_covers(wide, narrow)) continue;
        ++said;
        const std::regex in_wide(to_regex(wide));
        const std::regex in_narrow(to_regex(narrow));
        for (const std::string& key : small_keys())
            if (std::regex_match(key, in_narrow)) ASSERT_TRUE(std::regex_match(key, in_wide)) << wide << ' ' << narrow;
    }
    EXPECT_GT(said, 300);
}

TEST(PermissionsProperty, AnyBytesAreParsedOrRefused) {
    Dice dice(17);
    const std::string letters = "rwad:,*/.\n\xFF te";
    for (int round = 0; round < 5000; ++round) {
        std::string text = dice.below(2) == 0 ? "read:" : "";
        for (std::size_t n = dice.below(20); n > 0; --n) text += letters[dice.below(letters.size())];
        const auto parsed = Permissions::parse(std::vector<std::string>{text});
        if (!parsed) EXPECT_EQ(parsed.error(), Errc::invalid_parameter);
    }
}

}  // namespace
}  // namespace confcast::auth
