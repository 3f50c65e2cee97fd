#include "tree.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "base64.hpp"

namespace confcast::cli {
namespace {

client::Entry entry(const std::string& key, const std::string& value, client::Revision revision) {
    client::Entry made;
    made.key = key;
    made.value = value;
    made.mod_revision = revision;
    return made;
}

std::string text(const Plan& plan) {
    std::string out;
    for (const Step& step : plan)
        out += std::string(1, "+~-"[static_cast<std::size_t>(step.kind)]) + step.key + '@' +
               std::to_string(step.mod_revision) + ' ';
    return out;
}

TEST(APlan, MakesTheOneLikeTheOther) {
    const std::vector<client::Entry> now{entry("a", "1", 5), entry("b", "1", 6), entry("c", "1", 7)};
    const Tree wanted{{"b", "1"}, {"c", "2"}, {"d", "1"}};
    EXPECT_EQ(text(make_plan(now, wanted, true)), "-a@5 ~c@7 +d@0 ");
    EXPECT_EQ(text(make_plan(now, wanted, false)), "~c@7 +d@0 ");
    EXPECT_EQ(text(make_plan({}, {}, true)), "");
    EXPECT_EQ(text(make_plan(now, {{"a", "1"}, {"b", "1"}, {"c", "1"}}, true)), "");
}

TEST(ADump, OfEachKindIsRead) {
    EXPECT_EQ(read_dump(R"({"entries":[{"key":"a/x","value":"1"},{"key":"a/y","value":"/w==","encoding":"base64"}]})",
                        "a/", "b/"),
              (Tree{{"b/x", "1"}, {"b/y", "\xff"}}));
    EXPECT_EQ(read_dump(R"({"kvs":[{"key":"YQ==","value":"MQ=="}]})", "", ""), (Tree{{"a", "1"}}));
    EXPECT_EQ(read_dump(R"([{"key":"a","flags":0,"value":null}])", "", ""), (Tree{{"a", ""}}));
}

TEST(Base64, ThereAndBack) {
    for (const std::string& bytes :
         {std::string(), std::string("a"), std::string("ab"), std::string("abc"), std::string("\x00\xff", 2)})
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(to_base64("hello"), "aGVsbG8=");
    for (const auto* bad : {"a", "ab", "a===", "#bcd", "abc"}) EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace confcast::cli
