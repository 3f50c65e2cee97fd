#include "waiters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "confcast/test/run.hpp"

namespace confcast::feed {
namespace {

using confcast::test::settle;
using testing::ElementsAre;
using testing::IsEmpty;

Awaitable<> note(Waiters& waiters, Revision revision, SteadyTime deadline, std::vector<std::string>& notes) {
    const bool reached = co_await waiters.wait(revision, deadline);
    notes.push_back(std::to_string(revision) + (reached ? " reached" : " late"));
}

class Waiting : public testing::Test {
  protected:
    void wait(Revision revision, std::chrono::milliseconds patience = std::chrono::minutes{1}) {
        asio::co_spawn(io_, note(waiters_, revision, clock_.now() + patience, notes_), asio::detached);
        settle(io_);
    }
    /// Real time until the sweep has come by.
    void sweep() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        const std::size_t before = notes_.size();
        io_.restart();
        while (notes_.size() == before && std::chrono::steady_clock::now() < end) io_.run_one_until(end);
        settle(io_);
    }

    asio::io_context io_{1};
    ManualClock clock_;
    std::vector<std::string> notes_;
    Waiters waiters_{io_.get_executor(), clock_};
};

TEST_F(Waiting, EndsWhenTheRevisionIsReached) {
    wait(5);
    wait(7);
    wait(5);
    waiters_.reached(4);
    settle(io_);
    EXPECT_THAT(notes_, IsEmpty());
    waiters_.reached(6);
    settle(io_);
    EXPECT_THAT(notes_, ElementsAre("5 reached", "5 reached"));
    EXPECT_EQ(waiters_.size(), 1U);
}

TEST_F(Waiting, CompletesThroughTheLoopNeverInsideTheCall) {
    wait(5);
    waiters_.reached(5);
    EXPECT_THAT(notes_, IsEmpty());
    settle(io_);
    EXPECT_THAT(notes_, ElementsAre("5 reached"));
}

TEST_F(Waiting, EndsAtItsDeadlineAndNotBefore) {
    wait(5, std::chrono::milliseconds{100});
    wait(6, std::chrono::milliseconds{200});
    clock_.advance(std::chrono::milliseconds{100});
    sweep();
    EXPECT_THAT(notes_, ElementsAre("5 late"));
    clock_.advance(std::chrono::milliseconds{100});
    sweep();
    EXPECT_THAT(notes_, ElementsAre("5 late", "6 late"));
}

TEST_F(Waiting, KeepsNoTimerWhenNobodyWaits) {
    wait(5);
    waiters_.reached(5);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    io_.restart();
    while (io_.run_one_until(end) > 0) {
    }
    EXPECT_LT(std::chrono::steady_clock::now(), end) << "the loop runs empty";
}

TEST_F(Waiting, EndsWhenItIsCancelled) {
    asio::cancellation_signal stop;
    bool ended = false;
    asio::co_spawn(io_, note(waiters_, 5, clock_.now() + std::chrono::minutes{1}, notes_),
                   asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr&) { ended = true; }));
    settle(io_);
    stop.emit(asio::cancellation_type::terminal);
    stop.emit(asio::cancellation_type::terminal);
    settle(io_);
    EXPECT_TRUE(ended);
    EXPECT_EQ(waiters_.size(), 0U);
    waiters_.reached(9);
    settle(io_);
    EXPECT_THAT(notes_, ElementsAre("5 late"));
}

TEST_F(Waiting, ByTheThousandCostsOneTimer) {
    for (int i = 0; i < 2'000; ++i) wait(5 + i % 10);
    EXPECT_EQ(waiters_.size(), 2'000U);
    waiters_.reached(20);
    settle(io_);
    EXPECT_EQ(notes_.size(), 2'000U);
}

TEST(Waiters, MayEndWhileTheSweepIsUnderWay) {
    asio::io_context io{1};
    ManualClock clock;
    std::vector<std::string> notes;
    {
        Waiters waiters(io.get_executor(), clock);
        asio::co_spawn(io, note(waiters, 5, clock.now(), notes), asio::detached);
        io.poll();
    }
    io.restart();
    io.run();
    EXPECT_THAT(notes, IsEmpty());
}

}  // namespace
}  // namespace confcast::feed
