#include "confcast/base/task_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/post.hpp>

#include <stdexcept>

#include "confcast/test/recording_log.hpp"
#include "confcast/test/run.hpp"

namespace confcast {
namespace {

using std::chrono::steady_clock;
using test::settle;

Awaitable<> wait_for_ever(Notifier& never) {
    while (true) co_await never.wait();
}
Awaitable<> end_at_once() { co_return; }
Awaitable<> end_when_told(Notifier& told) { co_await told.wait(); }
Awaitable<> fail() {
    throw std::runtime_error("it broke");
    co_return;
}
Awaitable<> fail_strangely() {
    throw 7;
    co_return;
}
Awaitable<> turn_for_ever(Executor executor) {
    while (true) co_await asio::post(executor, use_awaitable);
}
Awaitable<> spawn_another(TaskGroup& group, int more) {
    if (more > 0) group.spawn("more", spawn_another(group, more - 1));
    co_return;
}

class ATaskGroup : public testing::Test {
  protected:
    bool join(std::chrono::milliseconds patience = std::chrono::seconds{10}) {
        return test::run(io_, group_.join(steady_clock::now() + patience));
    }

    asio::io_context io_{1};
    test::RecordingLog log_;
    Notifier never_{io_.get_executor()};
    TaskGroup group_{io_.get_executor(), log_};
};

TEST_F(ATaskGroup, IsJoinedAtOnceWhenItIsEmpty) { EXPECT_TRUE(join(std::chrono::milliseconds{0})); }

TEST_F(ATaskGroup, ForgetsAChildThatHasEnded) {
    group_.spawn("short", end_at_once());
    settle(io_);
    EXPECT_EQ(group_.size(), 0U);
    EXPECT_EQ(group_.failures(), 0U);
    EXPECT_TRUE(log_.lines().empty());
}

TEST_F(ATaskGroup, EndsItsChildrenWhenItIsCancelled) {
    for (int i = 0; i < 10; ++i) group_.spawn("long", wait_for_ever(never_));
    group_.spawn("busy", turn_for_ever(io_.get_executor()));
    for (int i = 0; i < 50; ++i) io_.poll_one();
    EXPECT_EQ(group_.size(), 11U);
    group_.cancel();
    EXPECT_TRUE(join());
    EXPECT_EQ(group_.size(), 0U);
    EXPECT_EQ(group_.failures(), 0U) << "being cancelled is no failure";
}

TEST_F(ATaskGroup, EndsAChildThatWasCancelledBeforeItsFirstStep) {
    group_.spawn("long", wait_for_ever(never_));
    group_.cancel();
    EXPECT_TRUE(join());
}

TEST_F(ATaskGroup, MayBeCancelledTwice) {
    group_.spawn("long", wait_for_ever(never_));
    settle(io_);
    group_.cancel();
    group_.cancel();
    EXPECT_TRUE(join());
    group_.cancel();
}

TEST_F(ATaskGroup, LogsAndCountsWhatAChildThrows) {
    group_.spawn("fragile", fail());
    group_.spawn("strange", fail_strangely());
    group_.spawn("sound", wait_for_ever(never_));
    settle(io_);
    EXPECT_EQ(group_.failures(), 2U);
    EXPECT_EQ(group_.size(), 1U) << "the others go on";
    EXPECT_TRUE(log_.contains("task=fragile error=\"it broke\""));
    EXPECT_TRUE(log_.contains("task=strange"));
    group_.cancel();
    EXPECT_TRUE(join());
}

TEST_F(ATaskGroup, GivesUpJoiningAtTheDeadline) {
    group_.spawn("long", wait_for_ever(never_));
    EXPECT_FALSE(join(std::chrono::milliseconds{1}));
    EXPECT_EQ(group_.size(), 1U);
    group_.cancel();
    EXPECT_TRUE(join());
}

Awaitable<> tell_then_join(TaskGroup& group, Notifier& told, bool& joined) {
    told.notify_all();  // the child ends in the loop's next turn, just as this one begins to wait
    joined = co_await group.join(steady_clock::now() + std::chrono::seconds{10});
}

TEST_F(ATaskGroup, IsJoinedAsSoonAsTheLastChildEnds) {
    Notifier told(io_.get_executor());
    group_.spawn("child", end_when_told(told));
    settle(io_);
    bool joined = false;
    const auto began = steady_clock::now();
    test::run(io_, tell_then_join(group_, told, joined));
    EXPECT_TRUE(joined);
    EXPECT_LT(steady_clock::now() - began, std::chrono::seconds{5});
}

TEST_F(ATaskGroup, WaitsForChildrenOfChildrenToo) {
    group_.spawn("first", spawn_another(group_, 5));
    EXPECT_TRUE(join());
    EXPECT_EQ(group_.size(), 0U);
}

}  // namespace
}  // namespace confcast
