// Every transition of a watch, without etcd.
#include "watch_machine.hpp"

#include <gmock/gmock.h>

namespace confcast::etcd {
namespace {

using store::Event;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t cluster = 77;
constexpr std::int64_t id = 5;

WatchMessage message(Revision revision) {
    WatchMessage made;
    made.cluster_id = cluster;
    made.revision = revision;
    made.watch_id = id;
    return made;
}

WatchMessage created(Revision revision) {
    auto made = message(revision);
    made.created = true;
    return made;
}

Event put(std::string key, Revision revision) {
    return {Event::Type::put, {std::move(key), "v", revision, revision, 1, 0}};
}

WatchMessage events(std::vector<Event> some) {
    auto made = message(some.empty() ? 1 : some.back().kv.mod_revision);
    made.events = std::move(some);
    return made;
}

WatchMessage fragment(std::vector<Event> some) {
    auto made = events(std::move(some));
    made.fragment = true;
    return made;
}

/// "12: a b" of each batch.
std::vector<std::string> shown(const WatchAction& action) {
    std::vector<std::string> lines;
    for (const auto& batch : action.batches) {
        std::string line = std::to_string(batch.revision) + ":";
        for (const auto& event : batch.events) line += " " + event.kv.key;
        lines.push_back(line);
    }
    return lines;
}

std::string reason_of(const WatchAction& action) {
    return action.failure ? action.failure->detail("reason") : "it goes on";
}

class WatchMachineTest : public testing::Test {
  protected:
    void create(Revision at = 9) { EXPECT_FALSE(machine.on_message(created(at)).failure); }
    WatchMachine machine{10};
};

TEST_F(WatchMachineTest, IsCreatedWhenEtcdSaysSo) {
    EXPECT_FALSE(machine.created());
    const auto action = machine.on_message(created(9));
    EXPECT_FALSE(action.failure);
    EXPECT_THAT(action.batches, IsEmpty());
    EXPECT_TRUE(machine.created());
}

TEST_F(WatchMachineTest, SilenceInsteadOfCreatedEndsIt) {
    const auto action = machine.on_silence();
    ASSERT_TRUE(action.failure);
    EXPECT_EQ(action.failure->code(), Errc::store_unavailable);
    EXPECT_TRUE(machine.ended());
}

TEST_F(WatchMachineTest, SilenceAfterCreatedIsNothing) {
    create();
    EXPECT_FALSE(machine.on_silence().failure);
}

TEST_F(WatchMachineTest, CancelledBeatsCreated) {
    auto refused = created(9);
    refused.canceled = true;
    refused.watch_id = -1;
    refused.cancel_reason = "etcdserver: permission denied";
    const auto action = machine.on_message(refused);
    EXPECT_EQ(reason_of(action), "etcd ended the watch: etcdserver: permission denied");
    EXPECT_FALSE(machine.created());
    EXPECT_TRUE(machine.refused()) << "some versions call an old token so";
}

TEST_F(WatchMachineTest, ARefusedTokenIsNoticed) {
    auto refused = created(9);
    refused.canceled = true;
    refused.watch_id = -1;
    refused.cancel_reason = "etcdserver: invalid auth token";
    EXPECT_TRUE(machine.on_message(refused).failure);
    EXPECT_TRUE(machine.refused());
}

TEST_F(WatchMachineTest, EventsBeforeCreatedAreNonsense) {
    EXPECT_TRUE(machine.on_message(events({put("a", 10)})).failure);
}

TEST_F(WatchMachineTest, ASecondCreatedIsNonsense) {
    create();
    EXPECT_TRUE(machine.on_message(created(9)).failure);
}

TEST_F(WatchMachineTest, EachRevisionIsOneBatchInByteOrderOfKeys) {
    create();
    const auto action = machine.on_message(events({put("z", 10), put("a", 10), put("m", 12)}));
    EXPECT_THAT(shown(action), ElementsAre("10: a z", "12: m"));
    EXPECT_EQ(machine.position(), 12);
}

TEST_F(WatchMachineTest, ARevisionAcrossFragmentsComesWhole) {
    create();
    EXPECT_THAT(shown(machine.on_message(fragment({put("a", 10), put("a", 11)}))), ElementsAre("10: a"));
    EXPECT_THAT(shown(machine.on_message(fragment({put("b", 11)}))), IsEmpty());
    EXPECT_THAT(shown(machine.on_message(events({put("c", 11), put("d", 12)}))), ElementsAre("11: a b c", "12: d"));
}

TEST_F(WatchMachineTest, AnEmptyLastFragmentEndsTheRevision) {
    create();
    EXPECT_THAT(shown(machine.on_message(fragment({put("a", 10)}))), IsEmpty());
    EXPECT_THAT(shown(machine.on_message(events({}))), ElementsAre("10: a"));
}

TEST_F(WatchMachineTest, AStreamLostBetweenFragmentsGivesNoPartOfTheRevision) {
    create();
    machine.on_message(fragment({put("a", 10), put("a", 11)}));
    const auto action = machine.on_lost("reset");
    EXPECT_THAT(action.batches, IsEmpty());
    EXPECT_EQ(reason_of(action), "the watch on etcd was lost: reset");
    EXPECT_EQ(machine.position(), 10);
}

TEST_F(WatchMachineTest, PeriodicProgressIsABookmark) {
    create();
    EXPECT_THAT(shown(machine.on_message(message(15))), ElementsAre("15:"));
    EXPECT_THAT(shown(machine.on_message(message(15))), IsEmpty()) << "nothing new";
    EXPECT_THAT(shown(machine.on_message(events({put("a", 16)}))), ElementsAre("16: a"));
}

TEST_F(WatchMachineTest, ProgressBelowTheStartTellsNothing) {
    create(3);
    EXPECT_THAT(shown(machine.on_message(message(4))), IsEmpty());
    EXPECT_THAT(shown(machine.on_message(message(9))), IsEmpty());
    EXPECT_THAT(shown(machine.on_message(message(10))), ElementsAre("10:"));
}

TEST_F(WatchMachineTest, TheAnswerToAManualProgressRequestIsNoPosition) {
    create();
    auto manual = message(50);
    manual.watch_id = -1;
    const auto action = machine.on_message(manual);
    EXPECT_FALSE(action.failure);
    EXPECT_THAT(action.batches, IsEmpty());
    EXPECT_EQ(machine.position(), 9);
    EXPECT_THAT(shown(machine.on_message(events({put("a", 10)}))), ElementsAre("10: a"));
}

TEST_F(WatchMachineTest, ProgressThatGoesBackEndsIt) {
    create();
    machine.on_message(events({put("a", 20)}));
    EXPECT_EQ(reason_of(machine.on_message(message(19))), "etcd has gone back to an older revision");
}

TEST_F(WatchMachineTest, ACompactionCancelSaysWhereHistoryBegins) {
    create();
    auto cancel = message(0);
    cancel.canceled = true;
    cancel.compact_revision = 40;
    const auto action = machine.on_message(cancel);
    ASSERT_TRUE(action.failure);
    EXPECT_EQ(action.failure->code(), Errc::compacted);
    EXPECT_EQ(action.failure->number("oldest"), 40);
    EXPECT_EQ(machine.position(), 9) << "no revision is taken from a cancel";
}

TEST_F(WatchMachineTest, ACompactRevisionWithoutACancelIsOneToo) {
    create();
    auto cancel = message(0);
    cancel.compact_revision = 40;
    EXPECT_EQ(machine.on_message(cancel).failure->code(), Errc::compacted);
}

TEST_F(WatchMachineTest, ACancelWithoutAReasonEndsIt) {
    create();
    auto cancel = message(12);
    cancel.canceled = true;
    EXPECT_EQ(reason_of(machine.on_message(cancel)), "etcd ended the watch");
}

TEST_F(WatchMachineTest, ALostLeaderEndsIt) {
    create();
    EXPECT_EQ(reason_of(machine.on_lost("etcdserver: no leader")), "the watch on etcd was lost: etcdserver: no leader");
}

TEST_F(WatchMachineTest, ALostLeaderIsToldByACancelToo) {
    create();
    auto cancel = message(12);
    cancel.canceled = true;
    cancel.cancel_reason = "etcdserver: no leader";
    EXPECT_EQ(reason_of(machine.on_message(cancel)), "etcd ended the watch: etcdserver: no leader");
    EXPECT_FALSE(machine.refused());
}

TEST_F(WatchMachineTest, AServerThatGoesAwayEndsItAfterWhatItHasSent) {
    create();
    EXPECT_THAT(shown(machine.on_message(events({put("a", 10)}))), ElementsAre("10: a"));
    EXPECT_EQ(reason_of(machine.on_lost("Socket closed")), "the watch on etcd was lost: Socket closed");
    EXPECT_EQ(machine.position(), 10) << "the next watch resumes at 11";
}

TEST_F(WatchMachineTest, AStreamLostBeforeCreatedEndsIt) {
    EXPECT_EQ(reason_of(machine.on_lost("GOAWAY received")), "the watch on etcd was lost: GOAWAY received");
    EXPECT_FALSE(machine.created());
}

TEST_F(WatchMachineTest, PermissionTakenAwayLaterEndsIt) {
    create();
    auto cancel = message(12);
    cancel.canceled = true;
    cancel.cancel_reason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    EXPECT_TRUE(machine.on_message(cancel).failure);
    EXPECT_TRUE(machine.refused());
}

TEST_F(WatchMachineTest, ASlowStartIsNoFailure) {
    // `created` comes late, from a member that is still behind, and its events later still.
    create(3);
    EXPECT_FALSE(machine.on_message(message(5)).failure);
    EXPECT_THAT(shown(machine.on_message(events({put("a", 10)}))), ElementsAre("10: a"));
}

TEST_F(WatchMachineTest, CreatedMayComeWithEvents) {
    auto both = created(11);
    both.events = {put("a", 10), put("a", 11)};
    EXPECT_THAT(shown(machine.on_message(both)), ElementsAre("10: a", "11: a"));
    EXPECT_TRUE(machine.created());
}

TEST_F(WatchMachineTest, CreatedAndCompactedAtOnceIsCompacted) {
    auto refused = created(0);
    refused.canceled = true;
    refused.compact_revision = 40;
    EXPECT_EQ(machine.on_message(refused).failure->code(), Errc::compacted);
    EXPECT_FALSE(machine.created());
}

TEST(WatchMachineOfACluster, AnotherClusterIsRefusedFromTheStart) {
    WatchMachine machine(10, cluster + 1);
    EXPECT_EQ(reason_of(machine.on_message(created(9))), "another etcd cluster answers");
    WatchMachine right(10, cluster);
    EXPECT_FALSE(right.on_message(created(9)).failure);
}

TEST_F(WatchMachineTest, AnUnknownWatchIdEndsIt) {
    create();
    auto foreign = events({put("a", 10)});
    foreign.watch_id = 6;
    EXPECT_TRUE(machine.on_message(foreign).failure);
}

TEST_F(WatchMachineTest, AnotherClusterEndsIt) {
    create();
    auto foreign = events({put("a", 10)});
    foreign.cluster_id = 78;
    EXPECT_EQ(reason_of(machine.on_message(foreign)), "another etcd cluster answers");
}

TEST_F(WatchMachineTest, WhatWasGivenOutIsDroppedAndCounted) {
    create();
    machine.on_message(events({put("a", 10), put("a", 11)}));
    EXPECT_THAT(shown(machine.on_message(events({put("a", 10), put("a", 11), put("a", 12)}))), ElementsAre("12: a"));
    EXPECT_EQ(machine.duplicates(), 2U);
}

TEST_F(WatchMachineTest, ALowerRevisionInsideAMessageEndsIt) {
    create();
    EXPECT_EQ(reason_of(machine.on_message(events({put("a", 12), put("a", 11)}))), "etcd sends revisions out of order");
}

TEST_F(WatchMachineTest, AnEventWithoutAKeyOrARevisionEndsIt) {
    create();
    EXPECT_TRUE(machine.on_message(events({put("", 10)})).failure);
    WatchMachine other(10);
    other.on_message(created(9));
    EXPECT_TRUE(other.on_message(events({put("a", 0)})).failure);
}

TEST_F(WatchMachineTest, AfterTheEndNothingComes) {
    create();
    machine.on_lost("reset");
    const auto action = machine.on_message(events({put("a", 10)}));
    EXPECT_FALSE(action.failure);
    EXPECT_THAT(action.batches, IsEmpty());
    EXPECT_FALSE(machine.on_lost("again").failure);
}

}  // namespace
}  // namespace confcast::etcd
