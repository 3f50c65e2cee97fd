#include "confcast/base/notifier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "confcast/test/run.hpp"

namespace confcast {
namespace {

using std::chrono::steady_clock;
using test::settle;
using testing::ElementsAre;
using testing::IsEmpty;

Awaitable<> note_wait(Notifier& notifier, std::vector<std::string>& notes) {
    co_await notifier.wait();
    notes.emplace_back("woken");
}
Awaitable<> note_wait_until(Notifier& notifier, SteadyTime deadline, std::vector<std::string>& notes) {
    const bool woken = co_await notifier.wait_until(deadline);
    notes.emplace_back(woken ? "woken" : "late");
}

class ANotifier : public testing::Test {
  protected:
    void wait() { asio::co_spawn(io_, note_wait(notifier_, notes_), asio::detached); }
    void wait_until(SteadyTime deadline) {
        asio::co_spawn(io_, note_wait_until(notifier_, deadline, notes_), asio::detached);
    }

    asio::io_context io_{1};
    Notifier notifier_{io_.get_executor()};
    std::vector<std::string> notes_;
};

TEST_F(ANotifier, WakesAllWhoWait) {
    wait();
    wait();
    wait_until(steady_clock::now() + std::chrono::hours{1});
    settle(io_);
    EXPECT_THAT(notes_, IsEmpty());
    notifier_.notify_all();
    EXPECT_THAT(notes_, IsEmpty()) << "through the loop, not inside the call";
    settle(io_);
    EXPECT_THAT(notes_, ElementsAre("woken", "woken", "woken"));
}

TEST_F(ANotifier, DoesNotWakeWhoWaitsLater) {
    notifier_.notify_all();
    wait();
    wait_until(steady_clock::now() + std::chrono::hours{1});
    settle(io_);
    EXPECT_THAT(notes_, IsEmpty());
    notifier_.notify_all();
    settle(io_);
    EXPECT_EQ(notes_.size(), 2U);
}

TEST_F(ANotifier, WakesAgainAndAgain) {
    for (std::size_t i = 1; i <= 3; ++i) {
        wait();
        settle(io_);
        notifier_.notify_all();
        settle(io_);
        EXPECT_EQ(notes_.size(), i);
    }
}

TEST_F(ANotifier, SaysWhenTheDeadlineCameFirst) {
    EXPECT_FALSE(test::run(io_, notifier_.wait_until(steady_clock::now())));
    EXPECT_FALSE(test::run(io_, notifier_.wait_until(steady_clock::now() + std::chrono::milliseconds{1})));
}

Awaitable<> begin_and_notify(asio::io_context& io, Notifier& notifier, std::vector<std::string>& notes) {
    asio::co_spawn(io, note_wait_until(notifier, steady_clock::now() + std::chrono::hours{1}, notes), asio::detached);
    notifier.notify_all();
    co_return;
}

// Who has called wait_until() waits from then on: nothing that happens before the loop's next turn is missed.
TEST_F(ANotifier, MissesNothingAfterTheWaitHasBegun) {
    asio::co_spawn(io_, begin_and_notify(io_, notifier_, notes_), asio::detached);
    settle(io_);
    EXPECT_THAT(notes_, ElementsAre("woken"));
}

TEST_F(ANotifier, LeavesNoTimerBehind) {
    wait_until(steady_clock::now() + std::chrono::hours{1});
    settle(io_);
    notifier_.notify_all();
    settle(io_);
    EXPECT_TRUE(io_.stopped()) << "no more work";
}

TEST_F(ANotifier, EndsAWaitThatIsCancelled) {
    for (const bool with_deadline : {false, true}) {
        asio::cancellation_signal stop;
        bool ended = false;
        auto waiting = with_deadline ? note_wait_until(notifier_, steady_clock::now() + std::chrono::hours{1}, notes_)
                                     : note_wait(notifier_, notes_);
        asio::co_spawn(io_, std::move(waiting),
                       asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr&) { ended = true; }));
        settle(io_);
        EXPECT_FALSE(ended);
        stop.emit(asio::cancellation_type::terminal);
        settle(io_);
        EXPECT_TRUE(ended) << with_deadline;
    }
}

TEST_F(ANotifier, CancellingOneWaitLeavesTheOthers) {
    asio::cancellation_signal stop;
    asio::co_spawn(io_, note_wait(notifier_, notes_), asio::bind_cancellation_slot(stop.slot(), asio::detached));
    wait();
    settle(io_);
    stop.emit(asio::cancellation_type::terminal);
    settle(io_);
    EXPECT_EQ(notes_.size(), 1U);
    notifier_.notify_all();
    settle(io_);
    EXPECT_EQ(notes_.size(), 2U);
}

}  // namespace
}  // namespace confcast
