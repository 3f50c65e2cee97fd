#include "confcast/store/layout.hpp"

#include <gtest/gtest.h>

namespace confcast::store {
namespace {

struct KeyCase {
    std::string key;
    bool good;
};

class CheckKey : public testing::TestWithParam<KeyCase> {};

TEST_P(CheckKey, FollowsTheRules) {
    const auto& [key, good] = GetParam();
    const auto result = check_key(key);
    ASSERT_EQ(result.has_value(), good) << key;
    if (good) return;
    EXPECT_EQ(result.error().code(), Errc::invalid_key);
    EXPECT_FALSE(result.error().detail("rule").empty());
}

INSTANTIATE_TEST_SUITE_P(Keys, CheckKey,
                         testing::Values(KeyCase{"a", true}, KeyCase{"app/port", true}, KeyCase{"a/b/c/d", true},
                                         KeyCase{"a b", true}, KeyCase{"配置/端口", true}, KeyCase{"...", true},
                                         KeyCase{"a/..b", true}, KeyCase{".a", true}, KeyCase{"a%2Fb", true},
                                         KeyCase{std::string(512, 'x'), true}, KeyCase{"\xC2\xA0", true},
                                         KeyCase{"\xF0\x9F\x98\x80", true}));

INSTANTIATE_TEST_SUITE_P(BadKeys, CheckKey,
                         testing::Values(KeyCase{"", false}, KeyCase{"/", false}, KeyCase{"/a", false},
                                         KeyCase{"a/", false}, KeyCase{"a//b", false}, KeyCase{".", false},
                                         KeyCase{"..", false}, KeyCase{"a/.", false}, KeyCase{"../a", false},
                                         KeyCase{"a/../b", false}, KeyCase{"a/./b", false},
                                         KeyCase{std::string(513, 'x'), false}, KeyCase{"a\nb", false},
                                         KeyCase{std::string("a\0b", 3), false}, KeyCase{"a\x7F", false},
                                         KeyCase{"\xC2\x85", false}, KeyCase{"\xC2\x9F", false}, KeyCase{"\xC3", false},
                                         KeyCase{"\xC0\xAF", false}, KeyCase{"\xED\xA0\x80", false},
                                         KeyCase{"\xFF", false}));

TEST(CheckKey, ShowsABadKeyAsValidUtf8AndShortened) {
    const auto error = check_key("\xFF" + std::string(600, 'x')).error();
    EXPECT_LT(error.detail("key").size(), 300U);
    EXPECT_EQ(error.detail("key").find('\xFF'), std::string::npos);
}

TEST(Layout, PutsEntriesAndTheirMetadataSideBySide) {
    const auto layout = Layout::make("/config/").value();
    EXPECT_EQ(layout.prefix(), "/config/");
    EXPECT_EQ(layout.entry_key("app/port"), "/config/app/port");
    EXPECT_EQ(layout.meta_key("app/port"), "/config.confcast/meta/app/port");
}

TEST(Layout, OneRangeHoldsBoth) {
    const auto layout = Layout::make("/config/").value();
    const auto watched = layout.watched();
    EXPECT_EQ(watched.begin, "/config.");
    EXPECT_EQ(watched.end, "/config0");
    EXPECT_TRUE(watched.contains(layout.entry_key("a")));
    EXPECT_TRUE(watched.contains(layout.meta_key("a")));
    EXPECT_FALSE(watched.contains("/config"));
    EXPECT_FALSE(watched.contains("/config-other/a"));
    EXPECT_FALSE(watched.contains("/config0"));
    EXPECT_FALSE(watched.contains("/configuration/a"));
}

TEST(Layout, SaysWhereAStoreKeyBelongs) {
    const auto layout = Layout::make("/config/").value();
    using Kind = Layout::Kind;
    EXPECT_EQ(layout.place_of("/config/a/b").kind, Kind::entry);
    EXPECT_EQ(layout.place_of("/config/a/b").key, "a/b");
    EXPECT_EQ(layout.place_of("/config.confcast/meta/a/b").kind, Kind::metadata);
    EXPECT_EQ(layout.place_of("/config.confcast/meta/a/b").key, "a/b");
    for (const char* other :
         {"/config.confcast/releases/a", "/config.other/a", "/config", "", "/configx", "/other/a"}) {
        EXPECT_EQ(layout.place_of(other).kind, Kind::other) << other;
        EXPECT_EQ(layout.place_of(other).key, "") << other;
    }
}

TEST(Layout, APrefixMayBeDeep) {
    const auto layout = Layout::make("/team/config/").value();
    EXPECT_EQ(layout.meta_key("a"), "/team/config.confcast/meta/a");
    EXPECT_EQ(layout.watched().begin, "/team/config.");
}

TEST(Layout, RefusesAPrefixThatIsNone) {
    for (const char* prefix : {"", "/", "config/", "/config", "//", "/a//b/", "/../"}) {
        const auto layout = Layout::make(prefix);
        ASSERT_FALSE(layout) << prefix;
        EXPECT_EQ(layout.error().code(), Errc::invalid_parameter);
    }
}

TEST(Metadata, ComesBackAsItWas) {
    Metadata metadata;
    metadata.content_type = "application/json";
    metadata.author = "Ünal: 100% \n\r\x7F";
    metadata.message = "second: line\nand %41 stays";
    metadata.updated_at = SystemTime{std::chrono::milliseconds{1'700'000'000'123}};
    metadata.ttl_s = 30;
    EXPECT_EQ(decode_metadata(encode_metadata(metadata)), metadata);
}

TEST(Metadata, MayBeEmpty) { EXPECT_EQ(decode_metadata(encode_metadata({})), Metadata{}); }

TEST(Metadata, IsReadableText) {
    Metadata metadata;
    metadata.author = "ada";
    metadata.ttl_s = 5;
    EXPECT_EQ(encode_metadata(metadata), "confcast-meta 1\nauthor: ada\nttl-s: 5\n");
}

TEST(Metadata, IgnoresNamesThatItDoesNotKnow) {
    const auto metadata = decode_metadata("confcast-meta 1\nauthor: ada\ncolour: red\n");
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->author, "ada");
}

TEST(Metadata, IsNotMadeOfSomebodyElsesBytes) {
    for (const char* bytes :
         {"", "hello", "confcast-meta 2\n", "confcast-meta 1", "confcast-meta 1\nauthor: ada",
          "confcast-meta 1\nno colon\n", "confcast-meta 1\nauthor: %4\n", "confcast-meta 1\nauthor: %zz\n",
          "confcast-meta 1\nttl-s: ten\n", "confcast-meta 1\nupdated-at-ms: 1x\n", "confcast-meta 1\nauthor: %FF\n"})
        EXPECT_EQ(decode_metadata(bytes), std::nullopt) << bytes;
}

TEST(Metadata, OfAYearThatNoClockHasIsNoRecord) {
    for (const std::string ms : {"17000000000000000", "-17000000000000000", "9223372036854775807"})
        EXPECT_EQ(decode_metadata("confcast-meta 1\nupdated-at-ms: " + ms + "\n"), std::nullopt) << ms;
    EXPECT_TRUE(decode_metadata("confcast-meta 1\nupdated-at-ms: 9223372036854\n"));
}

}  // namespace
}  // namespace confcast::store
