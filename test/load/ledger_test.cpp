#include "confcast/load/ledger.hpp"

#include <gtest/gtest.h>

namespace confcast::load {
namespace {

Ledger ledger_of(std::size_t subscribers, std::size_t publications) {
    Ledger ledger(subscribers);
    while (publications-- > 0) ledger.publish();
    return ledger;
}

TEST(Ledger, IsContentWhenEverybodyHasEverythingOnce) {
    auto ledger = ledger_of(2, 3);
    for (std::size_t subscriber = 0; subscriber < 2; ++subscriber)
        for (std::size_t publication = 0; publication < 3; ++publication) {
            EXPECT_TRUE(ledger.advances(subscriber, 10 + publication));
            EXPECT_TRUE(ledger.sees(subscriber, publication));
        }
    const auto verdict = ledger.verdict();
    EXPECT_EQ(verdict.lost + verdict.repeated + verdict.reordered + verdict.covered + verdict.unknown, 0U);
}

TEST(Ledger, CountsWhatOneSubscriberMissed) {
    auto ledger = ledger_of(2, 100);
    for (std::size_t publication = 0; publication < 100; ++publication) {
        ledger.sees(0, publication);
        if (publication != 64) ledger.sees(1, publication);
    }
    EXPECT_EQ(ledger.verdict().lost, 1U);
}

TEST(Ledger, CountsRepeatsAndPositionsThatDoNotGrow) {
    auto ledger = ledger_of(1, 1);
    EXPECT_TRUE(ledger.advances(0, 5));
    EXPECT_TRUE(ledger.sees(0, 0));
    EXPECT_FALSE(ledger.advances(0, 5));
    EXPECT_FALSE(ledger.sees(0, 0));
    EXPECT_FALSE(ledger.advances(0, 4));
    const auto verdict = ledger.verdict();
    EXPECT_EQ(verdict.repeated, 1U);
    EXPECT_EQ(verdict.reordered, 2U);
}

TEST(Ledger, FoldedRevisionsAreCoveredOnlyInsideTheirInterval) {
    auto ledger = ledger_of(1, 3);
    ledger.committed(0, 10);
    ledger.committed(1, 11);
    ledger.committed(2, 12);
    ledger.covers(0, 10, 12);
    ledger.sees(0, 2);
    const auto verdict = ledger.verdict();
    EXPECT_EQ(verdict.covered, 1U);  // revision 11
    EXPECT_EQ(verdict.lost, 1U);     // revision 10 is before the interval
    EXPECT_TRUE(ledger.has(0, 1));
    EXPECT_FALSE(ledger.has(0, 0));
}

TEST(Ledger, RefusedPublicationsAreNotLost) {
    auto ledger = ledger_of(1, 1);
    ledger.refused(0);
    EXPECT_EQ(ledger.verdict().lost, 0U);
}

TEST(Ledger, NumbersThatNobodyPublishedAreCounted) {
    auto ledger = ledger_of(1, 1);
    EXPECT_FALSE(ledger.sees(0, 7));
    EXPECT_EQ(ledger.verdict().unknown, 1U);
}

}  // namespace
}  // namespace confcast::load
