// Writes that wait for each other, and an etcd that does not answer: each still has its own time and its own outcome.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "lying_fixture.hpp"

namespace confcast::test {
namespace {

using testing::Each;
using testing::SizeIs;

class TogetherLies : public LyingEtcdTest {
  protected:
    using Outcome = std::optional<Result<store::TransactionResult>>;

    static Awaitable<> write(TogetherLies& test, std::string key, Outcome& outcome) {
        store::Transaction transaction;
        transaction.puts.push_back({"/config/" + key, "v", 0});
        outcome = co_await test.store_->commit(std::move(transaction));
    }
    /// Started, in this order, before any of them is answered.
    void write(std::size_t count) {
        outcomes_.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            asio::co_spawn(io_, write(*this, "k" + std::to_string(i), outcomes_[i]),
                           asio::bind_cancellation_slot(stops_[i].slot(), [](const std::exception_ptr&) {}));
    }
    bool all_answered() {
        return until([this] { return std::ranges::all_of(outcomes_, &Outcome::has_value); });
    }
    std::size_t count_of(Errc error) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            outcomes_, [&](const Outcome& one) { return one && !*one && one->error() == error; }));
    }

    std::vector<Outcome> outcomes_;
    std::array<asio::cancellation_signal, 8> stops_;
};

TEST_F(TogetherLies, WritesThatWaitForOneGoInOne) {
    start();
    write(8);
    ASSERT_TRUE(all_answered());
    EXPECT_EQ(etcd_.calls(Method::txn), 2U);
    EXPECT_EQ(store_->stats().shared_writes, 7U);
    for (const Outcome& outcome : outcomes_) EXPECT_TRUE(outcome->has_value());
    EXPECT_TRUE(agrees());
}

TEST_F(TogetherLies, WhatHangsTogetherHasAnUnknownOutcomeEachAndIsNotSentAgain) {
    start();
    etcd_.hang(Method::txn);
    write(8);
    ASSERT_TRUE(all_answered());
    EXPECT_EQ(count_of(Errc::outcome_unknown), 8U);
    EXPECT_EQ(etcd_.calls(Method::txn), 2U);
    EXPECT_TRUE(agrees()) << "all have happened";
}

TEST_F(TogetherLies, AWriteDoesNotWaitForACallThatIsNotAnswered) {
    start();
    etcd_.hang(Method::txn);
    write(2);
    EXPECT_TRUE(until([this] { return etcd_.calls(Method::txn) == 2; })) << "the second is sent though the first hangs";
    EXPECT_FALSE(outcomes_[0].has_value()) << "it has its time";
    etcd_.hang(Method::txn, false);
    ASSERT_TRUE(all_answered());
    for (const Outcome& outcome : outcomes_) EXPECT_TRUE(outcome->has_value());
}

TEST_F(TogetherLies, WhatWaitsWhenTheStoreIsClosedIsNotSent) {
    options_.call_timeout = std::chrono::seconds{2};  // so that the second waits for long
    start();
    etcd_.hang(Method::txn);
    write(4);
    ASSERT_TRUE(until([this] { return etcd_.calls(Method::txn) == 1; }));
    etcd_.hang(Method::txn, false);
    run(io_, store_->close());
    ASSERT_TRUE(all_answered());
    EXPECT_EQ(count_of(Errc::shutting_down), 3U);
    EXPECT_EQ(etcd_.calls(Method::txn), 1U);
}

TEST_F(TogetherLies, AWriteThatIsCancelledLeavesTheOthersAlone) {
    start();
    etcd_.hang(Method::txn);
    write(4);
    ASSERT_TRUE(until([this] { return etcd_.calls(Method::txn) == 2; }));
    stops_[2].emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(until([this] { return outcomes_[2].has_value(); }));
    EXPECT_EQ(outcomes_[2]->error(), Errc::outcome_unknown);
    EXPECT_FALSE(outcomes_[1].has_value());
    etcd_.hang(Method::txn, false);
    ASSERT_TRUE(all_answered());
    EXPECT_TRUE(outcomes_[1]->has_value());
    EXPECT_TRUE(outcomes_[3]->has_value());
}

TEST_F(TogetherLies, ACallThatNobodyWaitsForIsGivenUp) {
    options_.call_timeout = std::chrono::seconds{30};
    start();
    etcd_.hang(Method::txn);
    write(4);
    ASSERT_TRUE(until([this] { return etcd_.calls(Method::txn) == 2; }));
    for (asio::cancellation_signal& stop : stops_) stop.emit(asio::cancellation_type::terminal);
    EXPECT_TRUE(until([this] { return std::ranges::all_of(outcomes_, &Outcome::has_value); }));
    EXPECT_TRUE(agrees());
    // the end of the test closes the store, which waits for what is under way
}

}  // namespace
}  // namespace confcast::test
