// Where a watch may start so that it is soon done with the past.
#include "live_test.hpp"

namespace confcast::etcd {
namespace {

class Replay : public LiveTest {
  public:
    void SetUp() override {
        LiveTest::SetUp();
        if (IsSkipped()) return;
        etcd_.emplace();
        EtcdOptions options = options_for({etcd_->endpoint()});
        options.replayed_revisions = 20;
        options.replayed_keys = 5;
        open(std::move(options));
        wait_until_it_answers();
    }
    void TearDown() override {
        LiveTest::TearDown();
        etcd_.reset();
    }
    store::Revision start(store::Revision wanted) {
        return run(db().soon_replayed({"/config.", "/config0"}, wanted)).value();
    }

  private:
    std::optional<test::EtcdProcess> etcd_;
};

TEST_F(Replay, FewChangesAreReplayedAsWanted) {
    const store::Revision before = put("/config/a", "1");
    put("/config/b", "1");
    EXPECT_EQ(start(before), before);
    EXPECT_EQ(start(before - 1), before - 1);
}

TEST_F(Replay, ManyChangedKeysMoveTheStartToTheLatestOfThem) {
    store::Revision last = 0;
    for (int i = 0; i < 12; ++i) last = put("/config/key" + std::to_string(i), "x");
    // The five latest are at last-4 .. last: to start after the first of these is to hear of four keys.
    EXPECT_EQ(start(1), last - 4);
    EXPECT_EQ(start(last - 1), last - 1);
}

TEST_F(Replay, OneKeyThatChangesAllTheTimeIsBoundedByRevisions) {
    store::Revision last = 0;
    for (int i = 0; i < 50; ++i) last = put("/config/a", std::to_string(i));
    EXPECT_EQ(start(1), last - 20);
}

TEST_F(Replay, OneTransactionOfManyKeysStartsBehindItself) {
    store::Transaction transaction;
    for (int i = 0; i < 12; ++i) transaction.puts.push_back({"/config/key" + std::to_string(i), "x", 0});
    const store::Revision made = run(db().commit(std::move(transaction))).value().revision;
    EXPECT_EQ(start(1), made);
}

TEST_F(Replay, NeverStartsBeyondWhatThereIs) {
    const store::Revision last = put("/config/a", "1");
    EXPECT_EQ(start(last + 100), last);
}

TEST_F(Replay, KeysOfOthersDoNotCount) {
    const store::Revision before = put("/config/a", "1");
    for (int i = 0; i < 12; ++i) put("/other/key" + std::to_string(i), "x");
    EXPECT_EQ(start(before), before);
}

}  // namespace
}  // namespace confcast::etcd
