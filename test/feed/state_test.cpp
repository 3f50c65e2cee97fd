#include "confcast/feed/state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "make.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> since(const State& state, Revision revision) {
    std::vector<std::string> out;
    state.changed_since(revision, [&](Revision at, const KeyChange& change) {
        out.push_back(std::to_string(at) + " " + text(change));
        return true;
    });
    return out;
}

std::vector<std::string> scanned(const State& state, std::string_view prefix, std::string_view after = {}) {
    std::vector<std::string> out;
    state.scan(prefix, after, [&](const EntryPtr& found) {
        out.push_back(found->key);
        return true;
    });
    return out;
}

TEST(State, IsEmptyAtRevisionZero) {
    const State state;
    EXPECT_EQ(state.revision(), 0);
    EXPECT_EQ(state.size(), 0U);
    EXPECT_EQ(state.find("a"), nullptr);
}

TEST(State, AppliesPutsAndDeletes) {
    State state;
    state.apply(*change(5, {put("a", "1", 5), put("b", "22", 5)}));
    EXPECT_EQ(state.revision(), 5);
    EXPECT_EQ(state.bytes(), 5U);
    EXPECT_EQ(state.find("b")->value, "22");
    state.apply(*change(6, {del("b")}));
    EXPECT_EQ(state.find("b"), nullptr);
    EXPECT_EQ(state.size(), 1U);
    EXPECT_EQ(state.bytes(), 2U);
    EXPECT_EQ(state.tombstones(), 1U);
}

TEST(State, ReplacesAValueAndCountsItsBytesOnce) {
    State state;
    state.apply(*change(2, {put("a", "1", 2)}));
    state.apply(*change(3, {put("a", "12345", 3)}));
    EXPECT_EQ(state.bytes(), 6U);
    EXPECT_EQ(state.size(), 1U);
}

TEST(State, KeepsAnEntryAliveForWhoHoldsIt) {
    State state;
    state.apply(*change(2, {put("a", "1", 2)}));
    const EntryPtr held = state.find("a");
    state.apply(*change(3, {del("a")}));
    EXPECT_EQ(held->value, "1");
}

TEST(State, AdvancesButNeverBack) {
    State state;
    state.advance(7);
    state.advance(3);
    EXPECT_EQ(state.revision(), 7);
}

TEST(State, ScansAPrefixInOrderOfKeyAfterAKey) {
    State state;
    state.reset(9,
                {entry("b/2", "", 4), entry("a", "", 2), entry("b/1", "", 3), entry("b0", "", 5), entry("b/3", "", 1)});
    EXPECT_THAT(scanned(state, "b/"), ElementsAre("b/1", "b/2", "b/3"));
    EXPECT_THAT(scanned(state, "b/", "b/1"), ElementsAre("b/2", "b/3"));
    EXPECT_THAT(scanned(state, "b/", "b/10"), ElementsAre("b/2", "b/3"));
    EXPECT_THAT(scanned(state, "b/", "z"), IsEmpty());
    EXPECT_THAT(scanned(state, ""), ElementsAre("a", "b/1", "b/2", "b/3", "b0"));
}

TEST(State, StopsScanningWhenToldTo) {
    State state;
    state.reset(9, {entry("a", "", 2), entry("b", "", 3)});
    int seen = 0;
    state.scan("", "", [&](const EntryPtr&) { return ++seen < 1; });
    EXPECT_EQ(seen, 1);
}

TEST(State, TellsTheLatestChangeOfEachKeySinceARevision) {
    State state;
    state.apply(*change(2, {put("a", "1", 2), put("b", "1", 2)}));
    state.apply(*change(3, {put("a", "2", 3)}));
    state.apply(*change(4, {del("b"), put("c", "1", 4)}));
    EXPECT_THAT(since(state, 0), ElementsAre("3 a=2", "4 -b", "4 c=1"));
    EXPECT_THAT(since(state, 3), ElementsAre("4 -b", "4 c=1"));
    EXPECT_THAT(since(state, 4), IsEmpty());
}

TEST(State, TellsADeletedKeyThatIsBackOnce) {
    State state;
    state.apply(*change(2, {put("a", "1", 2)}));
    state.apply(*change(3, {del("a")}));
    state.apply(*change(4, {put("a", "2", 4)}));
    EXPECT_THAT(since(state, 0), ElementsAre("4 a=2"));
    EXPECT_EQ(state.tombstones(), 0U);
}

TEST(State, TellsWhatWasLoadedToWhoComesFromBefore) {
    State state;
    state.reset(9, {entry("a", "1", 7), entry("b", "1", 3), entry("c", "1", 7)});
    state.apply(*change(10, {put("c", "2", 10)}));
    EXPECT_THAT(since(state, 3), ElementsAre("7 a=1", "10 c=2"));
    EXPECT_THAT(since(state, 9), ElementsAre("10 c=2"));
    EXPECT_EQ(state.tombstone_floor(), 9);
}

TEST(State, RaisesTheTombstoneFloorWhenItForgetsADelete) {
    State state(2);
    state.apply(*change(2, {put("a", "", 2), put("b", "", 2), put("c", "", 2)}));
    state.apply(*change(3, {del("a")}));
    state.apply(*change(4, {del("b")}));
    EXPECT_EQ(state.tombstone_floor(), 0);
    state.apply(*change(5, {del("c")}));
    EXPECT_EQ(state.tombstone_floor(), 3);
    EXPECT_EQ(state.tombstones(), 2U);
    EXPECT_THAT(since(state, 3), ElementsAre("4 -b", "5 -c"));
}

