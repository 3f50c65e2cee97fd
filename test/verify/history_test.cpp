#include "court.hpp"

namespace confcast::verify::test {
namespace {

TEST_F(Court, KnowsEachKeyAtEachRevision) {
    EXPECT_EQ(history.newest("a", 1), nullptr);
    EXPECT_EQ(history.newest("a", 6)->value, "2");
    EXPECT_TRUE(history.newest("b", 9)->is_delete);
    EXPECT_EQ(history.newest("unknown", 9), nullptr);
    EXPECT_EQ(history.exactly("a", 4), nullptr);
    EXPECT_EQ(history.exactly("a", 7)->version, 3);
    EXPECT_EQ(history.at(4).size(), 2U);
    EXPECT_TRUE(history.at(100).empty());
}

TEST_F(Court, AnEventAddedAgainChangesNothing) {
    history.add(a7);
    EXPECT_EQ(history.at(7).size(), 1U);
    EXPECT_EQ(history.keys().at("a").size(), 3U);
}

TEST(Fingerprint, ShowsShortValuesAndTellsLongOnesApart) {
    EXPECT_EQ(fingerprint("short"), "short");
    const std::string a(5'000, 'v');
    auto b = a;
    b.back() = 'w';
    EXPECT_LT(fingerprint(a).size(), 60U);
    EXPECT_NE(fingerprint(a), fingerprint(b));
    EXPECT_NE(fingerprint(a), fingerprint(a + 'v'));
}

}  // namespace
}  // namespace confcast::verify::test
