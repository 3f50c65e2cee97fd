#include "query.hpp"

#include <gtest/gtest.h>

#include <array>

#include "percent.hpp"

namespace confcast::api {
namespace {

constexpr std::array<Parameter, 4> known{{{"a"}, {"b"}, {"many", true}, {"n"}}};

Errc code_of(std::string_view raw) {
    const Result<Query> query = Query::parse(raw, known);
    return query ? Errc{} : query.error().code();
}

TEST(Query, ReadsNamesAndValues) {
    const Result<Query> query = Query::parse("a=1&b&many=x&many=y%2Fz", known);
    ASSERT_TRUE(query);
    EXPECT_EQ(query->get("a"), "1");
    EXPECT_EQ(query->get("b"), "");
    EXPECT_EQ(query->get("n"), std::nullopt);
    EXPECT_EQ(query->all("many"), (std::vector<std::string>{"x", "y/z"}));
}

TEST(Query, EmptyPairsMeanNothing) {
    EXPECT_TRUE(Query::parse("", known));
    EXPECT_TRUE(Query::parse("&&a=1&", known));
}

TEST(Query, ValuesMayHaveEqualsSigns) { EXPECT_EQ(Query::parse("a=b=c", known)->get("a"), "b=c"); }

TEST(Query, APlusIsAPlus) { EXPECT_EQ(Query::parse("a=1+1", known)->get("a"), "1+1"); }

TEST(Query, NamesArePercentDecodedToo) { EXPECT_EQ(Query::parse("%61=1", known)->get("a"), "1"); }

TEST(Query, AnUnknownParameterIsRefusedByName) {
    const Error error = Query::parse("c=1", known).error();
    EXPECT_EQ(error, Errc::unknown_field);
    EXPECT_EQ(error.detail("name"), "c");
    EXPECT_EQ(error.detail("known"), "a, b, many, n");
}

TEST(Query, NamesAreCaseSensitive) { EXPECT_EQ(code_of("A=1"), Errc::unknown_field); }

TEST(Query, ASecondValueIsRefusedWhereOneIsMeant) {
    const Error error = Query::parse("a=1&a=1", known).error();
    EXPECT_EQ(error, Errc::invalid_parameter);
    EXPECT_EQ(error.detail("parameter"), "a");
}

TEST(Query, BadPercentEncodingIsRefused) {
    for (const char* bad : {"a=%", "a=%4", "a=%zz", "%=1", "a=%%41"})
        EXPECT_EQ(code_of(bad), Errc::invalid_encoding) << bad;
}

TEST(Query, ValuesAreUtf8) { EXPECT_EQ(code_of("a=%FF"), Errc::invalid_parameter); }

TEST(Query, FlagsAreOnByTheirBareName) {
    for (const char* on : {"a", "a=", "a=true", "a=1"}) EXPECT_TRUE(*Query::parse(on, known)->flag("a")) << on;
    for (const char* off : {"b", "a=false", "a=0"}) EXPECT_FALSE(*Query::parse(off, known)->flag("a")) << off;
    EXPECT_TRUE(*Query::parse("", known)->flag("a", true));
    EXPECT_EQ(Query::parse("a=yes", known)->flag("a").error(), Errc::invalid_parameter);
}

TEST(Query, NumbersAreWholeAndInRange) {
    EXPECT_EQ(**Query::parse("n=7", known)->number("n", 1, 10), 7);
    EXPECT_FALSE(Query::parse("", known)->number("n", 1, 10)->has_value());
    for (const char* bad : {"n=0", "n=11", "n=", "n=x", "n=1.5", "n=+1", "n=-1", "n=1 ", "n=99999999999999999999"})
        EXPECT_EQ(Query::parse(bad, known)->number("n", 1, 10).error(), Errc::invalid_parameter) << bad;
}

TEST(Percent, DecodesEveryByte) {
    EXPECT_EQ(*percent_decode("a%2Fb%2fc%00", "path"), std::string("a/b/c\0", 6));
    EXPECT_EQ(*percent_decode("%E4%B8%AD", "path"), "中");
}

TEST(Percent, SaysWhereItIsWrong) {
    const Error error = percent_decode("ab%g1", "path").error();
    EXPECT_EQ(error, Errc::invalid_encoding);
    EXPECT_EQ(error.detail("near"), "%g1");
    EXPECT_EQ(error.detail("part"), "path");
}

}  // namespace
}  // namespace confcast::api
