#include "matcher.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>

namespace confcast::push {
namespace {

TEST(Matcher, NothingMatchesNoFilters) { EXPECT_FALSE(Matcher({}).matches("a")); }

// Few and many globs are looked for in different ways: both must say the same as each filter asked alone.
TEST(Matcher, SaysWhatTheFiltersSayHoweverManyThereAre) {
    std::mt19937 random(8);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::vector<std::string> parts{"a", "b", "ab", "*", "**", "a*", "*b"};
    const std::vector<std::string> letters{"a", "b", "ab", "ba", "c"};
    const auto text = [&](const std::vector<std::string>& from) {
        std::string out = from[random() % from.size()];
        while (random() % 3 != 0) out += '/' + from[random() % from.size()];
        return out;
    };
    for (int round = 0; round < 300; ++round) {
        std::deque<std::string> texts;
        std::deque<FilterBucket> buckets;
        std::vector<FilterBucket*> filters;
        const auto add = [&](FilterKind kind, std::string one) {
            FilterBucket& bucket = buckets.emplace_back();
            bucket.kind = kind;
            bucket.text = texts.emplace_back(std::move(one));
            filters.push_back(&bucket);
        };
        for (auto n = random() % 3; n > 0; --n) add(FilterKind::key, text(letters));
        for (auto n = random() % 3; n > 0; --n) add(FilterKind::prefix, text(letters) + '/');
        for (auto n = random() % 20; n > 0; --n) add(FilterKind::glob, text(letters) + '/' + text(parts));
        Matcher matcher(filters);
        for (int i = 0; i < 50; ++i) {
            const std::string key = text(letters);
            bool expected = false;
            for (const FilterBucket* filter : filters) expected = expected || filter->matches(key);
            EXPECT_EQ(matcher.matches(key), expected) << key;
        }
    }
}

}  // namespace
}  // namespace confcast::push
