// Streams with each kind of fault, fed to the judge. Each test fails when its check is removed.
#include "court.hpp"

namespace confcast::verify::test {
namespace {

TEST_F(Court, FindsNoFaultWithAGoodStream) {
    auto stream = started();
    EXPECT_EQ(judged(stream, {update(3, {a3}), update(4, {b4, c4}), update(5, {gone("b", 5)}), bookmark(6),
                              update(7, {a7}), update(8, {put("t", "1", 8)}), update(9, {gone("t", 9)})}),
              "");
    EXPECT_TRUE(stream.has_reached(9));
    stream.finish(9, at_the_end());
    EXPECT_EQ(counts(), "");
}

TEST_F(Court, FindsNoFaultWithFoldedRevisions) {
    // t was made and removed in between: to tell of it or not is the same.
    EXPECT_EQ(judged({folded(2, 9, {a7, gone("b", 5), c4})}), "");
    verdict = {};
    EXPECT_EQ(judged({folded(2, 9, {a7, c4})}), "");
    verdict = {};
    EXPECT_EQ(judged({folded(2, 9, {a7, c4, gone("t", 9)})}), "");
}

TEST_F(Court, WaitsForTheHistory) {
    auto stream = started();
    EXPECT_EQ(judged(stream, {update(3, {a3}), folded(3, 10, {a7, c4})}), "");
    EXPECT_FALSE(stream.has_reached(9));
    history.complete_to(10);
    stream.settle();
    EXPECT_EQ(counts(), "");
    EXPECT_TRUE(stream.has_reached(10));
}

TEST_F(Court, FindsAGapBeforeAnUpdate) { EXPECT_EQ(judged({update(4, {b4, c4})}), "gaps=1"); }
TEST_F(Court, FindsAGapBeforeABookmark) { EXPECT_EQ(judged({bookmark(4)}), "gaps=2"); }
TEST_F(Court, WhatTheFilterDoesNotMatchIsNoGap) {
    Stream stream("s", {{}, {"c"}}, history, verdict);
    stream.connects(0, 2);
    EXPECT_EQ(judged(stream, {welcome("none", "fresh"), snapshot(2, {}), update(4, {c4}), bookmark(9)}), "");
}
TEST_F(Court, FindsAnEmptyUpdate) { EXPECT_EQ(judged({update(3, {})}), "gaps=1"); }

TEST_F(Court, FindsARepeatedMessage) { EXPECT_EQ(judged({update(3, {a3}), update(3, {a3})}), "repeats=1"); }
TEST_F(Court, FindsARepeatedChangeInALaterMessage) {
    EXPECT_EQ(judged({update(3, {a3}), update(4, {a3, b4, c4})}), "repeats=1");
}
TEST_F(Court, FindsAKeyTwiceInOneMessage) { EXPECT_EQ(judged({update(3, {a3, a3})}), "repeats=1"); }

TEST_F(Court, FindsAReorder) { EXPECT_EQ(judged({update(4, {b4, c4}), update(3, {a3})}), "gaps=1 reorders=1"); }
TEST_F(Court, FindsABookmarkThatDoesNotMoveOn) { EXPECT_EQ(judged({bookmark(2)}), "reorders=1"); }
TEST_F(Court, FindsAGoodbyeThatGoesBack) {
    EXPECT_EQ(judged({update(3, {a3}), of_type(Message::Type::goaway, 2)}), "reorders=1");
}
TEST_F(Court, FindsAGoodbyeThatSkips) { EXPECT_EQ(judged({of_type(Message::Type::goaway, 3)}), "gaps=1"); }

TEST_F(Court, FindsATornTransaction) { EXPECT_EQ(judged({update(3, {a3}), update(4, {b4})}), "torn=1"); }
TEST_F(Court, FindsARevisionInTwoMessages) {
    EXPECT_EQ(judged({update(3, {a3}), update(4, {b4}), update(4, {c4})}), "repeats=1 torn=1");
}
TEST_F(Court, FindsTwoRevisionsInAMessageThatDoesNotSaySo) {
    // Also 3 is a gap: nothing says that it was folded.
    EXPECT_EQ(judged({update(4, {a3, b4, c4})}), "gaps=1 torn=1");
}

TEST_F(Court, FindsAValueThatTheStoreNeverHad) {
    EXPECT_EQ(judged({update(3, {put("a", "?", 3, 2, 2)})}), "diverged=1");
}
TEST_F(Court, FindsAWrongVersion) { EXPECT_EQ(judged({update(3, {put("a", "2", 3, 3, 2)})}), "diverged=1"); }
TEST_F(Court, FindsADeleteThatNeverWas) { EXPECT_EQ(judged({update(3, {gone("a", 3)})}), "diverged=1"); }
TEST_F(Court, FindsWhatWasNotAskedFor) {
    EXPECT_EQ(judged({folded(2, 5, {a3, c4, gone("b", 5)}), update(6, {x6})}), "diverged=1");
}
TEST_F(Court, FindsARevisionThatTheStoreDoesNotHave) {
    auto stream = started();
    EXPECT_EQ(judged(stream, {folded(2, 9, {a7, c4}), update(12, {put("a", "9", 12, 4, 2)})}), "");
    stream.finish(9, at_the_end());
    EXPECT_GE(verdict.diverged, 1U);
}

TEST_F(Court, FindsAFalseCoalescedFromThatLeavesRevisionsOut) {
    EXPECT_EQ(judged({folded(3, 5, {gone("b", 5), c4})}), "gaps=1");
}
TEST_F(Court, FindsAFalseCoalescedFromThatGoesBack) {
    EXPECT_EQ(judged({update(3, {a3}), folded(2, 4, {b4, c4})}), "repeats=1");
}
TEST_F(Court, FindsACoalescedFromBeyondItsMessage) { EXPECT_EQ(judged({folded(4, 4, {a3, b4, c4})}), "reorders=1"); }
TEST_F(Court, FindsAKeyThatAFoldedMessageLeavesOut) { EXPECT_EQ(judged({folded(2, 4, {a3, b4})}), "gaps=1"); }
TEST_F(Court, FindsADeleteThatAFoldedMessageLeavesOut) {
    EXPECT_EQ(judged({folded(2, 4, {a3, b4, c4}), folded(4, 7, {a7})}), "gaps=1");
}
TEST_F(Court, FindsAFoldedMessageThatRepeats) {
    EXPECT_EQ(judged({update(3, {a3}), folded(3, 4, {a3, b4, c4})}), "repeats=1");
}
TEST_F(Court, FindsAFoldedMessageOfTwoTimes) {
    EXPECT_EQ(judged({folded(2, 7, {a3, c4})}), "torn=1") << "a was 3 at revision 7";
    verdict = {};
    EXPECT_EQ(judged({folded(2, 5, {a3, b4, c4})}), "torn=1") << "b was gone at revision 5";
}
TEST_F(Court, FindsAFoldedValueThatNeverWas) {
    EXPECT_EQ(judged({folded(2, 3, {put("a", "?", 3, 2, 2)})}), "diverged=1");
}
TEST_F(Court, FindsAFoldedKeyThatDidNotChange) { EXPECT_EQ(judged({folded(2, 3, {a3, gone("t", 3)})}), "diverged=1"); }
TEST_F(Court, FindsAFoldedDeleteAtAWrongTime) {
    EXPECT_EQ(judged({folded(2, 4, {a3, b4, c4}), folded(4, 7, {a7, gone("b", 8)})}), "diverged=1");
}

TEST_F(Court, FindsADivergedEnd) {
    auto stream = started();
    EXPECT_EQ(judged(stream, {folded(2, 9, {a7, c4})}), "");
    auto list = at_the_end();
    list["a"].value = "other";
    list["b"] = b4;
    list.erase("c");
    stream.finish(9, list);
    EXPECT_EQ(counts(), "diverged=3");
}
TEST_F(Court, FindsWhatNeverCameInTheEnd) {
    auto stream = started();
    EXPECT_EQ(judged(stream, {update(3, {a3})}), "");
    stream.finish(9, at_the_end());
    EXPECT_EQ(verdict.gaps, 5U);
}
TEST_F(Court, FindsAStreamWithoutAState) {
    Stream stream("s", {}, history, verdict);
    stream.connects(0, 2);
    stream.takes(welcome("none", "fresh"));
    stream.finish(9, at_the_end());
    EXPECT_EQ(counts(), "gaps=1");
}

}  // namespace
}  // namespace confcast::verify::test
