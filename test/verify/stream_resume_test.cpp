// Welcomes and snapshots: what a stream is told at its start must be true.
#include "court.hpp"

namespace confcast::verify::test {
namespace {

class Resume : public Court {
  protected:
    /// Judges what a stream at revision 3 gets when it comes back.
    std::string resumed(Revision acknowledged, std::vector<Message> messages) {
        auto stream = started();
        stream.takes(update(3, {a3}));
        EXPECT_EQ(stream.position(), 3);
        stream.connects(3, acknowledged);
        return judged(stream, std::move(messages));
    }
    std::string fresh(std::vector<Message> messages) {
        Stream stream("s", {}, history, verdict);
        stream.connects(0, 2);
        return judged(stream, std::move(messages));
    }
    const Message rest = folded(3, 9, {a7, c4});
};

TEST_F(Resume, HonestWelcomesPass) {
    EXPECT_EQ(resumed(9, {welcome("changes", "caught_up", 3), rest}), "");
    EXPECT_EQ(resumed(3, {welcome("changes", "current", 3), update(4, {b4, c4})}), "");
    history.compacted();
    EXPECT_EQ(resumed(9, {welcome("snapshot", "compacted"), page({a7}), snapshot(9, {c4})}), "");
    EXPECT_EQ(fresh({welcome("none", "fresh"), snapshot(5, {a3, c4})}), "");
}

TEST_F(Resume, AStreamThatEndsInASnapshotOwnsNoPosition) {
    auto stream = started();
    stream.connects(2, 9);
    history.compacted();
    EXPECT_EQ(judged(stream, {welcome("snapshot", "compacted"), page({a7})}), "");
    EXPECT_EQ(stream.position(), 0);
    stream.connects(0, 9);
    EXPECT_EQ(judged(stream, {welcome("none", "fresh"), snapshot(9, {a7, c4})}), "");
    EXPECT_EQ(stream.position(), 9);
}

TEST_F(Resume, FindsAGapBehindAWelcome) {
    EXPECT_EQ(resumed(9, {welcome("changes", "caught_up", 3), update(5, {gone("b", 5)})}), "gaps=1");
}
TEST_F(Resume, FindsAWelcomeThatMovesThePosition) {
    EXPECT_EQ(resumed(9, {welcome("changes", "caught_up", 5)}), "gaps=2 diverged=1");
}
TEST_F(Resume, FindsACurrentThatIsNot) {
    EXPECT_EQ(resumed(4, {welcome("changes", "current", 3), update(4, {b4, c4})}), "diverged=1");
}
TEST_F(Resume, FindsPromisedChangesThatAreASnapshot) {
    EXPECT_EQ(resumed(9, {welcome("changes", "caught_up", 3), snapshot(9, {a7, c4})}), "diverged=1");
}
TEST_F(Resume, AClientThatFallsBehindAtOnceMayGetASnapshot) {
    EXPECT_EQ(resumed(3, {welcome("changes", "current", 3), snapshot(9, {a7, c4})}), "");
}
TEST_F(Resume, FindsACompactionThatNeverWas) {
    EXPECT_EQ(resumed(9, {welcome("snapshot", "compacted"), snapshot(9, {a7, c4})}), "diverged=1");
}
TEST_F(Resume, FindsAnEpochThatDidNotChange) {
    EXPECT_EQ(resumed(9, {welcome("snapshot", "epoch_changed"), snapshot(9, {a7, c4})}), "diverged=1");
}
TEST_F(Resume, FindsAnEpochThatDid) {
    EXPECT_EQ(resumed(9, {welcome("changes", "caught_up", 3, "f"), rest}), "diverged=1");
}
TEST_F(Resume, FindsAnAheadThatIsNot) {
    EXPECT_EQ(resumed(9, {welcome("snapshot", "ahead"), snapshot(9, {a7, c4})}), "diverged=1");
}
TEST_F(Resume, FindsAForgottenSince) {
    EXPECT_EQ(resumed(9, {welcome("none", "fresh"), snapshot(9, {a7, c4})}), "diverged=1");
}
TEST_F(Resume, FindsAResumptionThatNobodyAskedFor) {
    EXPECT_EQ(fresh({welcome("changes", "current"), update(3, {a3})}), "gaps=1 diverged=1");
}
TEST_F(Resume, FindsAPositionThatASnapshotShouldHaveTaken) {
    history.compacted();
    EXPECT_EQ(resumed(9, {welcome("snapshot", "compacted", 3), snapshot(9, {a7, c4})}), "diverged=1");
}
TEST_F(Resume, FindsAMissingWelcome) { EXPECT_EQ(resumed(9, {rest}), "reorders=1"); }
TEST_F(Resume, FindsASecondWelcome) {
    EXPECT_EQ(resumed(9, {welcome("changes", "caught_up", 3), rest, welcome("changes", "current", 9)}),
              "reorders=1 diverged=1");
}
TEST_F(Resume, FindsAnUpdateInPlaceOfTheSnapshot) {
    history.compacted();
    EXPECT_EQ(resumed(9, {welcome("snapshot", "compacted"), rest}), "reorders=1");
}
TEST_F(Resume, FindsAnUpdateBetweenPages) {
    EXPECT_EQ(fresh({welcome("none", "fresh"), page({a2}), update(3, {a3})}), "gaps=1 reorders=1");
}
TEST_F(Resume, FindsAPageWithAPosition) {
    EXPECT_EQ(fresh({welcome("none", "fresh"), page({a3}, 5), snapshot(5, {c4})}), "reorders=1");
}
TEST_F(Resume, FindsASnapshotThatGoesBack) {
    history.compacted();
    auto stream = started();
    EXPECT_EQ(judged(stream, {update(3, {a3}), snapshot(2, {a2})}), "reorders=1");
}
TEST_F(Resume, FindsAKeyTwiceInASnapshot) {
    EXPECT_EQ(fresh({welcome("none", "fresh"), page({a3}), snapshot(3, {a3})}), "repeats=1");
}
TEST_F(Resume, FindsAKeyThatASnapshotLeavesOut) {
    EXPECT_EQ(fresh({welcome("none", "fresh"), snapshot(4, {a3, b4})}), "gaps=1");
}
TEST_F(Resume, FindsASnapshotOfTwoTimes) {
    EXPECT_EQ(fresh({welcome("none", "fresh"), page({a3}), snapshot(5, {b4, c4})}), "torn=1");
}
TEST_F(Resume, FindsAnEntryThatNeverWas) {
    EXPECT_EQ(fresh({welcome("none", "fresh"), snapshot(2, {put("a", "?", 2)})}), "diverged=1");
}

}  // namespace
}  // namespace confcast::verify::test
