// The list: order, pages of one revision, what happens when the world moves on meanwhile.
#include <gtest/gtest.h>

#include "cursor.hpp"
#include "world.hpp"

namespace confcast::api {
namespace {

namespace json = boost::json;

std::vector<std::string> keys_of(const Reply& reply) {
    std::vector<std::string> keys;
    for (const json::value& entry : reply.at("/entries").as_array())
        keys.push_back(json::value_to<std::string>(entry.at("key")));
    return keys;
}

std::string next(const Reply& reply) { return reply.at("/next_cursor").is_null() ? "" : reply.text("/next_cursor"); }

void fill(World& world, int count, const std::string& prefix = "k/") {
    for (int i = 0; i < count; ++i) world.by_hand(prefix + std::to_string(1000 + i), std::to_string(i));
}

TEST(List, IsOrderedByKeyAtOnePosition) {
    World world;
    for (const char* key : {"b", "a/z", "a", "a-", "中"}) world.by_hand(key, "x");
    const Reply reply = world.get("/api/v1/config");
    EXPECT_EQ(keys_of(reply), (std::vector<std::string>{"a", "a-", "a/z", "b", "中"}));
    EXPECT_EQ(reply.number("/revision"), world.store.revision());
    EXPECT_EQ(reply.text("/epoch"), "0000000000000001");
    EXPECT_TRUE(reply.at("/next_cursor").is_null());
}

TEST(List, AnEmptyStoreIsAnEmptyList) {
    World world;
    EXPECT_TRUE(world.get("/config").at("/entries").as_array().empty());
}

TEST(List, APrefixIsAnyString) {
    World world;
    for (const char* key : {"app/a", "app/b", "apple", "b"}) world.by_hand(key, "x");
    EXPECT_EQ(keys_of(world.get("/config?prefix=app")).size(), 3U);
    EXPECT_EQ(keys_of(world.get("/config?prefix=app/")).size(), 2U);
    EXPECT_EQ(keys_of(world.get("/config?prefix=app%2Fa")).size(), 1U);
    EXPECT_EQ(keys_of(world.get("/config?prefix=")).size(), 4U);
    EXPECT_EQ(keys_of(world.get("/config?prefix=x")).size(), 0U);
}

TEST(List, PagesJoinToTheWhole) {
    World world;
    fill(world, 25);
    std::vector<std::string> all;
    std::string cursor;
    int pages = 0;
    do {
        const Reply page = world.get("/config?prefix=k/&limit=10" + (cursor.empty() ? "" : "&cursor=" + cursor));
        const auto keys = keys_of(page);
        all.insert(all.end(), keys.begin(), keys.end());
        cursor = next(page);
        ++pages;
    } while (!cursor.empty());
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(all.size(), 25U);
    EXPECT_TRUE(std::ranges::is_sorted(all));
}

TEST(List, AFullLastPageHasNoNext) {
    World world;
    fill(world, 10);
    EXPECT_EQ(next(world.get("/config?limit=10")), "");
    EXPECT_NE(next(world.get("/config?limit=9")), "");
}

TEST(List, PagesAreOfOneRevisionWhateverIsWrittenMeanwhile) {
    World world;
    fill(world, 30);
    const Reply first = world.get("/config?limit=10");
    const std::int64_t pinned = first.number("/revision");
    std::vector<std::string> all = keys_of(first);
    std::string cursor = next(first);
    while (!cursor.empty()) {
        world.by_hand("k/1015", "changed");  // on a later page
        world.by_hand("k/1005x", "new");     // on an earlier one
        world.by_hand("k/1025x", "new");
        world.del("/config/k/1029");
        const Reply page = world.get("/config?limit=10&cursor=" + cursor);
        EXPECT_EQ(page.number("/revision"), pinned);
        for (const json::value& entry : page.at("/entries").as_array()) {
            EXPECT_LE(entry.at("mod_revision").as_int64(), pinned);
            EXPECT_NE(entry.at("value").as_string(), "changed");
        }
        const auto keys = keys_of(page);
        all.insert(all.end(), keys.begin(), keys.end());
        cursor = next(page);
    }
    std::vector<std::string> expected;
    for (int i = 0; i < 30; ++i) expected.push_back("k/" + std::to_string(1000 + i));
    EXPECT_EQ(all, expected);
}

TEST(List, ALaterPageHasItsMetadataToo) {
    World world;
    world.by_hand("a", "x");
    world.put("/config/b", R"({"value":"1","message":"then"})");
    world.put("/config/c", R"({"value":"1","message":"then"})");
    world.by_hand("c", "by hand");
    const std::string cursor = next(world.get("/config?limit=1"));
    world.put("/config/b", R"({"value":"2","message":"later"})");
    const Reply page = world.get("/config?cursor=" + cursor);
    EXPECT_EQ(page.text("/entries/0/message"), "then");
    EXPECT_EQ(page.text("/entries/1/value"), "by hand");
    EXPECT_FALSE(page.at("/entries/1").as_object().contains("message"));
}

TEST(List, ManySettingsOfThePastComeInSteps) {
    World world;
    fill(world, 200);
    const std::string cursor = next(world.get("/config?limit=1"));
    world.by_hand("z", "x");
    const Reply page = world.get("/config?limit=150&cursor=" + cursor);
    const auto keys = keys_of(page);
    ASSERT_EQ(keys.size(), 150U);
    EXPECT_EQ(keys.front(), "k/1001");
    EXPECT_EQ(keys.back(), "k/1150");
    EXPECT_NE(next(page), "");
    EXPECT_EQ(keys_of(world.get("/config?limit=1000&cursor=" + next(page))).size(), 49U);
}

TEST(List, WhenThePinnedRevisionIsCompactedTheListStartsAgain) {
    World world;
    fill(world, 3);
    const std::string cursor = next(world.get("/config?limit=1"));
    world.by_hand("k/1000", "x");
    world.store.drop_history();
    const Reply reply = world.get("/config?cursor=" + cursor);
    EXPECT_EQ(reply.code(), 41001);
    EXPECT_EQ(reply.number("/oldest"), world.store.oldest());
}

TEST(List, APageEndsEarlyWhenItIsBig) {
    ApiOptions options;
    options.page_bytes = 1500;
    World world(options);
    for (const char* key : {"a", "b", "c"}) world.by_hand(key, std::string(800, 'x'));
    const Reply first = world.get("/config");
    EXPECT_EQ(keys_of(first), (std::vector<std::string>{"a", "b"}));
    const Reply second = world.get("/config?cursor=" + next(first));
    EXPECT_EQ(keys_of(second), (std::vector<std::string>{"c"}));
}

TEST(List, FieldsMetaLeavesTheValuesOut) {
    World world;
    world.by_hand("a", "secret");
    EXPECT_FALSE(world.get("/config?fields=meta").at("/entries/0").as_object().contains("value"));
    EXPECT_EQ(world.get("/config?fields=all").code(), 40003);
}

TEST(List, LimitsHaveBounds) {
    World world;
    for (const char* bad : {"0", "1001", "-1", "x", ""})
        EXPECT_EQ(world.get(std::string("/config?limit=") + bad).code(), 40003) << bad;
    EXPECT_EQ(world.get("/config?limit=1000").status, 200U);
}

TEST(List, TheDefaultPageIsAHundred) {
    World world;
    fill(world, 101);
    EXPECT_EQ(keys_of(world.get("/config")).size(), 100U);
}

TEST(List, ACursorIsTakenAsItWasGiven) {
    World world;
    fill(world, 3);
    const std::string cursor = next(world.get("/config?prefix=k/&limit=1"));
    EXPECT_EQ(world.get("/config?cursor=" + cursor).status, 200U) << "the prefix is in it";
    EXPECT_EQ(world.get("/config?prefix=k/&cursor=" + cursor).status, 200U);
    EXPECT_EQ(world.get("/config?prefix=j/&cursor=" + cursor).code(), 40003);
    EXPECT_EQ(world.get("/config?cursor=" + cursor + "A").code(), 40003);
    EXPECT_EQ(world.get("/config?cursor=").code(), 40003);
    const std::string foreign = Cursor{{99}, 2, "k/", "k/1000"}.to_text();
    EXPECT_EQ(world.get("/config?cursor=" + foreign).code(), 40003);
    const std::string future = Cursor{{1}, 999, "k/", "k/1000"}.to_text();
    EXPECT_EQ(world.get("/config?cursor=" + future).code(), 40015);
}

TEST(List, APrefixHasBounds) {
    World world;
    EXPECT_EQ(world.get("/config?prefix=" + std::string(512, 'a')).status, 200U);
    EXPECT_EQ(world.get("/config?prefix=" + std::string(513, 'a')).code(), 40003);
    EXPECT_EQ(world.get("/config?prefix=a%0A").code(), 40003);
}

}  // namespace
}  // namespace confcast::api
