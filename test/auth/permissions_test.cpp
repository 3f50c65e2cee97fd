#include "confcast/auth/permissions.hpp"

#include <gtest/gtest.h>

namespace confcast::auth {
namespace {

using Texts = std::vector<std::string>;

Permissions made(const Texts& texts) {
    const auto parsed = Permissions::parse(texts);
    EXPECT_TRUE(parsed) << parsed.error().to_string();
    return parsed ? *parsed : Permissions();
}

struct Allowed {
    Texts rules;
    Texts reads;
    Texts does_not_read;
    Texts writes;
    Texts does_not_write;
};

class PermissionTable : public testing::TestWithParam<Allowed> {};

TEST_P(PermissionTable, SaysWhatIsAllowed) {
    const Permissions p = made(GetParam().rules);
    for (const auto& key : GetParam().reads) EXPECT_TRUE(p.may_read(key)) << key;
    for (const auto& key : GetParam().does_not_read) EXPECT_FALSE(p.may_read(key)) << key;
    for (const auto& key : GetParam().writes) EXPECT_TRUE(p.may_write(key)) << key;
    for (const auto& key : GetParam().does_not_write) EXPECT_FALSE(p.may_write(key)) << key;
}

INSTANTIATE_TEST_SUITE_P(
    Permissions, PermissionTable,
    testing::Values(
        // Nothing is allowed that no rule allows.
        Allowed{{}, {}, {"a", "a/b", "**", "admin"}, {}, {"a", "a/b"}},
        Allowed{{"read:**"}, {"a", "a/b/c"}, {}, {}, {"a", "a/b/c"}},
        // To write is not to read.
        Allowed{{"write:**"}, {}, {"a", "a/b"}, {"a", "a/b"}, {}},
        Allowed{{"read,write:**"}, {"a", "a/b"}, {}, {"a", "a/b"}, {}},
        // Admin is neither.
        Allowed{{"admin"}, {}, {"a", "a/b", "admin"}, {}, {"a", "a/b"}},
        // The boundary is the slash.
        Allowed{{"read:app/**"}, {"app/a", "app/a/b"}, {"app", "apple/a", "ap", "x/app/a", "app2/a"}, {}, {"app/a"}},
        Allowed{{"write:app/**"}, {}, {"app/a"}, {"app/a", "app/a/b"}, {"app", "apple/a"}},
        Allowed{{"read:app/port"}, {"app/port"}, {"app/port/x", "app/por", "app/ports", "app", "App/port"}, {}, {}},
        Allowed{{"read:app/*"}, {"app/a"}, {"app", "app/a/b", "apple"}, {}, {}},
        Allowed{{"read:app/db-*"}, {"app/db-1", "app/db-"}, {"app/db", "app/db-1/x", "app/xdb-1"}, {}, {}},
        Allowed{{"read:*/public/**"}, {"a/public/x", "b/public/x/y"}, {"public/x", "a/b/public/x", "a/public"}, {}, {}},
        Allowed{{"read:**/public"}, {"public", "a/public", "a/b/public"}, {"a/public/x", "apublic"}, {}, {}},
        // Rules are added up.
        Allowed{{"read:a/**", "write:b/**"}, {"a/x"}, {"b/x", "c/x"}, {"b/x"}, {"a/x", "c/x"}},
        Allowed{{"read:a/**", "read:b/**", "write:a/x"}, {"a/x", "a/y", "b/x"}, {"c"}, {"a/x"}, {"a/y", "b/x"}},
        Allowed{{"read:a/*", "read:a/*/b"}, {"a/x", "a/x/b"}, {"a/x/c"}, {}, {}},
        // A key's own stars and words are bytes.
        Allowed{{"read:a/b"}, {"a/b"}, {"a/*", "a/**", "**", "*/b"}, {}, {}},
        Allowed{{"read:read:x"}, {"read:x"}, {"x"}, {}, {}},
        Allowed{{"read:\xE9\x85\x8D\xE7\xBD\xAE/**"}, {"\xE9\x85\x8D\xE7\xBD\xAE/x"}, {"\xE9\x85\x8D/x"}, {}, {}}));

TEST(Permissions, AreNoneByDefault) {
    const Permissions none;
    EXPECT_TRUE(none.none());
    EXPECT_FALSE(none.admin());
    EXPECT_FALSE(none.may_read("a"));
    EXPECT_FALSE(none.reads_all());
    EXPECT_FALSE(none.reads_prefix(""));
    EXPECT_FALSE(none.reads_glob("a"));
    EXPECT_TRUE(none.readable().empty());
    EXPECT_TRUE(none.texts().empty());
    EXPECT_EQ(none, made({}));
}

TEST(Permissions, AllIsEverythingAndAdmin) {
    const Permissions all = Permissions::all();
    EXPECT_TRUE(all.may_read("a/b"));
    EXPECT_TRUE(all.may_write("a"));
    EXPECT_TRUE(all.admin());
    EXPECT_TRUE(all.reads_all());
    EXPECT_TRUE(all.writes_all());
    EXPECT_EQ(all.texts(), (Texts{"admin", "read,write:**"}));
    EXPECT_EQ(all, made({"admin", "read:**", "write:**"}));
}

struct Bad {
    Texts rules;
    std::string reason;
};

class BadPermissions : public testing::TestWithParam<Bad> {};

TEST_P(BadPermissions, AreRefusedWithASentence) {
    const auto parsed = Permissions::parse(GetParam().rules);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error(), Errc::invalid_parameter);
    EXPECT_EQ(parsed.error().detail("parameter"), "permissions");
    EXPECT_EQ(parsed.error().detail("reason"), GetParam().reason);
}

constexpr const char* grammar = "a permission is admin, read:GLOB, write:GLOB or read,write:GLOB";

INSTANTIATE_TEST_SUITE_P(
    Permissions, BadPermissions,
    testing::Values(Bad{{""}, grammar}, Bad{{"read"}, grammar}, Bad{{"read app"}, grammar}, Bad{{"Read:app"}, grammar},
                    Bad{{" read:app"}, grammar}, Bad{{"write,read:app"}, grammar}, Bad{{"read, write:app"}, grammar},
                    Bad{{"delete:app"}, grammar}, Bad{{"admin "}, grammar}, Bad{{"ADMIN"}, grammar},
                    Bad{{"admin:**"}, grammar}, Bad{{"*"}, grammar}, Bad{{"**"}, grammar}, Bad{{"deny:app"}, grammar},
                    Bad{{"!read:app"}, grammar}, Bad{{"read:"}, "a key has at least one byte"},
                    Bad{{"read:/a"}, "a key has no empty segment: no '/' at its ends, no '//'"},
                    Bad{{"read:a/"}, "a key has no empty segment: no '/' at its ends, no '//'"},
                    Bad{{"write:a//b"}, "a key has no empty segment: no '/' at its ends, no '//'"},
                    Bad{{"read:a/../b"}, "a key has no segment '.' or '..'"},
                    Bad{{"read:a**"}, "in a glob ** is a whole segment"},
                    Bad{{"read,write:a/b**"}, "in a glob ** is a whole segment"},
                    Bad{{"read:a\nb"}, "a key has no control characters"}, Bad{{"read:\xFF"}, "a key is valid UTF-8"},
                    Bad{{"read:a", "nonsense"}, grammar},
                    Bad{{"read:" + std::string(513, 'a')}, "a key has at most 512 bytes"},
                    Bad{{"read:" + std::string(596, 'a')}, "a permission has at most 600 bytes"},
                    Bad{Texts(257, "read:a"), "there are at most 256 permissions"}));

TEST(Permissions, NameTheRuleThatIsToBlame) {
    const auto parsed = Permissions::parse(Texts{"read:a", "raed:\xFF" + std::string(100, 'x')});
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().detail("permission"), "raed:\\xFF" + std::string(58, 'x'));
}

