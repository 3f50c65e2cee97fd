#include "output.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sstream>

namespace confcast::cli {
namespace {

std::string yaml(std::string_view json) { return to_yaml(boost::json::parse(json)); }

TEST(Yaml, IsBlockStyle) {
    EXPECT_EQ(yaml(R"({"key":"app/port","count":1,"list":[{"a":1,"b":"x"},{"a":2}],"o":{"p":null},"e":[],"f":{}})"),
              "key: app/port\n"
              "count: 1\n"
              "list:\n"
              "  - a: 1\n"
              "    b: x\n"
              "  - a: 2\n"
              "o:\n"
              "  p: null\n"
              "e: []\n"
              "f: {}\n");
    EXPECT_EQ(yaml("[1,[2,3]]"), "- 1\n- - 2\n  - 3\n");
    EXPECT_EQ(yaml("{}"), "{}\n");
    EXPECT_EQ(yaml("7"), "7\n");
}

TEST(Yaml, QuotesWhatCouldBeSomethingElse) {
    for (const auto* text : {"\"true\"", "\"No\"", "\"8080\"", "\"\"", "\"a: b\"", "\"- a\"", "\"a\\nb\"", "\"~\"",
                             "\"1e3\"", "\"2026-11-23\"", "\"#x\"", "\"ä\""})
        EXPECT_EQ(yaml(text), std::string(boost::json::serialize(boost::json::parse(text))) + '\n') << text;
    EXPECT_EQ(yaml("\"app/db-1.x_y\""), "app/db-1.x_y\n");
}

TEST(ATable, HasColumnsAsWideAsTheirCells) {
    std::ostringstream out;
    Table table({"A", "LONG"});
    table.add({"ä中", "x"});
    table.add({"longer", ""});
    table.print(Output(out, false));
    EXPECT_EQ(out.str(), "A       LONG\nä中      x\nlonger  \n");
}

TEST(OneLine, MovesNoCursor) {
    EXPECT_EQ(one_line("a\nb\tc\x1b[2J\x7f\xff"), "a\\nb\\x09c\\x1B[2J\\x7F\\xFF");
    EXPECT_EQ(one_line("äöü", 2), "äö…");
    EXPECT_EQ(one_line("äöü", 3), "äöü");
}

}  // namespace
}  // namespace confcast::cli
