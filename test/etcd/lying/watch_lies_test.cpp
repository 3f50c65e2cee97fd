// Lies on a watch (reliability: "The watch adapter", rules 2 to 6): whatever etcd says, subscribers are told every
// change once, in order, and come to what it holds.
#include "lying_fixture.hpp"

namespace confcast::test {
namespace {

using testing::ElementsAre;

class WatchLies : public LyingEtcdTest {
  protected:
    void SetUp() override {
        put("a", "1");
        put("b", "1");
        start();
        ASSERT_TRUE(agrees());
        subscriber_->events.clear();
    }
    /// Something is told after the lie and arrives: the lie has been read.
    void write_and_agree() {
        put("later", "1");
        ASSERT_TRUE(agrees());
    }
};

TEST_F(WatchLies, AnHonestOneFirst) {
    put("a", "2");
    remove("b");
    etcd_.write({{"/config/c", "1"}, {"/config/d", "1"}, {"/elsewhere", "x"}});
    ASSERT_TRUE(agrees());
    EXPECT_THAT(subscriber_->events, ElementsAre("4 a=2", "5 -b", "6 c=1", "6 d=1"));
    EXPECT_EQ(feed_->stats().watch_restarts, 0U);
    EXPECT_EQ(feed_->stats().relists, 0U);
}

TEST_F(WatchLies, WhatIsSaidTwiceIsToldOnce) {
    const Revision revision = put("a", "2");
    ASSERT_TRUE(agrees());
    etcd_.say(etcd_.message_of(revision));
    etcd_.say(etcd_.message_of(revision));
    write_and_agree();
    EXPECT_THAT(subscriber_->events, ElementsAre("4 a=2", "5 later=1"));
    EXPECT_EQ(store_->stats().watch_duplicates, 2U);
    EXPECT_EQ(feed_->stats().watch_restarts, 0U);
}

TEST_F(WatchLies, TheDistantPastSaidAgainIsNotTold) {
    put("a", "2");
    put("a", "3");
    ASSERT_TRUE(agrees());
    etcd_.say(etcd_.message_of(2));
    write_and_agree();
    EXPECT_THAT(subscriber_->events, ElementsAre("4 a=2", "5 a=3", "6 later=1"));
}

TEST_F(WatchLies, RevisionsOutOfOrderInOneMessage) {
    etcd_.lose_events(true);
    const Revision first = put("a", "2");
    const Revision second = put("b", "2");
    etcd_.lose_events(false);
    pb::WatchResponse message = etcd_.message_of(second);
    *message.add_events() = etcd_.message_of(first).events(0);
    etcd_.say(message);
    ASSERT_TRUE(agrees());
    EXPECT_GE(feed_->stats().relists, 1U);
}

TEST_F(WatchLies, RevisionsOutOfOrderInTwoMessages) {
    feed_options_.anti_entropy = std::chrono::milliseconds{20};
    etcd_.lose_events(true);
    const Revision first = put("a", "2");
    const Revision second = put("b", "2");
    etcd_.lose_events(false);
    etcd_.say(etcd_.message_of(second));
    etcd_.say(etcd_.message_of(first));
    write_and_agree();
}

TEST_F(WatchLies, AnEventWithoutAKey) {
    pb::WatchResponse message;
    message.add_events()->mutable_kv()->set_mod_revision(9);
    etcd_.say(message);
    ASSERT_TRUE(until([this] { return feed_->stats().relists == 1; }));
    write_and_agree();
    EXPECT_THAT(subscriber_->events, ElementsAre("4 later=1"));
}

TEST_F(WatchLies, AnEventWithoutARevision) {
    pb::WatchResponse message;
    message.add_events()->mutable_kv()->set_key("/config/a");
    etcd_.say(message);
    ASSERT_TRUE(until([this] { return feed_->stats().relists == 1; }));
    write_and_agree();
    EXPECT_THAT(subscriber_->events, ElementsAre("4 later=1"));
}

TEST_F(WatchLies, AWatchThatNobodyAskedFor) {
    const Revision revision = put("a", "2");
    ASSERT_TRUE(agrees());
    pb::WatchResponse message = etcd_.message_of(revision);
    message.mutable_events(0)->mutable_kv()->set_value("of another watch");
    message.mutable_events(0)->mutable_kv()->set_mod_revision(revision + 1);
    message.set_watch_id(99);
    etcd_.say(message);
    ASSERT_TRUE(until([this] { return feed_->stats().relists == 1; }));
    write_and_agree();
    EXPECT_THAT(subscriber_->events, ElementsAre("4 a=2", "5 later=1"));
}

TEST_F(WatchLies, AnotherClusterOnTheSameStream) {
    pb::WatchResponse message = etcd_.message_of(2);
    message.mutable_header()->set_cluster_id(0xbad);
    message.mutable_events(0)->mutable_kv()->set_mod_revision(50);
    etcd_.say(message);
    ASSERT_TRUE(until([this] { return feed_->stats().relists == 1; }));
    write_and_agree();
    EXPECT_THAT(subscriber_->events, ElementsAre("4 later=1"));
    EXPECT_EQ(feed_->stats().epoch_changes, 0U) << "the cluster that answers reads is the same";
}

// etcd 3.4's answer to a manual progress request can overtake events.
TEST_F(WatchLies, AManualProgressAnswerAheadOfEvents) {
    pb::WatchResponse progress;
    progress.set_watch_id(-1);
    progress.mutable_header()->set_revision(5);
    etcd_.say(progress);
    put("a", "2");
    put("a", "3");
    ASSERT_TRUE(agrees());
    EXPECT_THAT(subscriber_->events, ElementsAre("4 a=2", "5 a=3")) << "else both were below the position";
}

TEST_F(WatchLies, APeriodicProgressIsAPosition) {
    etcd_.put("/elsewhere", "x");
    pb::WatchResponse progress;
    etcd_.say(progress);
    ASSERT_TRUE(until([this] { return feed_->position().revision == 4; }));
}

TEST_F(WatchLies, AProgressThatGoesBack) {
    put("a", "2");
    ASSERT_TRUE(agrees());
    pb::WatchResponse progress;
    progress.mutable_header()->set_revision(2);
    etcd_.say(progress);
    ASSERT_TRUE(until([this] { return feed_->stats().relists == 1; }));
    write_and_agree();
}

class Cancels : public WatchLies, public testing::WithParamInterface<int> {};

TEST_P(Cancels, AreObeyedWhateverTheyLookLike) {
    pb::WatchResponse cancel;
    cancel.set_canceled(true);
    switch (GetParam()) {
        case 0:
            break;
        case 1:
            cancel.set_cancel_reason("etcdserver: no leader");
            break;
        case 2:
            cancel.set_watch_id(-1);
            break;
        case 3:
            cancel.set_canceled(false);
            cancel.set_compact_revision(1);
            break;
        default:
            cancel.set_compact_revision(1);
    }
    // Meanwhile something happens that this watch never says.
    etcd_.lose_events(true);
    put("a", "2");
    remove("b");
    etcd_.lose_events(false);
    etcd_.compact(etcd_.revision());
    etcd_.say(cancel);
    ASSERT_TRUE(agrees());
    EXPECT_GE(feed_->stats().watch_restarts, 1U);
    write_and_agree();
}

INSTANTIATE_TEST_SUITE_P(Variants, Cancels, testing::Range(0, 5));

// etcd 3.4 accepts a watch that starts right at the compaction revision, and has forgotten a delete there.
TEST_F(WatchLies, ADeleteLostAtTheCompactionRevision) {
    etcd_.lose_events(true);
    const Revision gone = remove("b");
    etcd_.lose_events(false);
    etcd_.on_next_create([&](pb::WatchResponse honest) {
        etcd_.compact(gone);  // after the feed has asked how far back it may go
        return std::vector{honest};
    });
    etcd_.break_watches({grpc::StatusCode::UNAVAILABLE, "cut"});
    ASSERT_TRUE(agrees());
    EXPECT_THAT(subscriber_->events, ElementsAre("4 -b"));
}

// Anti-entropy

class SilentLoss : public WatchLies {
  protected:
    void SetUp() override {
        feed_options_.anti_entropy = std::chrono::milliseconds{20};
        WatchLies::SetUp();
        etcd_.lose_events(true);
    }
};

TEST_F(SilentLoss, OfAPutIsMended) {
    put("a", "lost");
    ASSERT_TRUE(agrees());
    EXPECT_GE(feed_->stats().repairs, 1U);
}

TEST_F(SilentLoss, OfADeleteIsMended) {
    remove("b");
    ASSERT_TRUE(agrees());
    EXPECT_GE(feed_->stats().repairs, 1U);
}

TEST_F(SilentLoss, BeforeEventsThatArriveIsMended) {
    put("a", "lost");
    etcd_.lose_events(false);
    put("b", "2");
    ASSERT_TRUE(agrees());
    EXPECT_GE(feed_->stats().repairs, 1U);
}

}  // namespace
}  // namespace confcast::test
