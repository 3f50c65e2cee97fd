// Whether an answer belongs to the history that was seen.
#include "history.hpp"

#include <gtest/gtest.h>

namespace confcast::etcd {
namespace {

using Standing = History::Standing;

TEST(History, TheFirstAnswerSaysWhichClusterItIs) {
    History history;
    EXPECT_EQ(history.judge(7, 3, history.newest()), Standing::sound);
    history.saw(7, 3);
    EXPECT_EQ(history.cluster(), 7U);
    EXPECT_EQ(history.newest(), 3);
    EXPECT_EQ(history.epoch(), store::Epoch{7});
}

TEST(History, AnAnswerBelowWhatWasSeenBeforeTheQuestionIsBehind) {
    History history;
    history.saw(7, 10);
    const Revision floor = history.newest();
    EXPECT_EQ(history.judge(7, 9, floor), Standing::behind);
    EXPECT_EQ(history.judge(7, 10, floor), Standing::sound);
    history.saw(12);
    EXPECT_EQ(history.judge(7, 11, floor), Standing::sound) << "the question was sent before 12 was seen";
}

TEST(History, AnotherClusterIsForeignWhateverItsRevision) {
    History history;
    history.saw(7, 10);
    EXPECT_EQ(history.judge(8, 100, 10), Standing::foreign);
    history.saw(8, 100);
    EXPECT_EQ(history.newest(), 10) << "its revisions say nothing";
}

TEST(History, AnotherClusterIsAnotherEpoch) {
    History history;
    history.saw(7, 10);
    history.know_oldest(5);
    history.begin_anew(8, 2);
    EXPECT_EQ(history.epoch(), store::Epoch{8});
    EXPECT_EQ(history.newest(), 2);
    EXPECT_EQ(history.oldest(), 1);
    EXPECT_EQ(history.judge(8, 2, history.newest()), Standing::sound);
}

TEST(History, ARestoredClusterIsAnotherEpochThoughItsIdIsTheSame) {
    History history;
    history.saw(7, 10);
    const auto first = history.epoch();
    history.begin_anew(7, 4);
    const auto second = history.epoch();
    history.begin_anew(7, 1);
    EXPECT_NE(first, second);
    EXPECT_NE(second, history.epoch());
    EXPECT_NE(first, history.epoch());
    history.begin_anew(9, 1);
    EXPECT_EQ(history.epoch(), store::Epoch{9});
}

TEST(History, TheOldestRevisionOnlyGrows) {
    History history;
    EXPECT_EQ(history.oldest(), 1);
    history.know_oldest(5);
    history.know_oldest(3);
    EXPECT_EQ(history.oldest(), 5);
}

}  // namespace
}  // namespace confcast::etcd
