// What is watched, and when it is time to render.
#include <gmock/gmock.h>

#include "confcast/client/filters.hpp"
#include "render/watching.hpp"

namespace confcast::cli::templates {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(FiltersFor, NothingIsWatchedTwice) {
    const auto filters = filters_for({{"a/x", "b", "c/d/e"}, {"a/", "a/y/", "c/"}}, 100);
    EXPECT_THAT(filters.keys, ElementsAre("b"));
    EXPECT_THAT(filters.prefixes, ElementsAre("a/", "c/"));
}

TEST(FiltersFor, ManyKeysBecomeThePathsThatTheyAreUnder) {
    Uses uses{{"top", "a/one"}, {}};
    for (int i = 0; i < 200; ++i) uses.keys.insert("a/b/" + std::to_string(i));
    const auto filters = filters_for(uses, 100);
    EXPECT_THAT(filters.keys, ElementsAre("a/one", "top"));
    EXPECT_THAT(filters.prefixes, ElementsAre("a/b/"));
    EXPECT_TRUE(client::check_filters(filters));
}

TEST(FiltersFor, AsAlwaysAllIsMatched) {
    Uses uses;
    for (int i = 0; i < 300; ++i) uses.keys.insert("k" + std::to_string(i));
    for (int i = 0; i < 300; ++i) uses.prefixes.insert("p/" + std::to_string(i) + "/q");
    for (int i = 0; i < 50; ++i) uses.prefixes.insert("flat" + std::to_string(i) + "/");
    for (const std::size_t most : {650U, 600U, 599U, 301U, 300U, 100U, 2U, 1U}) {
        const auto filters = filters_for(uses, most);
        EXPECT_LE(filters.keys.size() + filters.prefixes.size(), most);
        const auto covered = [&](const std::string& text) {
            return std::ranges::find(filters.keys, text) != filters.keys.end() ||
                   std::ranges::any_of(filters.prefixes, [&](const auto& prefix) { return text.starts_with(prefix); });
        };
        for (const auto& key : uses.keys) EXPECT_TRUE(covered(key)) << key;
        for (const auto& prefix : uses.prefixes) EXPECT_TRUE(covered(prefix)) << prefix;
    }
}

TEST(Quiet, TheFirstTimeNothingIsWaitedFor) {
    Quiet quiet(1s);
    const SteadyTime now{};
    EXPECT_FALSE(quiet.due());
    quiet.on_change(now);
    EXPECT_EQ(quiet.due(), now);
}

TEST(Quiet, EachChangeBeginsTheWaitAnewFourTimesAtMost) {
    Quiet quiet(1s);
    const SteadyTime now{};
    quiet.on_change(now);
    quiet.done();
    EXPECT_FALSE(quiet.due());
    quiet.on_change(now + 10s);
    EXPECT_EQ(quiet.due(), now + 11s);
    quiet.on_change(now + 10s + 500ms);
    EXPECT_EQ(quiet.due(), now + 11s + 500ms);
    quiet.on_change(now + 13s + 500ms);
    EXPECT_EQ(quiet.due(), now + 14s);
    quiet.done();
    quiet.on_change(now + 20s);
    EXPECT_EQ(quiet.due(), now + 21s);
}

}  // namespace
}  // namespace confcast::cli::templates