TEST(Permissions, TakeAsManyRulesAsTheyMay) {
    Texts rules;
    for (int i = 0; i < 256; ++i) rules.push_back("read,write:space" + std::to_string(i) + "/**");
    const Permissions p = made(rules);
    EXPECT_EQ(p.texts().size(), 256U);
    EXPECT_TRUE(p.may_read("space255/a"));
    EXPECT_FALSE(p.may_read("space256/a"));
}

struct Canonical {
    Texts rules;
    Texts texts;
};

class CanonicalPermissions : public testing::TestWithParam<Canonical> {};

TEST_P(CanonicalPermissions, AreSortedAndHaveNothingTwice) {
    const Permissions p = made(GetParam().rules);
    EXPECT_EQ(p.texts(), GetParam().texts);
    EXPECT_EQ(made(p.texts()), p);
    EXPECT_EQ(made(p.texts()).texts(), p.texts());
    Texts reversed(GetParam().rules.rbegin(), GetParam().rules.rend());
    EXPECT_EQ(made(reversed), p);
}

INSTANTIATE_TEST_SUITE_P(
    Permissions, CanonicalPermissions,
    testing::Values(
        Canonical{{"read:b", "read:a"}, {"read:a", "read:b"}}, Canonical{{"read:a", "read:a"}, {"read:a"}},
        Canonical{{"read:a", "write:a"}, {"read,write:a"}},
        Canonical{{"write:a", "admin", "read:b", "admin"}, {"admin", "read:b", "write:a"}},
        Canonical{{"read:a/**", "read:**", "read:b"}, {"read:**"}},
        Canonical{{"read:a/**", "read:a/b/**", "read:a/b/c", "read:a/*/c", "read:a/**/x"}, {"read:a/**"}},
        Canonical{{"read:a/**", "read:a"}, {"read:a", "read:a/**"}},
        Canonical{{"read:a/**", "read:ab/**"}, {"read:a/**", "read:ab/**"}},
        Canonical{{"read:**", "write:a/**"}, {"read:**", "write:a/**"}},
        Canonical{{"read,write:a/**", "read:**"}, {"read:**", "write:a/**"}},
        Canonical{{"read:a/*", "read:a/b"}, {"read:a/*"}}, Canonical{{"read:a/*", "read:a/b*"}, {"read:a/*"}},
        Canonical{{"read:a/b*", "read:a/bc*d"}, {"read:a/b*"}},
        // One segment is not any number of them.
        Canonical{{"read:*", "read:a/**"}, {"read:*", "read:a/**"}},
        Canonical{{"read:*/b", "read:**/b"}, {"read:**/b"}}, Canonical{{"read:a/*/b", "read:a/**/b"}, {"read:a/**/b"}},
        // Two ways to write everything.
        Canonical{{"read:**/**", "read:**"}, {"read:**"}}, Canonical{{"read:a/**/**", "read:a/**"}, {"read:a/**"}}));

