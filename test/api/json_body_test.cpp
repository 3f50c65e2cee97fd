#include "json_body.hpp"

#include <gtest/gtest.h>

namespace confcast::api {
namespace {

Error error_of(std::string_view body) {
    const auto document = parse_json(body);
    return document ? Error() : document.error();
}

TEST(JsonBody, ReadsADocument) {
    const auto document = parse_json(R"( {"a":[1,-2,3.5,true,null,"x"]} )");
    ASSERT_TRUE(document);
    EXPECT_EQ(document->as_object().at("a").as_array().size(), 6U);
}

TEST(JsonBody, LongStringsAndNamesComeInPartsAndStayWhole) {
    const std::string name(70'000, 'n');
    const std::string value(300'000, 'v');
    const auto document = parse_json("{\"" + name + "\":\"" + value + "\\n\"}");
    ASSERT_TRUE(document);
    EXPECT_EQ(document->as_object().at(name).as_string(), value + "\n");
}

TEST(JsonBody, RefusesWhatIsNotJson) {
    for (const char* bad : {"",
                            " ",
                            "{",
                            "{]",
                            "{'a':1}",
                            "{\"a\":1,}",
                            "{\"a\" 1}",
                            "nul",
                            "01",
                            "\"",
                            "[1 2]",
                            "// x\n1",
                            "{\"a\":1} x",
                            "{} {}",
                            "\"\\ud800\"",
                            "\"\\x\"",
                            "\"\x01\"",
                            "\"\xff\"",
                            "\"\xc0\xaf\"",
                            "\xef\xbb\xbf{}",
                            "NaN",
                            "Infinity",
                            "1e99999999999"})
        EXPECT_EQ(error_of(bad), Errc::malformed_json) << bad;
}

TEST(JsonBody, SaysWhereItIsWrong) {
    EXPECT_EQ(error_of("{\"a\":x}").number("position"), 5);
    EXPECT_EQ(error_of("{} x").number("position"), 3);
    EXPECT_FALSE(error_of("{").detail("problem").empty());
}

TEST(JsonBody, NestingIsLimited) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_json(nested(max_json_depth)));
    EXPECT_EQ(error_of(nested(max_json_depth + 1)), Errc::json_too_deep);
    EXPECT_EQ(error_of(nested(100'000)), Errc::json_too_deep);
    EXPECT_EQ(error_of(nested(33)).number("limit"), 32);
}

TEST(JsonBody, AMemberNamedTwiceIsRefused) {
    for (const char* bad :
         {R"({"a":1,"a":1})", R"({"a":1,"b":{"x":1,"y":2,"x":3}})", R"([{"":1,"":2}])", R"({"a":1,"\u0061":2})"})
        EXPECT_EQ(error_of(bad), Errc::invalid_field) << bad;
    EXPECT_EQ(error_of(R"({"a":1,"a":1})").detail("name"), "a");
}

TEST(JsonBody, TheSameNameInTwoObjectsIsFine) {
    EXPECT_TRUE(parse_json(R"({"a":{"a":{"a":1}},"b":{"a":1},"c":[{"a":1},{"a":2}]})"));
}

TEST(ObjectReader, NamesTheMemberByItsPointer) {
    const auto document = parse_json(R"({"s":1,"n":"x","a":{},"deep/er~":1})");
    const auto reader = ObjectReader::make(*document, "/put/3");
    EXPECT_EQ(reader->text("s").error().detail("pointer"), "/put/3/s");
    EXPECT_EQ(reader->number("n", 0, 1).error().detail("pointer"), "/put/3/n");
    EXPECT_EQ(reader->array("a").error().detail("pointer"), "/put/3/a");
    EXPECT_EQ(reader->pointer_to("deep/er~"), "/put/3/deep~1er~0");
    EXPECT_EQ(reader->required_text("gone").error().detail("pointer"), "/put/3/gone");
}

TEST(ObjectReader, NumbersAreWholeAndInRange) {
    const auto document = parse_json(R"({"f":1.0,"big":18446744073709551615,"s":"1","b":true,"ok":5})");
    const auto reader = ObjectReader::make(*document, "");
    for (const char* bad : {"f", "big", "s", "b"}) EXPECT_FALSE(reader->number(bad, 0, 100)) << bad;
    EXPECT_FALSE(reader->number("ok", 6, 100));
    EXPECT_EQ(**reader->number("ok", 5, 5), 5);
    EXPECT_FALSE(reader->number("gone", 0, 1)->has_value());
}

TEST(ObjectReader, RefusesMembersItDoesNotKnow) {
    const auto document = parse_json(R"({"value":"x","valeu":"y"})");
    const Error error = ObjectReader::make(*document, "")->only({"value", "ttl"}).error();
    EXPECT_EQ(error, Errc::unknown_field);
    EXPECT_EQ(error.detail("name"), "valeu");
    EXPECT_EQ(error.detail("pointer"), "/valeu");
    EXPECT_EQ(error.detail("known"), "value, ttl");
}

TEST(ObjectReader, WantsAnObject) {
    for (const char* other : {"[]", "1", "null", "\"x\""})
        EXPECT_EQ(ObjectReader::make(*parse_json(other), "").error(), Errc::invalid_field) << other;
}

}  // namespace
}  // namespace confcast::api
