#include "subscription_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>

#include "subset.hpp"

namespace confcast::push {
namespace {

struct Plain final : Subscriber {
    explicit Plain(int n) : number(n) {}
    int number;
};

feed::Change change_of(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    feed::Change change{1, {}};
    for (auto& key : keys) change.events.push_back({std::move(key), nullptr});
    return change;
}

class Index : public ::testing::Test {
  protected:
    ~Index() override {
        for (auto& who : subscribers_) index.remove_all(who);
    }
    Plain& subscriber() { return subscribers_.emplace_back(static_cast<int>(subscribers_.size())); }
    Plain& with_key(std::string_view key) {
        Plain& who = subscriber();
        index.add(who, FilterKind::key, key);
        return who;
    }
    Plain& with_prefix(std::string_view prefix) {
        Plain& who = subscriber();
        index.add(who, FilterKind::prefix, prefix);
        return who;
    }
    std::vector<int> matching(std::vector<std::string> keys) {
        std::vector<Subscriber*> out;
        index.match(change_of(std::move(keys)), out);
        std::vector<int> numbers;
        for (Subscriber* who : out) numbers.push_back(static_cast<Plain*>(who)->number);
        std::sort(numbers.begin(), numbers.end());
        return numbers;
    }
    using Numbers = std::vector<int>;

    SubscriptionIndex index;

  private:
    std::deque<Plain> subscribers_;
};

TEST_F(Index, KeyMatchesExactly) {
    with_key("a/b");
    EXPECT_EQ(matching({"a/b"}), Numbers{0});
    EXPECT_EQ(matching({"a/bc"}), Numbers{});
    EXPECT_EQ(matching({"a"}), Numbers{});
}

TEST_F(Index, PrefixIsPlainText) {
    with_prefix("a/");
    with_prefix("a");
    EXPECT_EQ(matching({"a/x"}), (Numbers{0, 1}));
    EXPECT_EQ(matching({"a"}), Numbers{1});
    EXPECT_EQ(matching({"ab"}), Numbers{1});
    EXPECT_EQ(matching({"b/a/"}), Numbers{});
}

TEST_F(Index, EmptyPrefixIsEverything) {
    with_prefix("");
    EXPECT_EQ(matching({"x"}), Numbers{0});
}

TEST_F(Index, SubscriberIsFoundOnceHoweverManyFiltersAndEventsMatch) {
    Plain& who = with_prefix("");
    index.add(who, FilterKind::prefix, "a/");
    index.add(who, FilterKind::key, "a/b");
    EXPECT_EQ(matching({"a/b", "a/c", "d"}), Numbers{0});
}

TEST_F(Index, KeyAndPrefixOfTheSameTextAreTwoFilters) {
    Plain& who = with_key("a");
    EXPECT_TRUE(index.add(who, FilterKind::prefix, "a"));
    EXPECT_TRUE(index.remove(who, FilterKind::prefix, "a"));
    EXPECT_EQ(matching({"ab"}), Numbers{});
    EXPECT_EQ(matching({"a"}), Numbers{0});
}

TEST_F(Index, DuplicatesAndStrangersAreNoted) {
    Plain& who = with_key("a");
    EXPECT_FALSE(index.add(who, FilterKind::key, "a"));
    EXPECT_FALSE(index.remove(who, FilterKind::key, "b"));
    EXPECT_EQ(who.filters().size(), 1U);
}

TEST_F(Index, NothingIsLeftWhenTheLastSubscriberGoes) {
    Plain& a = with_prefix("a/");
    Plain& b = with_prefix("a/");
    EXPECT_EQ(index.size(), 1U);
    index.remove_all(a);
    EXPECT_EQ(matching({"a/x"}), Numbers{1});
    index.remove_all(b);
    EXPECT_EQ(index.size(), 0U);
    EXPECT_EQ(matching({"a/x"}), Numbers{});
}

TEST_F(Index, AFilterThatComesBackHasANewIdentity) {
    Plain& who = with_key("a");
    const auto first = who.filters()[0].bucket->id;
    index.remove_all(who);
    index.add(who, FilterKind::key, "a");
    EXPECT_NE(who.filters()[0].bucket->id, first);
}

TEST_F(Index, RemoveFromKeepsTheFirstFilters) {
    Plain& who = with_key("a");
    index.add(who, FilterKind::prefix, "b/");
    index.add(who, FilterKind::key, "c");
    index.remove_from(who, 1);
    ASSERT_EQ(who.filters().size(), 1U);
    EXPECT_TRUE(SubscriptionIndex::has(who, FilterKind::key, "a"));
}

TEST_F(Index, AgreesWithTheNaiveMatcherUnderRandomComingAndGoing) {
    std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    const std::vector<std::string> texts{"", "a", "a/", "a/b", "ab", "b", "b/c", "b/c/d", "a/b/c"};
    const std::vector<std::string> globs{"**",  "*",   "a/**", "*/b", "a/*",    "**/c", "b/**/d", "a*",
                                         "*/*", "*b",  "a",    "b/c", "a/*/c",  "*c/d", "**/b/*", "*/**/c",
                                         "b*",  "*/c", "**/*", "*a*", "**/d/x", "b/*c", "**/**",  "a/**/b"};
    std::vector<Plain*> all;
    std::vector<std::vector<std::pair<FilterKind, std::string>>> model;
    for (int i = 0; i < 20; ++i) {
        all.push_back(&subscriber());
        model.emplace_back();
    }
    for (int step = 0; step < 20'000; ++step) {
        const std::size_t n = random() % all.size();
        constexpr std::array kinds{FilterKind::key, FilterKind::prefix, FilterKind::glob};
        const auto kind = kinds[random() % kinds.size()];
        const std::string& text =
            kind == FilterKind::glob ? globs[random() % globs.size()] : texts[random() % texts.size()];
        auto& filters = model[n];
        const auto at = std::find(filters.begin(), filters.end(), std::pair(kind, text));
        switch (random() % 5) {
            case 0:
            case 1:
                EXPECT_EQ(index.add(*all[n], kind, text), at == filters.end());
                if (at == filters.end()) filters.emplace_back(kind, text);
                break;
            case 2:
                EXPECT_EQ(index.remove(*all[n], kind, text), at != filters.end());
                if (at != filters.end()) filters.erase(at);
                break;
            case 3:
                if (random() % 10 == 0) {
                    index.remove_all(*all[n]);
                    filters.clear();
                }
                break;
            default: {
                std::vector<std::string> keys;
                for (const auto& key : texts)
                    if (!key.empty() && random() % 3 == 0) keys.push_back(key);
                Numbers expected;
                for (std::size_t i = 0; i < model.size(); ++i) {
                    const bool hit = std::any_of(model[i].begin(), model[i].end(), [&](const auto& f) {
                        return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
                            if (f.first == FilterKind::glob) return glob_matches(f.second, key);
                            return f.first == FilterKind::key ? key == f.second : key.starts_with(f.second);
                        });
                    });
                    if (hit) expected.push_back(static_cast<int>(i));
                }
                EXPECT_EQ(matching(keys), expected);
            }
        }
        EXPECT_EQ(all[n]->filters().size(), filters.size());
    }
}