TEST(Permissions, KnowWhatIsReadBelowAPrefix) {
    const Permissions below = made({"read:app/**"});
    for (const char* yes : {"app/", "app/x", "app/x/", "app/x/y", "app/db-"})
        EXPECT_TRUE(below.reads_prefix(yes)) << yes;
    for (const char* no : {"", "a", "app", "apple", "apple/", "x/app/"}) EXPECT_FALSE(below.reads_prefix(no)) << no;
    const Permissions everything = made({"read:**"});
    for (const char* yes : {"", "a", "a/", "a/b"}) EXPECT_TRUE(everything.reads_prefix(yes)) << yes;
    EXPECT_FALSE(made({"write:**"}).reads_prefix("a"));
    EXPECT_FALSE(made({"read:app/*"}).reads_prefix("app/"));
    EXPECT_FALSE(made({"read:app"}).reads_prefix("app"));
    EXPECT_TRUE(made({"read:*/app/**"}).reads_prefix("x/app/"));
    EXPECT_FALSE(made({"read:*/app/**"}).reads_prefix("x/"));
    // One rule for each of the two kinds of keys that begin so.
    EXPECT_TRUE(made({"read:app/db*", "read:app/db*/**"}).reads_prefix("app/db"));
    EXPECT_FALSE(made({"read:app/db*"}).reads_prefix("app/db"));
}

TEST(Permissions, KnowWhatIsReadOfAGlob) {
    const Permissions p = made({"read:app/**", "read:*/name", "read:one"});
    for (const char* yes : {"app/**", "app/*", "app/x", "app/*/x/**", "x/name", "*/name", "a*/name", "one"})
        EXPECT_TRUE(p.reads_glob(yes)) << yes;
    for (const char* no : {"**", "*", "app", "app*", "app*/x", "*/*", "**/name", "*/nam*", "two", "one/**"})
        EXPECT_FALSE(p.reads_glob(no)) << no;
}

TEST(Permissions, AreWithinOthers) {
    const Permissions app = made({"read,write:app/**"});
    EXPECT_TRUE(Permissions().within(app));
    EXPECT_TRUE(app.within(app));
    EXPECT_TRUE(app.within(Permissions::all()));
    EXPECT_FALSE(Permissions::all().within(app));
    EXPECT_TRUE(made({"read:app/db/**"}).within(app));
    EXPECT_TRUE(made({"read:app/db", "write:app/*/x"}).within(app));
    EXPECT_FALSE(made({"read:app"}).within(app));
    EXPECT_FALSE(made({"read:app/**"}).within(made({"write:app/**"})));
    EXPECT_FALSE(made({"write:app/**"}).within(made({"read:app/**"})));
    EXPECT_FALSE(made({"admin"}).within(made({"read,write:**"})));
    EXPECT_TRUE(made({"admin"}).within(made({"admin"})));
}

TEST(Permissions, DifferWhenTheirRulesDo) {
    EXPECT_NE(made({"read:a"}), made({"write:a"}));
    EXPECT_NE(made({"read:a"}), made({"read:a", "admin"}));
    EXPECT_NE(made({"read:a"}), made({"read:b"}));
    EXPECT_EQ(made({"read:a/**", "read:a/b"}), made({"read:a/**"}));
}

}  // namespace
}  // namespace confcast::auth
