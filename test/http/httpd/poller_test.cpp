// The poller alone: what it tells, to whom, and to whom no more.
#include "poller.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string_view>

namespace confcast::http {
namespace {

struct Peer final : Poller::Client {
    Peer() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0); }
    ~Peer() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    void say(std::string_view text) const {
        EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void on_ready(bool ended) override {
        told_of_end |= ended;
        ++told;
        if (then) then();
    }

    int ends[2]{};
    int told = 0;
    bool told_of_end = false;
    std::function<void()> then;
};

struct PollerTest : ::testing::Test {
    void turn() {
        io.restart();
        io.poll();
    }
    asio::io_context io{1};
    std::shared_ptr<Poller> poller = std::make_shared<Poller>(io.get_executor());
    Peer a, b;
};

TEST_F(PollerTest, TellsOfEachArrivalOnce) {
    ASSERT_TRUE(poller->add(a.ends[0], a));
    ASSERT_TRUE(poller->add(b.ends[0], b));
    turn();
    EXPECT_EQ(a.told, 0);
    a.say("1");
    turn();
    turn();
    EXPECT_EQ(a.told, 1) << "though nobody has read it";
    a.say("2");
    turn();
    EXPECT_EQ(a.told, 2);
    EXPECT_EQ(b.told, 0);
    poller->remove(a.ends[0], a);
    poller->remove(b.ends[0], b);
}

TEST_F(PollerTest, TellsOfWhatIsThereAlready) {
    a.say("early");
    ASSERT_TRUE(poller->add(a.ends[0], a));
    turn();
    EXPECT_EQ(a.told, 1);
    poller->remove(a.ends[0], a);
}

TEST_F(PollerTest, TellsOfTheEnd) {
    ASSERT_TRUE(poller->add(a.ends[0], a));
    turn();
    ::shutdown(a.ends[1], SHUT_WR);
    turn();
    EXPECT_EQ(a.told, 1);
    EXPECT_TRUE(a.told_of_end);
    poller->remove(a.ends[0], a);
}

TEST_F(PollerTest, TellsOfTheEndBehindWhatThereIsToRead) {
    ASSERT_TRUE(poller->add(a.ends[0], a));
    turn();
    a.say("x");
    turn();
    EXPECT_FALSE(a.told_of_end);
    b.say("x");
    ::shutdown(b.ends[1], SHUT_WR);
    ASSERT_TRUE(poller->add(b.ends[0], b));
    turn();
    EXPECT_TRUE(b.told_of_end);
    poller->remove(a.ends[0], a);
    poller->remove(b.ends[0], b);
}

TEST_F(PollerTest, WhoIsRemovedMeanwhileIsToldNothing) {
    ASSERT_TRUE(poller->add(a.ends[0], a));
    ASSERT_TRUE(poller->add(b.ends[0], b));
    turn();
    a.then = [this] { poller->remove(b.ends[0], b); };
    b.then = [this] { poller->remove(a.ends[0], a); };
    a.say("1");
    b.say("1");
    turn();
    EXPECT_EQ(a.told + b.told, 1);
    EXPECT_EQ(poller->size(), 1U);
    if (a.told == 1)
        poller->remove(a.ends[0], a);
    else
        poller->remove(b.ends[0], b);
}

TEST_F(PollerTest, SoonIsTheNextTurnAndNotThisOne) {
    ASSERT_TRUE(poller->add(a.ends[0], a));
    int together = 0;
    a.then = [&] {
        if (++together < 3) poller->soon(a);
    };
    poller->soon(a);
    EXPECT_EQ(a.told, 0);
    io.restart();
    io.run_one();
    EXPECT_EQ(a.told, 1);
    turn();
    EXPECT_EQ(a.told, 3);
    poller->soon(a);
    poller->remove(a.ends[0], a);
    turn();
    EXPECT_EQ(a.told, 3);
}

TEST_F(PollerTest, TheLoopRunsEmptyWithoutClients) {
    ASSERT_TRUE(poller->add(a.ends[0], a));
    turn();
    poller->remove(a.ends[0], a);
    io.restart();
    io.run();
    EXPECT_TRUE(io.stopped());
    // And it begins again.
    ASSERT_TRUE(poller->add(a.ends[0], a));
    a.say("1");
    turn();
    EXPECT_EQ(a.told, 1);
    poller->remove(a.ends[0], a);
}

}  // namespace
}  // namespace confcast::http