std::vector<std::string> picked(const Subset& subset, const feed::Change& change) {
    std::vector<std::string> out;
    subset.for_each(change, [&](const feed::KeyChange& event) { out.push_back(event.key); });
    return out;
}

class SubsetOf : public Index, public ::testing::WithParamInterface<std::size_t> {};

// Up to 64 events are bits, more are ranges: both must say the same.
TEST_P(SubsetOf, IsWhatTheFiltersMatch) {
    std::mt19937 random(4);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < GetParam(); ++i)
        keys.push_back(std::string(1, static_cast<char>('a' + (i % 7))) + "/" + std::to_string(i / 7));
    const feed::Change change = change_of(keys);
    const std::vector<std::string> globs{"*/1", "a/**", "b/*", "**/*2", "*/1*", "**", "c/0", "x/*"};
    std::vector<std::pair<std::string, std::vector<std::string>>> known;
    Subset subset;
    for (int round = 0; round < 200; ++round) {
        Plain who(0);
        for (std::size_t n = random() % 6; n > 0; --n) index.add(who, FilterKind::key, keys[random() % keys.size()]);
        for (std::size_t n = random() % 3; n > 0; --n)
            index.add(who, FilterKind::prefix, keys[random() % keys.size()].substr(0, random() % 3));
        for (std::size_t n = random() % 3; n > 0; --n) index.add(who, FilterKind::glob, globs[random() % globs.size()]);
        std::vector<std::string> expected;
        for (const auto& event : change.events)
            if (matches(who.filters(), event.key)) expected.push_back(event.key);
        subset.assign(change, who.filters());
        EXPECT_EQ(picked(subset, change), expected);
        EXPECT_EQ(subset.count(), expected.size());
        EXPECT_EQ(subset.empty(), expected.empty());
        std::string bytes;
        subset.append_to(bytes);
        known.emplace_back(bytes, expected);
        index.remove_all(who);
    }
    for (const auto& [bytes, events] : known)
        for (const auto& [other_bytes, other_events] : known)
            EXPECT_EQ(bytes == other_bytes, events == other_events) << "a subset's bytes are its identity";
}

INSTANTIATE_TEST_SUITE_P(Sizes, SubsetOf, ::testing::Values(1, 2, 10, 63, 64, 65, 200));

}  // namespace
}  // namespace confcast::push
