#include "confcast/feed/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Revision> after(const Journal& journal, Revision cursor) {
    std::vector<Revision> out;
    for (auto it = journal.after(cursor); it != journal.end(); ++it) out.push_back((*it)->revision);
    return out;
}

TEST(Journal, GivesWhatCameAfterACursor) {
    Journal journal;
    journal.reset(4);
    for (const Revision revision : {5, 7, 9}) journal.append(change(revision, {put("a", "1", revision)}));
    EXPECT_THAT(after(journal, 4), ElementsAre(5, 7, 9));
    EXPECT_THAT(after(journal, 5), ElementsAre(7, 9));
    EXPECT_THAT(after(journal, 6), ElementsAre(7, 9));
    EXPECT_THAT(after(journal, 9), IsEmpty());
    EXPECT_THAT(after(journal, 100), IsEmpty());
    EXPECT_EQ(journal.head(), 9);
    EXPECT_EQ(journal.floor(), 4);
}

TEST(Journal, IsBoundedByCount) {
    Journal journal({.max_changes = 3, .max_bytes = 1'000});
    for (Revision revision = 1; revision <= 10; ++revision) journal.append(change(revision, {put("a", "1", revision)}));
    EXPECT_EQ(journal.size(), 3U);
    EXPECT_EQ(journal.floor(), 7);
    EXPECT_THAT(after(journal, journal.floor()), ElementsAre(8, 9, 10));
    EXPECT_EQ(journal.bytes(), 6U);
}

TEST(Journal, IsBoundedByBytesOfKeysAndValues) {
    Journal journal({.max_changes = 100, .max_bytes = 10});
    journal.append(change(1, {put("a", "1234", 1)}));
    journal.append(change(2, {del("12345")}));
    EXPECT_EQ(journal.bytes(), 10U);
    EXPECT_EQ(journal.floor(), 0);
    journal.append(change(3, {del("b")}));
    EXPECT_EQ(journal.bytes(), 6U);
    EXPECT_EQ(journal.floor(), 1);
}

TEST(Journal, KeepsTheNewestHoweverLargeItIs) {
    Journal journal({.max_changes = 100, .max_bytes = 10});
    journal.append(change(1, {put("a", "1", 1)}));
    journal.append(change(2, {put("b", std::string(100, 'x'), 2)}));
    EXPECT_THAT(after(journal, 1), ElementsAre(2));
    EXPECT_EQ(journal.floor(), 1);
}

TEST(Journal, AdvancesItsHeadWithoutAChange) {
    Journal journal;
    journal.reset(4);
    journal.advance(8);
    journal.advance(6);
    EXPECT_EQ(journal.head(), 8);
    EXPECT_EQ(journal.floor(), 4);
    EXPECT_THAT(after(journal, 4), IsEmpty());
}

TEST(Journal, IsCompleteFromWhereItIsReset) {
    Journal journal;
    journal.append(change(1, {put("a", "1", 1)}));
    journal.reset(20);
    EXPECT_EQ(journal.floor(), 20);
    EXPECT_EQ(journal.head(), 20);
    EXPECT_EQ(journal.size(), 0U);
    EXPECT_EQ(journal.bytes(), 0U);
}

}  // namespace
}  // namespace confcast::feed::test
