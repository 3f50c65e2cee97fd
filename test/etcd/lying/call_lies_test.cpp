// Lies and silence in answer to calls, and stores that are not what they were (rules 1, 2, 7, 8).
#include "lying_fixture.hpp"

namespace confcast::test {
namespace {

using testing::ElementsAre;

class CallLies : public LyingEtcdTest {
  protected:
    void SetUp() override {
        for (int i = 0; i < 10; ++i) put("k" + std::to_string(i), "1");
    }
    Result<store::RangeResult> read(Revision at = 0) {
        return run(io_, store_->range({layout_.watched(), at, 0, false}));
    }
    Result<store::TransactionResult> write(const std::string& key) {
        store::Transaction transaction;
        transaction.puts.push_back({"/config/" + key, "v", 0});
        return run(io_, store_->commit(transaction));
    }
};

TEST_F(CallLies, AReadThatHangsFailsInTime) {
    start();
    etcd_.hang(Method::range);
    const auto answer = read();
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error() == Errc::store_unavailable || answer.error() == Errc::store_timeout)
        << answer.error().to_string();
    etcd_.hang(Method::range, false);
    EXPECT_TRUE(until([this] { return read().has_value(); }));
}

TEST_F(CallLies, AWriteThatHangsHasAnUnknownOutcomeAndIsSeen) {
    start();
    etcd_.hang(Method::txn);
    const auto answer = write("k1");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), Errc::outcome_unknown) << "it has happened: a failure would be a lie";
    EXPECT_EQ(etcd_.calls(Method::txn), 1U) << "never sent again";
    EXPECT_TRUE(agrees());
    EXPECT_EQ(subscriber_->state.at("k1"), "v");
}

TEST_F(CallLies, AWatchThatIsNotConfirmedIsOpenedAgain) {
    etcd_.on_next_create([](pb::WatchResponse) { return std::vector<pb::WatchResponse>{}; });
    start();
    put("k1", "2");
    EXPECT_TRUE(agrees());
}

TEST_F(CallLies, AWatchThatIsCreatedAndCancelledAtOnceIsOpenedAgain) {
    etcd_.on_next_create([](pb::WatchResponse honest) {
        honest.set_canceled(true);
        honest.set_cancel_reason("etcdserver: permission denied");
        return std::vector{honest};
    });
    start();
    put("k1", "2");
    EXPECT_TRUE(agrees());
}

TEST_F(CallLies, AWatchThatSpeaksBeforeItIsCreatedIsNotBelieved) {
    const auto early = etcd_.message_of(2);
    etcd_.on_next_create([early](pb::WatchResponse honest) {
        pb::WatchResponse message = early;
        *message.mutable_header() = honest.header();
        message.mutable_events(0)->mutable_kv()->set_mod_revision(12);
        return std::vector{message, honest};
    });
    start();
    put("k1", "2");
    EXPECT_TRUE(agrees());
    EXPECT_THAT(subscriber_->events, testing::Contains("12 k1=2"));
}

TEST_F(CallLies, AMemberThatIsBehindIsNotBelieved) {
    start();
    ASSERT_TRUE(agrees());
    const Revision seen = etcd_.revision();
    ASSERT_TRUE(read());
    etcd_.lag_at(4);
    const auto behind = read();
    ASSERT_FALSE(behind) << "revision " << behind->revision << " was answered after " << seen;
    EXPECT_EQ(behind.error(), Errc::store_unavailable);
    etcd_.lag_at(0);
    EXPECT_TRUE(read());
    EXPECT_EQ(feed_->stats().epoch_changes, 0U);
}

TEST_F(CallLies, AMemberThatCatchesUpInTimeIsWaitedFor) {
    options_.patience = std::chrono::seconds{5};
    start();
    ASSERT_TRUE(read());
    etcd_.lag_at(4);
    const auto before = etcd_.calls(Method::range);
    std::optional<Result<store::RangeResult>> answer;
    asio::co_spawn(io_, store_->range({layout_.watched(), 0, 0, false}),
                   [&](std::exception_ptr, Result<store::RangeResult> result) { answer.emplace(std::move(result)); });
    ASSERT_TRUE(until([&] { return etcd_.calls(Method::range) > before + 1; }));
    etcd_.lag_at(0);
    ASSERT_TRUE(until([&] { return answer.has_value(); }));
    EXPECT_TRUE(answer->has_value());
}

TEST_F(CallLies, ARebuiltClusterIsAnotherEpoch) {
    start();
    ASSERT_TRUE(agrees());
    const feed::Epoch before = feed_->position().epoch;
    History fresh;
    fresh.write({{"/config/new", "1"}});
    etcd_.replace(0xbeef, fresh);
    etcd_.break_watches({grpc::StatusCode::UNAVAILABLE, "gone"});
    ASSERT_TRUE(agrees());
    EXPECT_EQ(feed_->stats().epoch_changes, 1U);
    EXPECT_NE(feed_->position().epoch, before);
    EXPECT_EQ(feed_->position().epoch.id, 0xbeefU);
    EXPECT_THAT(subscriber_->state, ElementsAre(std::pair<const std::string, std::string>("new", "1")));
}

// The old watch is accepted and waits for ever, because it starts above the revision that the store has now.
TEST_F(CallLies, AStoreThatWentBackIsNoticedThoughItsWatchIsSilent) {
    feed_options_.anti_entropy = std::chrono::milliseconds{20};
    start();
    ASSERT_TRUE(agrees());
    const auto anew = subscriber_->anew;
    History older;
    older.write({{"/config/k1", "restored"}});
    etcd_.replace(0xe7cd, older);
    ASSERT_TRUE(agrees());
    EXPECT_GT(subscriber_->anew, anew);
    put("k1", "after");
    ASSERT_TRUE(agrees());
}

TEST_F(CallLies, AStoreThatWentBackWhileTheWatchWasDownIsNoticed) {
    start();
    ASSERT_TRUE(agrees());
    const auto anew = subscriber_->anew;
    History older;
    older.write({{"/config/k1", "restored"}});
    etcd_.replace(0xe7cd, older);
    etcd_.break_watches({grpc::StatusCode::UNAVAILABLE, "gone"});
    ASSERT_TRUE(agrees());
    EXPECT_GT(subscriber_->anew, anew);
}

TEST_F(CallLies, AListThatIsCompactedBetweenPagesIsStartedOver) {
    feed_options_.list_page = 2;
    feed_options_.journal.max_changes = 3;
    for (int i = 0; i < 200; ++i) put("many/" + std::to_string(i), "1");
    etcd_.compact(etcd_.revision() - 1);
    start();
    EXPECT_TRUE(agrees());
}

TEST_F(CallLies, NothingIsWatchedFromRevisionZero) {
    start();
    ASSERT_TRUE(agrees());
    for (const Revision start : {Revision{0}, Revision{-1}}) {
        const auto stream = run(io_, store_->watch({layout_.watched(), start}));
        EXPECT_FALSE(stream) << start;
    }
}

}  // namespace
}  // namespace confcast::test
