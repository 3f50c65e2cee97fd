#include "conditions.hpp"

#include <gtest/gtest.h>

namespace confcast::api {
namespace {

using Relation = store::Compare::Relation;

Result<Conditions> read(std::string_view match, std::string_view none_match = {}) {
    http::Request request;
    if (!match.empty()) request.headers.push_back({"if-match", match});
    if (!none_match.empty()) request.headers.push_back({"If-None-Match", none_match});
    return read_conditions(request);
}

TEST(Conditions, WithoutHeadersThereAreNone) {
    EXPECT_TRUE(read("")->empty());
    EXPECT_TRUE(read("")->allow_write(0));
}

TEST(Conditions, IfMatchComparesTheRevision) {
    const Conditions conditions = *read("\"42\"");
    EXPECT_TRUE(conditions.allow_write(42));
    EXPECT_FALSE(conditions.allow_write(43));
    EXPECT_FALSE(conditions.allow_write(0));
    const auto compares = conditions.compares("k", 0);
    ASSERT_EQ(compares.size(), 1U);
    EXPECT_EQ(compares[0].mod_revision, 42);
    EXPECT_EQ(compares[0].relation, Relation::equal);
}

TEST(Conditions, StarsAskWhetherItIsThere) {
    EXPECT_FALSE(read("*")->allow_write(0));
    EXPECT_TRUE(read("*")->allow_write(1));
    EXPECT_EQ(read("*")->compares("k", 0)[0].relation, Relation::not_equal);
    EXPECT_TRUE(read("", "*")->allow_write(0));
    EXPECT_FALSE(read("", "*")->allow_write(1));
    EXPECT_EQ(read("", "*")->compares("k", 0)[0].relation, Relation::equal);
}

TEST(Conditions, WeakTagsMatchWeaklyOnly) {
    EXPECT_FALSE(read("W/\"42\"")->allow_write(42));
    EXPECT_FALSE(read("", "W/\"42\"")->allow_write(42));
    EXPECT_EQ(read("W/\"42\"")->compares("k", 0)[0].mod_revision, -1);
}

TEST(Conditions, AListMeansAnyOfThem) {
    const Conditions conditions = *read("\"1\", \"2\" ,\"3\"");
    EXPECT_TRUE(conditions.allow_write(2));
    EXPECT_FALSE(conditions.allow_write(4));
    EXPECT_TRUE(conditions.needs_reading());
    EXPECT_EQ(conditions.compares("k", 2)[0].mod_revision, 2);
    EXPECT_EQ(conditions.compares("k", 4)[0].mod_revision, -1);
    const Conditions none = *read("", "\"1\",\"2\"");
    EXPECT_FALSE(none.allow_write(2));
    EXPECT_EQ(none.compares("k", 0).size(), 2U);
}

TEST(Conditions, ForeignTagsMatchNothing) {
    EXPECT_FALSE(read("\"abc\"")->allow_write(1));
    EXPECT_FALSE(read("\"042\"")->allow_write(42));
    EXPECT_TRUE(read("", "\"abc\"")->allow_write(1));
}

TEST(Conditions, TwoHeadersAreOneList) {
    http::Request request;
    request.headers = {{"If-Match", "\"1\""}, {"If-Match", "\"2\""}};
    EXPECT_TRUE(read_conditions(request)->allow_write(2));
    request.headers = {{"If-Match", "\"1\""}, {"If-Match", "*"}};
    EXPECT_EQ(read_conditions(request).error(), Errc::invalid_header);
}

TEST(Conditions, RefusesWhatIsNotATag) {
    for (const char* bad : {"42", "\"42", "42\"", "\"1\" \"2\"", "*, \"1\"", ",", "W/42", "w/\"42\""}) {
        EXPECT_EQ(read(bad).error(), Errc::invalid_header) << bad;
        EXPECT_EQ(read("", bad).error().detail("name"), "If-None-Match") << bad;
    }
}

TEST(Conditions, ATooLongListIsRefused) {
    std::string many = "\"1\"";
    for (int i = 2; i < 100; ++i) many += ",\"" + std::to_string(i) + "\"";
    EXPECT_EQ(read(many).error(), Errc::invalid_header);
}

}  // namespace
}  // namespace confcast::api