TEST(State, KnowsWhenAKeyLastChanged) {
    State state;
    state.reset(9, {entry("a", "1", 7)});
    state.apply(*change(10, {put("b", "", 10)}));
    state.apply(*change(11, {del("b")}));
    EXPECT_EQ(state.last_change("a"), 7);
    EXPECT_EQ(state.last_change("b"), 11);
    EXPECT_EQ(state.last_change("c"), std::nullopt);
}

TEST(State, RemembersADeleteOfWhatItNeverHad) {
    State state;
    state.apply(*change(2, {del("a")}));
    state.apply(*change(4, {del("a")}));
    EXPECT_EQ(state.last_change("a"), 4);
    EXPECT_THAT(since(state, 3), ElementsAre("4 -a"));
    EXPECT_EQ(state.tombstones(), 1U);
}

TEST(State, AmendsAnEntryOfTheSameRevisionWithoutAChange) {
    State state;
    const auto with_author = entry("a", "1", 2, "ann");
    state.apply(*change(2, {{"a", with_author}}));
    state.amend(entry("a", "1", 2));
    EXPECT_EQ(state.find("a")->meta.author, "");
    EXPECT_EQ(state.revision(), 2);
    EXPECT_EQ(state.bytes(), 2U);
    state.amend(entry("a", "9", 1));
    state.amend(entry("b", "9", 2));
    EXPECT_EQ(state.find("a")->value, "1");
    EXPECT_EQ(state.size(), 1U);
    state.changed_since(0, [](Revision, const KeyChange& told) {
        EXPECT_EQ(told.entry->meta.author, "");
        return true;
    });
}

TEST(State, ForgetsEverythingWhenItIsReset) {
    State state;
    state.apply(*change(2, {put("a", "1", 2), put("b", "", 2)}));
    state.apply(*change(3, {del("b")}));
    state.reset(8, {entry("c", "1", 8)});
    EXPECT_EQ(state.find("a"), nullptr);
    EXPECT_EQ(state.tombstones(), 0U);
    EXPECT_EQ(state.tombstone_floor(), 8);
    EXPECT_EQ(state.bytes(), 2U);
    EXPECT_EQ(state.revision(), 8);
}

TEST(State, MovesWithAllItKnows) {
    State from;
    from.reset(3, {entry("a", "1", 2)});
    from.apply(*change(4, {put("b", "1", 4)}));
    from.apply(*change(5, {del("a")}));
    State to = std::move(from);
    to.apply(*change(6, {put("a", "2", 6)}));
    to.apply(*change(7, {del("b")}));
    EXPECT_THAT(since(to, 3), ElementsAre("6 a=2", "7 -b"));
    EXPECT_THAT(scanned(to, ""), ElementsAre("a"));
}

/// Everything there is to know, kept in the plainest way.
struct NaiveState {
    struct Last {
        Revision at = 0;
        EntryPtr entry;
    };
    std::map<std::string, Last> last;

    std::vector<std::string> since(Revision revision) const {
        std::map<std::pair<Revision, std::string>, std::string> ordered;
        for (const auto& [key, seen] : last)
            if (seen.at > revision)
                ordered[{seen.at, key}] = std::to_string(seen.at) + " " + text(KeyChange{key, seen.entry});
        std::vector<std::string> out;
        for (const auto& [at, line] : ordered) out.push_back(line);
        return out;
    }
};

TEST(State, EqualsANaiveModelThroughARandomHistory) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
        const std::size_t max_tombstones = static_cast<std::size_t>(upto(8)) + 1;
        State state(max_tombstones);
        NaiveState naive;
        std::vector<EntryPtr> loaded;
        for (int i = 0; i < 10; ++i) {
            loaded.push_back(entry("k" + std::to_string(i), "x", 1 + upto(20)));
            naive.last[loaded.back()->key] = {loaded.back()->mod_revision, loaded.back()};
        }
        std::ranges::shuffle(loaded, random);
        Revision revision = 20;
        state.reset(revision, loaded);
        for (int step = 0; step < 300; ++step) {
            revision += 1 + upto(3);
            std::map<std::string, EntryPtr> events;
            for (int n = upto(4); n >= 0; --n) {
                const std::string key = "k" + std::to_string(upto(20));
                const bool here = naive.last.contains(key) && naive.last[key].entry;
                if (upto(3) > 0 || !here)
                    events[key] = entry(key, std::to_string(upto(1000)), revision);
                else
                    events[key] = nullptr;
            }
            std::vector<KeyChange> ordered;
            for (const auto& [key, value] : events) {
                ordered.push_back({key, value});
                naive.last[key] = {revision, value};
            }
            state.apply(*change(revision, ordered));

            std::size_t size = 0;
            std::size_t bytes = 0;
            for (const auto& [key, seen] : naive.last) {
                ASSERT_EQ(state.find(key), seen.entry);
                if (!seen.entry) continue;
                ++size;
                bytes += key.size() + seen.entry->value.size();
            }
            ASSERT_EQ(state.size(), size);
            ASSERT_EQ(state.bytes(), bytes);
            ASSERT_LE(state.tombstones(), max_tombstones);
            const Revision from =
                state.tombstone_floor() + upto(static_cast<int>(revision - state.tombstone_floor()) + 1);
            ASSERT_EQ(since(state, from), naive.since(from));
            ASSERT_EQ(since(state, state.tombstone_floor()), naive.since(state.tombstone_floor()));
        }
    }
}

}  // namespace
}  // namespace confcast::feed::test
