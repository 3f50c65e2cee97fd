// The reader that the other tests lean on refuses what it should.
#include "exposition_parser.hpp"

#include <gtest/gtest.h>

namespace confcast::observe {
namespace {

TEST(ExpositionParser, ReadsWhatIsInOrder) {
    const auto families = parse_exposition(
        "# HELP a_total All of a.\n# TYPE a_total counter\na_total 3\na_total{x=\"1\",y=\"q\\\"\\\\\\n\"} 4.5\n");
    ASSERT_EQ(families.size(), 1U);
    EXPECT_EQ(families[0].help, "All of a.");
    ASSERT_EQ(families[0].samples.size(), 2U);
    EXPECT_EQ(families[0].samples[1].labels.at("y"), "q\"\\\n");
    EXPECT_EQ(families[0].samples[1].value, 4.5);
    EXPECT_TRUE(parse_exposition("").empty());
}

TEST(ExpositionParser, RefusesWhatIsNot) {
    const std::string head = "# HELP a A.\n# TYPE a gauge\n";
    const std::string histogram = "# HELP h H.\n# TYPE h histogram\n";
    for (const std::string& text : {
             std::string("a 1\n"),
             std::string("# HELP a A.\na 1\n"),
             std::string("# TYPE a gauge\na 1\n"),
             head + "a 1",
             head + "a\n",
             head + "a x\n",
             head + "a 1 2 3\n",
             head + "b 1\n",
             head + "a 1\na 2\n",
             head + "a{x=1} 1\n",
             head + "a{x=\"1} 1\n",
             head + "a{x=\"1\",x=\"2\"} 1\n",
             head + "a{x=\"\\t\"} 1\n",
             head + "a 1\n# HELP a A.\n# TYPE a gauge\na{x=\"1\"} 1\n",
             head + "\n",
             std::string("# HELP a A.\n# TYPE a thing\na 1\n"),
             std::string("# HELP a A.\n# TYPE a counter\na -1\n"),
             histogram + "h 1\n",
             histogram + "h_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
             histogram + "h_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
             histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 1\n",
             histogram + "h_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
             histogram + "h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
         })
        EXPECT_THROW(parse_exposition(text), std::runtime_error) << text;
}

}  // namespace
}  // namespace confcast::observe
