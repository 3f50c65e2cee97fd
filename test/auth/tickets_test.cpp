#include "confcast/auth/tickets.hpp"

#include <gtest/gtest.h>

#include <set>

namespace confcast::auth {
namespace {

constexpr SteadyTime start{};
using std::chrono::milliseconds;
using std::chrono::seconds;

PrincipalPtr who(const std::string& id) {
    auto out = std::make_shared<Principal>();
    out->id = id;
    return out;
}

TEST(Tickets, AreGoodOnce) {
    Tickets tickets;
    const PrincipalPtr alice = who("a");
    const auto text = tickets.issue(alice, start);
    ASSERT_TRUE(text);
    EXPECT_EQ(text->size(), 43U);
    EXPECT_EQ(tickets.outstanding(), 1U);
    EXPECT_EQ(tickets.redeem(*text, start), alice);
    EXPECT_EQ(tickets.redeem(*text, start), nullptr);
    EXPECT_EQ(tickets.outstanding(), 0U);
}

TEST(Tickets, AreGoodForThirtySeconds) {
    Tickets tickets;
    const auto early = tickets.issue(who("a"), start);
    const auto late = tickets.issue(who("a"), start);
    EXPECT_NE(tickets.redeem(*early, start + seconds(30) - milliseconds(1)), nullptr);
    EXPECT_EQ(tickets.redeem(*late, start + seconds(30)), nullptr);
    EXPECT_EQ(tickets.outstanding(), 0U);
}

TEST(Tickets, OfNobodyAreRefused) {
    Tickets tickets;
    const auto text = tickets.issue(who("a"), start);
    for (const std::string& other :
         {std::string(), std::string("x"), *text + "A", text->substr(1), std::string(43, 'A'), std::string(1000, 'A')})
        EXPECT_EQ(tickets.redeem(other, start), nullptr);
    std::string near = *text;
    near[0] = near[0] == 'A' ? 'B' : 'A';
    EXPECT_EQ(tickets.redeem(near, start), nullptr);
    EXPECT_NE(tickets.redeem(*text, start), nullptr);
}

TEST(Tickets, AreAllDifferent) {
    Tickets tickets;
    std::set<std::string> texts;
    for (int i = 0; i < 1000; ++i) texts.insert(*tickets.issue(who(std::to_string(i)), start));
    EXPECT_EQ(texts.size(), 1000U);
}

TEST(Tickets, AreAHundredForEachAtMost) {
    Tickets tickets;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < Tickets::max_per_principal; ++i) texts.push_back(*tickets.issue(who("a"), start));
    EXPECT_FALSE(tickets.issue(who("a"), start));
    EXPECT_TRUE(tickets.issue(who("b"), start));
    // One that is used makes room, and so does time.
    EXPECT_NE(tickets.redeem(texts.front(), start), nullptr);
    EXPECT_TRUE(tickets.issue(who("a"), start));
    EXPECT_FALSE(tickets.issue(who("a"), start));
    EXPECT_TRUE(tickets.issue(who("a"), start + seconds(30)));
    EXPECT_EQ(tickets.outstanding(), 1U);
}

TEST(Tickets, AreTenThousandAtMost) {
    Tickets tickets;
    for (std::size_t i = 0; i < Tickets::max_outstanding; ++i)
        ASSERT_TRUE(tickets.issue(who(std::to_string(i / 100)), start));
    EXPECT_FALSE(tickets.issue(who("new"), start));
    EXPECT_EQ(tickets.outstanding(), Tickets::max_outstanding);
    EXPECT_TRUE(tickets.issue(who("new"), start + seconds(30)));
    EXPECT_EQ(tickets.outstanding(), 1U);
}

TEST(Tickets, ThatAreUsedAtOnceKeepNothing) {
    Tickets tickets;
    for (int i = 0; i < 20'000; ++i) ASSERT_NE(tickets.redeem(*tickets.issue(who("a"), start), start), nullptr);
    EXPECT_EQ(tickets.outstanding(), 0U);
}

}  // namespace
}  // namespace confcast::auth
