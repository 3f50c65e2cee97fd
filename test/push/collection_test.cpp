// A snapshot that is made in slices while the state goes on.
#include "collection.hpp"

#include <gtest/gtest.h>

#include <random>

namespace confcast::push {
namespace {

using Texts = std::vector<std::string>;

class Slices : public ::testing::Test {
  protected:
    void put(const std::string& key) { apply({key, entry(key)}); }
    void remove(const std::string& key) { apply({key, nullptr}); }
    feed::EntryPtr entry(const std::string& key) const {
        auto e = std::make_shared<feed::Entry>();
        e->key = key;
        e->mod_revision = state.revision() + 1;
        return e;
    }
    void apply(feed::KeyChange change) { state.apply({state.revision() + 1, {std::move(change)}}); }
    void fill(int count) {
        for (int i = 0; i < count; ++i) put("a/" + std::to_string(10 + i));
    }
    feed::Position head() const { return {{7}, state.revision()}; }

    static Collection of(const std::vector<Wanted::Filter>& filters, ScopePtr scope = nullptr) {
        return {"", {filters, std::move(scope), false}};
    }
    bool slice(Collection& collection, std::size_t keys) const {
        Share share;
        share.renew(keys);
        return collection.go_on(state, head(), 1, 1'000, share);
    }
    static Texts shown(const Snapshot& snapshot) {
        Texts out;
        for (const auto& e : snapshot.entries()) out.push_back(e->key + '@' + std::to_string(e->mod_revision));
        return out;
    }
    Texts expected(std::string_view prefix) const {
        Texts out;
        state.scan(prefix, "", [&](const feed::EntryPtr& e) {
            out.push_back(e->key + '@' + std::to_string(e->mod_revision));
            return true;
        });
        return out;
    }

    feed::State state;
    const std::vector<Wanted::Filter> a{{FilterKind::prefix, "a/"}};
};

TEST_F(Slices, SoManyKeysTakeSoManySlices) {
    fill(20);
    put("b");
    for (const std::size_t keys : {1U, 3U, 7U, 10U, 19U, 20U, 100U}) {
        auto collection = of(a);
        std::size_t slices = 1;
        while (!slice(collection, keys)) ++slices;
        EXPECT_EQ(slices, (20 + keys - 1) / keys) << keys;
        EXPECT_EQ(shown(*collection.snapshot()), expected("a/"));
        EXPECT_EQ(collection.is_large(), slices > 1);
    }
}

TEST_F(Slices, ASliceTakesNoMoreLooksThanThereAreAndLeavesTheRest) {
    fill(10);
    auto collection = of(a);
    Share share;
    share.renew(4);
    EXPECT_FALSE(collection.go_on(state, head(), 1, 1'000, share));
    EXPECT_TRUE(share.is_spent());
    share.renew(100);
    EXPECT_TRUE(collection.go_on(state, head(), 1, 1'000, share));
    EXPECT_EQ(share.left(), 94U);
}

TEST_F(Slices, ChangesBetweenSlicesAreInItWhereverTheyAre) {
    fill(10);
    auto collection = of(a);
    EXPECT_FALSE(slice(collection, 5));
    put("a/11");     // seen already
    put("a/17");     // not yet
    put("a/110");    // new, where it has been
    put("a/180");    // new, where it comes to
    remove("a/12");  // seen
    remove("a/18");  // not yet
    put("a/14x");    // new, and gone again
    remove("a/14x");
    put("b/1");  // no business of ours
    EXPECT_TRUE(slice(collection, 100));
    EXPECT_EQ(shown(*collection.snapshot()), expected("a/"));
    EXPECT_EQ(collection.snapshot()->at(), head());
}

TEST_F(Slices, TheKeyWhereItStoppedMayGo) {
    fill(4);
    auto collection = of(a);
    EXPECT_FALSE(slice(collection, 2));
    remove("a/11");
    EXPECT_TRUE(slice(collection, 100));
    EXPECT_EQ(shown(*collection.snapshot()), expected("a/"));
}

TEST_F(Slices, ChangesThatComeAsFastAsItSeesThemDoNotKeepItForEver) {
    fill(10);
    auto collection = of(a);
    std::size_t slices = 0;
    for (bool done = false; !done && slices < 100; ++slices) {
        done = slice(collection, 1);
        if (!done) put("a/1" + std::to_string(slices % 10));
    }
    EXPECT_LT(slices, 40U);
    ASSERT_TRUE(collection.is_done());
    EXPECT_EQ(shown(*collection.snapshot()), expected("a/"));
}

TEST_F(Slices, WhereDeletesAreForgottenItStartsAgain) {
    state = feed::State(1);
    fill(6);
    auto collection = of(a);
    EXPECT_FALSE(slice(collection, 4));
    remove("a/10");
    remove("a/11");
    remove("a/12");
    EXPECT_TRUE(slice(collection, 100));
    EXPECT_EQ(shown(*collection.snapshot()), expected("a/"));
}

TEST_F(Slices, WhatIsDoneCanBeBroughtToTheHead) {
    fill(5);
    auto collection = of(a);
    EXPECT_TRUE(slice(collection, 100));
    const auto before = expected("a/");
    const auto snapshot = collection.snapshot();
    Share share;
    share.renew(2);
    EXPECT_EQ(collection.at_head(state, head(), 2, 1'000, share), snapshot) << "nothing has changed";
    put("a/11");
    remove("a/12");
    const auto later = collection.at_head(state, head(), 2, 1'000, share);
    ASSERT_NE(later, nullptr);
    EXPECT_EQ(shown(*later), expected("a/"));
    EXPECT_EQ(later->at(), head());
    EXPECT_EQ(shown(*snapshot), before) << "who has the old one keeps it";
    put("a/13");
    share.renew(2);
    EXPECT_EQ(collection.at_head(state, head(), 2, 1'000, share), nullptr) << "more than there are looks for";
}

TEST_F(Slices, RandomChangesBetweenRandomSlices) {
    std::mt19937 random(1);
    const auto below = [&random](std::size_t n) { return random() % n; };
    for (int round = 0; round < 2'000 && !HasFailure(); ++round) {
        state = feed::State(1 + below(20));
        const auto change = [&] {
            const std::string key = (below(4) == 0 ? "b/" : "a/") + std::to_string(below(30));
            if (below(2) == 0 && state.find(key))
                remove(key);
            else
                put(key);
        };
        for (std::size_t n = below(40); n > 0; --n) change();
        auto collection = of(a);
        while (!slice(collection, 1 + below(12)))
            for (std::size_t n = below(4); n > 0; --n) change();
        EXPECT_EQ(shown(*collection.snapshot()), expected("a/")) << round;
        EXPECT_EQ(collection.snapshot()->at(), head());
    }
}

}  // namespace
}  // namespace confcast::push
