#include "snapshot.hpp"

#include <gtest/gtest.h>

namespace confcast::push {
namespace {

struct Plain final : Subscriber {};

feed::EntryPtr entry(std::string key, std::string value = "v") {
    auto e = std::make_shared<feed::Entry>();
    e->key = std::move(key);
    e->value = std::move(value);
    e->mod_revision = 2;
    return e;
}

class Collect : public ::testing::Test {
  protected:
    Collect() { state.reset(2, {entry("a"), entry("a/1"), entry("a/2"), entry("ab"), entry("b"), entry("b/1")}); }
    ~Collect() override { index.remove_all(who); }
    std::vector<std::string> keys() {
        std::vector<std::string> out;
        for (const auto& e : collect(state, who.filters())) out.push_back(e->key);
        return out;
    }
    void key(std::string_view text) { index.add(who, FilterKind::key, text); }
    void prefix(std::string_view text) { index.add(who, FilterKind::prefix, text); }
    void glob(std::string_view text) { index.add(who, FilterKind::glob, text); }
    using Keys = std::vector<std::string>;

    feed::State state;
    SubscriptionIndex index;
    Plain who;
};

TEST_F(Collect, NothingForNoFilters) { EXPECT_EQ(keys(), Keys{}); }

TEST_F(Collect, EachEntryOnceHoweverManyFiltersCoverIt) {
    key("a/1");
    prefix("a/");
    prefix("a");
    key("a");
    EXPECT_EQ(keys(), (Keys{"a", "a/1", "a/2", "ab"}));
}

TEST_F(Collect, AscendingByKeyWhateverTheOrderOfFilters) {
    prefix("b/");
    key("ab");
    prefix("a/");
    key("nothing");
    EXPECT_EQ(keys(), (Keys{"a/1", "a/2", "ab", "b/1"}));
}

TEST_F(Collect, EverythingIsTheEmptyPrefix) {
    key("b");
    prefix("");
    EXPECT_EQ(keys(), (Keys{"a", "a/1", "a/2", "ab", "b", "b/1"}));
}

TEST_F(Collect, AGlobTakesWhatItMatches) {
    glob("*/1");
    EXPECT_EQ(keys(), (Keys{"a/1", "b/1"}));
    glob("a*");
    EXPECT_EQ(keys(), (Keys{"a", "a/1", "ab", "b/1"}));
    glob("**");
    EXPECT_EQ(keys(), (Keys{"a", "a/1", "a/2", "ab", "b", "b/1"}));
}

TEST_F(Collect, GlobsKeysAndPrefixesThatOverlapShowAnEntryOnce) {
    glob("a/*");
    glob("a/1");
    key("a/1");
    key("a");
    glob("a");
    prefix("a/2");
    EXPECT_EQ(keys(), (Keys{"a", "a/1", "a/2"}));
    prefix("a/");
    glob("*b");
    EXPECT_EQ(keys(), (Keys{"a", "a/1", "a/2", "ab", "b"}));
}

TEST_F(Collect, AKeyThatIsAGlobsHeadDoesNotWidenIt) {
    key("a");
    glob("a*");
    EXPECT_EQ(keys(), (Keys{"a", "ab"}));
}

TEST_F(Collect, OfTwoGlobsWithOneHeadEachCounts) {
    glob("a/1*");
    glob("a/*2");
    prefix("a/2");
    EXPECT_EQ(keys(), (Keys{"a/1", "a/2"}));
}

TEST(Snapshot, EmptyStateIsOneEmptyPage) {
    const Snapshot snapshot(1, {{7}, 2}, {}, false, 1'000);
    EXPECT_EQ(snapshot.pages(), 1U);
    EXPECT_TRUE(snapshot.is_last(0));
    EXPECT_TRUE(snapshot.page(0).empty());
}

TEST(Snapshot, PagesHoldAboutTheirBytesAndAllEntries) {
    std::vector<feed::EntryPtr> entries;
    entries.reserve(100);
    for (int i = 0; i < 100; ++i) entries.push_back(entry(std::to_string(1000 + i), std::string(100, 'x')));
    const Snapshot snapshot(1, {{7}, 2}, entries, false, 1'000);
    EXPECT_GT(snapshot.pages(), 10U);
    EXPECT_LT(snapshot.pages(), 50U);
    std::vector<feed::EntryPtr> seen;
    for (std::size_t page = 0; page < snapshot.pages(); ++page) {
        EXPECT_FALSE(snapshot.page(page).empty());
        EXPECT_EQ(snapshot.is_last(page), page + 1 == snapshot.pages());
        seen.insert(seen.end(), snapshot.page(page).begin(), snapshot.page(page).end());
    }
    EXPECT_EQ(seen, entries);
}

TEST(Snapshot, AnEntryLargerThanAPageHasOneOfItsOwn) {
    const Snapshot snapshot(1, {{7}, 2}, {entry("a", std::string(5'000, 'x')), entry("b")}, false, 1'000);
    EXPECT_EQ(snapshot.pages(), 2U);
    EXPECT_EQ(snapshot.page(0).size(), 1U);
}

TEST(Snapshot, WithoutValuesMoreFitsAPage) {
    const Snapshot snapshot(1, {{7}, 2}, {entry("a", std::string(5'000, 'x')), entry("b")}, true, 1'000);
    EXPECT_EQ(snapshot.pages(), 1U);
}

TEST(Snapshot, PagesThatWentHoldNothing) {
    std::vector<feed::EntryPtr> entries{entry("a", std::string(900, 'x')), entry("b", std::string(900, 'x'))};
    const std::weak_ptr<const feed::Entry> first = entries[0];
    const std::weak_ptr<const feed::Entry> second = entries[1];
    Snapshot snapshot(1, {{7}, 2}, std::exchange(entries, {}), false, 1'000);
    ASSERT_EQ(snapshot.pages(), 2U);
    snapshot.release_through(0);
    EXPECT_TRUE(first.expired());
    EXPECT_FALSE(second.expired());
}

}  // namespace
}  // namespace confcast::push
