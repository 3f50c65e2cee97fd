// Every decision of the replicator, without a loop, a store or a clock.
#include "replication.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace confcast::feed {

// For the messages of failed tests.
inline void PrintTo(const Action& action, std::ostream* out) {
    *out << "kind " << static_cast<int>(action.kind) << " revision " << action.revision << " delay "
         << action.delay.count();
}

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = Action::Kind;

class AReplication : public testing::Test {
  protected:
    static store::Status status(Revision revision, Revision oldest = 1, std::uint64_t epoch = 1) {
        store::Status told;
        told.epoch = {epoch};
        told.revision = revision;
        told.oldest = oldest;
        return told;
    }
    static Error away() { return Errc::store_unavailable; }
    static Error gone() { return Error(Errc::compacted).with("oldest", 50); }
    static Action list_all(Revision at) { return {Kind::list_all, at}; }
    static Action watch(Revision from) { return {Kind::open_watch, from}; }
    static Action only(Kind kind) { return {kind}; }

    /// A plan that has listed at `at` and watches from there.
    void follow_from(Revision at) {
        plan_.on_status(status(at), 0);
        plan_.on_list(at);
        plan_.on_watch({}, now_);
        plan_.on_batch({}, now_);
    }

    double random_ = 1.0;
    SteadyTime now_;
    Replication plan_{{.history = 100, .backoff_min = milliseconds{100}, .backoff_max = milliseconds{5'000}},
                      [this] { return random_; }};
};

TEST_F(AReplication, BeginsByAskingForTheStatus) { EXPECT_EQ(plan_.start(), only(Kind::ask_status)); }

TEST_F(AReplication, ListsFirstAsFarBackAsTheJournalReaches) {
    EXPECT_EQ(plan_.on_status(status(1'000), 0), list_all(900));
    EXPECT_EQ(plan_.goal(), 1'000);
    EXPECT_EQ(plan_.epoch(), store::Epoch{1});
    EXPECT_EQ(plan_.on_list(900), watch(901));
}

TEST_F(AReplication, ListsFirstNotBeforeTheOldestThereIs) {
    EXPECT_EQ(plan_.on_status(status(1'000, 950), 0), list_all(950));
    EXPECT_EQ(plan_.on_status(status(1), 0), list_all(1));
}

TEST_F(AReplication, StartsOverAtTheHeadWhenWhatItListsIsCompactedAway) {
    plan_.on_status(status(1'000), 0);
    EXPECT_EQ(plan_.on_list(gone()), only(Kind::ask_status));
    EXPECT_EQ(plan_.on_status(status(1'010, 905), 0), list_all(1'010));
    EXPECT_EQ(plan_.on_list(gone()).kind, Kind::pause) << "the second time not at once";
    EXPECT_EQ(plan_.on_status(status(1'020, 1'015), 0), list_all(1'020));
    EXPECT_EQ(plan_.on_list(1'020), watch(1'021));
}

TEST_F(AReplication, ReadsOnWhileAllIsWell) {
    follow_from(10);
    EXPECT_EQ(plan_.on_batch({}, now_), only(Kind::read));
}

TEST_F(AReplication, ResumesBehindTheLastRevision) {
    follow_from(10);
    EXPECT_EQ(plan_.on_batch(away(), now_).kind, Kind::pause);
    EXPECT_EQ(plan_.on_pause(), only(Kind::ask_status));
    EXPECT_EQ(plan_.on_status(status(30), 17), watch(18));
    EXPECT_EQ(plan_.on_status(status(17, 17), 17), watch(18)) << "a watch may start at oldest + 1";
}

TEST_F(AReplication, ListsTheDifferenceWhenTheHistoryBetweenIsGone) {
    follow_from(10);
    plan_.on_batch(away(), now_);
    EXPECT_EQ(plan_.on_status(status(30, 18), 17), only(Kind::list_difference));
    EXPECT_EQ(plan_.on_difference(Replication::Compared{31, true}, 17), watch(32));
    EXPECT_EQ(plan_.on_status(status(40, 18), 31), watch(32));
}

TEST_F(AReplication, ListsTheDifferenceWhenTheWatchSaysCompacted) {
    follow_from(10);
    EXPECT_EQ(plan_.on_batch(gone(), now_), only(Kind::ask_status));
    EXPECT_EQ(plan_.on_status(status(60), 17), only(Kind::list_difference)) << "whatever the status says of oldest";
    EXPECT_EQ(plan_.on_difference(Replication::Compared{60, false}, 17), watch(61));
    EXPECT_EQ(plan_.on_watch(gone(), now_).kind, Kind::pause) << "again, and nothing read since: not at once";
}

TEST_F(AReplication, IsQuickAgainToListOnceItHasRead) {
    follow_from(10);
    plan_.on_batch(gone(), now_);
    plan_.on_status(status(60), 17);
    plan_.on_difference(Replication::Compared{60, true}, 17);
    plan_.on_watch({}, now_);
    plan_.on_batch({}, now_);
    EXPECT_EQ(plan_.on_batch(gone(), now_), only(Kind::ask_status));
}

TEST_F(AReplication, ListsAnotherHistoryFromNothingAtItsHead) {
    follow_from(10);
    plan_.on_batch(away(), now_);
    EXPECT_EQ(plan_.on_status(status(5'000, 1, 2), 17), list_all(5'000));
    EXPECT_EQ(plan_.epoch(), store::Epoch{2});
    EXPECT_EQ(plan_.goal(), 5'000);
    EXPECT_EQ(plan_.on_list(away()).kind, Kind::pause);
    EXPECT_EQ(plan_.on_status(status(5'001, 1, 2), 17), list_all(5'001)) << "until it has been listed";
    EXPECT_EQ(plan_.on_list(5'001), watch(5'002));
    EXPECT_EQ(plan_.on_status(status(5'001, 1, 2), 5'001), watch(5'002));
}

TEST_F(AReplication, AsksAStoreThatSeemsToHaveGoneBackForItsHead) {
    follow_from(20);
    plan_.on_batch(away(), now_);
    EXPECT_EQ(plan_.on_status(status(15), 20), only(Kind::ask_head));
    EXPECT_EQ(plan_.on_head(21, 20), watch(21)) << "only one member was behind";
    EXPECT_EQ(plan_.on_head(20, 20), watch(21));
    EXPECT_EQ(plan_.on_head(15, 20), list_all(15)) << "it has gone back";
    EXPECT_EQ(plan_.goal(), 15);
    EXPECT_EQ(plan_.on_head(away(), 20).kind, Kind::pause);
}

TEST_F(AReplication, DoesNotTakeADifferenceFromBelowItsPosition) {
    follow_from(20);
    plan_.want_repair();
    EXPECT_EQ(plan_.on_difference(Replication::Compared{19, true}, 20).kind, Kind::pause);
    EXPECT_TRUE(plan_.wants_repair());
}

TEST_F(AReplication, ListsAllWhenThereIsNoRevisionToTellADifferenceIn) {
    follow_from(20);
    plan_.want_repair();
    EXPECT_EQ(plan_.on_difference(Replication::Compared{20, true}, 20), list_all(20));
    EXPECT_EQ(plan_.on_difference(Replication::Compared{20, false}, 20), watch(21));
    EXPECT_FALSE(plan_.wants_repair());
}

TEST_F(AReplication, LeavesTheWatchForARepair) {
    follow_from(20);
    plan_.want_repair();
    EXPECT_EQ(plan_.on_batch({}, now_).kind, Kind::pause);
    EXPECT_EQ(plan_.on_status(status(20), 20), only(Kind::list_difference));
}

TEST_F(AReplication, KeepsTryingWhenTheStoreIsAway) {
    EXPECT_EQ(plan_.on_status(away(), 0), (Action{Kind::pause, 0, milliseconds{100}}));
    EXPECT_EQ(plan_.on_status(away(), 0), (Action{Kind::pause, 0, milliseconds{200}}));
    EXPECT_EQ(plan_.on_list(away()), (Action{Kind::pause, 0, milliseconds{400}}));
    EXPECT_EQ(plan_.on_difference(away(), 0), (Action{Kind::pause, 0, milliseconds{800}}));
    EXPECT_EQ(plan_.on_watch(away(), now_), (Action{Kind::pause, 0, milliseconds{1'600}}));
    EXPECT_EQ(plan_.on_batch(away(), now_), (Action{Kind::pause, 0, milliseconds{3'200}}));
    EXPECT_EQ(plan_.on_status(away(), 0), (Action{Kind::pause, 0, milliseconds{5'000}}));
    EXPECT_EQ(plan_.on_status(away(), 0), (Action{Kind::pause, 0, milliseconds{5'000}}));
}

TEST_F(AReplication, WaitsARandomPartOfTheCeiling) {
    random_ = 0.0;
    EXPECT_EQ(plan_.on_status(away(), 0).delay, milliseconds{0});
    random_ = 0.5;
    EXPECT_EQ(plan_.on_status(away(), 0).delay, milliseconds{100});
}

TEST_F(AReplication, StartsAnewAfterThirtySecondsOfHealth) {
    for (int i = 0; i < 5; ++i) plan_.on_status(away(), 0);
    follow_from(10);
    now_ += seconds{29};
    EXPECT_GT(plan_.on_batch(away(), now_).delay, seconds{1});
    plan_.on_status(status(10), 10);
    plan_.on_watch({}, now_);
    now_ += seconds{30};
    EXPECT_EQ(plan_.on_batch(away(), now_).delay, milliseconds{100});
    EXPECT_EQ(plan_.on_batch(away(), now_ + seconds{60}).delay, milliseconds{200}) << "down is not health";
}

TEST(Backoff, NeverPassesItsMost) {
    Backoff backoff(milliseconds{3}, milliseconds{10});
    std::vector<long> delays;
    for (int i = 0; i < 5; ++i) delays.push_back(backoff.next(1.0).count());
    EXPECT_THAT(delays, testing::ElementsAre(3, 6, 10, 10, 10));
    backoff.reset();
    EXPECT_EQ(backoff.next(1.0), milliseconds{3});
}

}  // namespace
}  // namespace confcast::feed
