// Which endpoint is used, without sockets and without waiting.
#include "endpoint_set.hpp"

#include <gmock/gmock.h>

namespace confcast::etcd {
namespace {

using namespace std::chrono_literals;
using Change = EndpointSet::Change;
using testing::ElementsAre;

class EndpointSetTest : public testing::Test {
  protected:
    explicit EndpointSetTest(std::vector<std::string> names = {"a:1", "b:1", "c:1"})
        : set_(names, options_, clock_, [this] { return random_; }) {}

    Change probe(std::size_t endpoint, Probe kind, bool well, int times = 1) {
        Change last = Change::none;
        for (int i = 0; i < times; ++i) {
            const Change change = set_.on_probe(endpoint, kind, well ? "" : "no connection");
            if (change != Change::none) last = change;
        }
        return last;
    }
    std::size_t choose() { return set_.choose({}).value(); }

    ProbeOptions options_;
    ManualClock clock_;
    double random_ = 0.999;
    EndpointSet set_;
};

class OneEndpoint : public EndpointSetTest {
  protected:
    OneEndpoint() : EndpointSetTest({"a:1"}) {}
};

TEST_F(EndpointSetTest, BeginsWithTheFirstAndStaysThere) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(choose(), 0U);
    EXPECT_EQ(set_.moves(), 0U);
}

TEST_F(EndpointSetTest, ThreeFailuresInARowTakeAnEndpointOut) {
    EXPECT_EQ(probe(0, Probe::connect, false, 2), Change::none);
    EXPECT_TRUE(set_.healthy(0));
    EXPECT_EQ(probe(0, Probe::connect, false), Change::out);
    EXPECT_FALSE(set_.healthy(0));
    EXPECT_EQ(set_.current(), 1U) << "at once, not with the next call";
}

TEST_F(EndpointSetTest, ASuccessInBetweenBeginsTheCountAnew) {
    probe(0, Probe::connect, false, 2);
    probe(0, Probe::connect, true);
    EXPECT_EQ(probe(0, Probe::connect, false, 2), Change::none);
    EXPECT_TRUE(set_.healthy(0));
}

TEST_F(EndpointSetTest, TwoSuccessesInARowBringItBack) {
    probe(0, Probe::connect, false, 3);
    EXPECT_EQ(probe(0, Probe::connect, true), Change::none);
    EXPECT_EQ(probe(0, Probe::connect, false), Change::none);
    EXPECT_EQ(probe(0, Probe::connect, true), Change::none);
    EXPECT_FALSE(set_.healthy(0)) << "not in a row";
    EXPECT_EQ(probe(0, Probe::connect, true), Change::back);
    EXPECT_TRUE(set_.healthy(0));
}

TEST_F(EndpointSetTest, EitherProbeTakesItOutAndOnlyThatOneBringsItBack) {
    EXPECT_EQ(probe(0, Probe::ask, false, 3), Change::out);
    EXPECT_EQ(probe(0, Probe::connect, true, 10), Change::none) << "it listens, and is of no use";
    EXPECT_FALSE(set_.healthy(0));
    EXPECT_EQ(probe(0, Probe::connect, false, 3), Change::none) << "it was out already";
    EXPECT_EQ(probe(0, Probe::ask, true, 2), Change::none);
    EXPECT_EQ(probe(0, Probe::connect, true, 2), Change::back);
}

TEST_F(EndpointSetTest, BothNumbersAreOptions) {
    options_.out_after = 1;
    options_.back_after = 1;
    EndpointSet set({"a:1"}, options_, clock_, [] { return 0.5; });
    EXPECT_EQ(set.on_probe(0, Probe::ask, "no"), Change::out);
    EXPECT_EQ(set.on_probe(0, Probe::ask, ""), Change::back);
}

TEST_F(EndpointSetTest, ASuspectIsAskedAsOftenAsItIsConnectedTo) {
    EXPECT_EQ(set_.pause(0, Probe::connect), 2s);
    EXPECT_EQ(set_.pause(0, Probe::ask), 10s);
    probe(0, Probe::ask, false);
    EXPECT_EQ(set_.pause(0, Probe::ask), 2s);
    EXPECT_EQ(set_.pause(1, Probe::ask), 10s);
    probe(0, Probe::ask, true);
    EXPECT_EQ(set_.pause(0, Probe::ask), 10s);
    probe(0, Probe::ask, false, 3);
    probe(0, Probe::ask, true);
    EXPECT_EQ(set_.pause(0, Probe::ask), 2s) << "it is out until the second success";
}

TEST_F(EndpointSetTest, AProbeThatIsOffStaysOff) {
    options_.connect_interval = 0s;
    options_.ask_interval = 7s;
    EndpointSet set({"a:1"}, options_, clock_, [] { return 0.5; });
    EXPECT_EQ(set.pause(0, Probe::connect), 0s);
    set.on_probe(0, Probe::ask, "no");
    EXPECT_EQ(set.pause(0, Probe::ask), 7s);
}

TEST_F(EndpointSetTest, AFailedCallMovesOnAtOnce) {
    set_.failed(0, "reset");
    EXPECT_EQ(set_.current(), 1U);
    EXPECT_EQ(choose(), 1U);
    EXPECT_EQ(set_.moves(), 1U);
}

TEST_F(EndpointSetTest, ManyCallsThatFailTogetherMoveOnOnce) {
    for (int i = 0; i < 20; ++i) set_.failed(0, "reset");
    EXPECT_EQ(set_.current(), 1U);
    EXPECT_EQ(set_.moves(), 1U);
}

TEST_F(EndpointSetTest, ItStaysWhereItIsWellThoughTheFirstIsBack) {
    set_.failed(0, "reset");
    clock_.advance(60s);
    EXPECT_EQ(choose(), 1U);
}

TEST_F(EndpointSetTest, AnEndpointThatFailedIsPassedOverForAWhile) {
    set_.failed(0, "reset");  // for 100 ms
    set_.failed(1, "reset");  // for 100 ms
    clock_.advance(50ms);
    set_.failed(2, "reset");
    EXPECT_EQ(choose(), 0U) << "all are passed over: the one that failed first, of those as long ago";
    clock_.advance(60ms);
    EXPECT_EQ(choose(), 0U);
    set_.failed(0, "reset");
    EXPECT_EQ(choose(), 1U);
}

TEST_F(EndpointSetTest, AnEndpointThatIsOutIsTheLastResort) {
    probe(0, Probe::connect, false, 3);
    set_.failed(1, "reset");
    set_.failed(2, "reset");
    EXPECT_NE(choose(), 0U) << "passed over, and yet better than one that is out";
    EXPECT_EQ(set_.choose({false, true, true}), 0U);
    EXPECT_EQ(set_.choose({true, true, true}), std::nullopt);
}

TEST_F(EndpointSetTest, WhatWasTriedIsNotTriedAgain) {
    EXPECT_EQ(set_.choose({true, false, false}), 1U);
    EXPECT_EQ(set_.choose({true, true, false}), 2U);
}

TEST_F(OneEndpoint, IsUsedWhateverHappens) {
    probe(0, Probe::connect, false, 3);
    set_.failed(0, "reset");
    EXPECT_EQ(choose(), 0U);
    EXPECT_EQ(set_.moves(), 0U);
}

// The endpoint that failed longest ago comes first, so that the order shows for how long each is passed over.
TEST_F(EndpointSetTest, TheBackOffGrowsToItsMostWithFullJitter) {
    const auto is_passed_over = [&](std::chrono::milliseconds after) {
        clock_.advance(after);
        EndpointSet copy = set_;
        return copy.choose({false, true, true}) == 0U && copy.choose({false, false, true}) != 0U;
    };
    random_ = 0.999;
    for (const auto most : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
        set_.failed(0, "reset");
        EXPECT_TRUE(is_passed_over(most - most / 50)) << most.count();
        clock_.advance(most / 25);
    }
    random_ = 0.0;
    set_.failed(0, "reset");
    EndpointSet copy = set_;
    EXPECT_EQ(copy.choose({false, true, true}), 0U);
    EXPECT_EQ(copy.choose({}), 0U) << "full jitter goes down to nothing";
}

TEST_F(EndpointSetTest, ThirtySecondsWithoutAFailureAreForgiven) {
    for (int i = 0; i < 10; ++i) set_.failed(0, "reset");
    clock_.advance(30s);
    set_.failed(0, "reset");
    EXPECT_EQ(choose(), 1U);
    clock_.advance(101ms);
    set_.failed(1, "reset");
    set_.failed(2, "reset");
    EXPECT_EQ(choose(), 0U) << "passed over for 100 ms, not for five seconds";
}

TEST_F(EndpointSetTest, ShowsWhatItKnows) {
    const SystemTime begin = clock_.wall();
    clock_.advance(5s);
    probe(1, Probe::connect, false, 3);
    set_.failed(0, "reset");
    const auto states = set_.states();
    ASSERT_EQ(states.size(), 3U);
    EXPECT_EQ(states[0].name, "a:1");
    EXPECT_TRUE(states[0].healthy);
    EXPECT_EQ(states[0].since, begin);
    EXPECT_EQ(states[0].last_error, "reset");
    EXPECT_FALSE(states[1].healthy);
    EXPECT_EQ(states[1].since, begin + 5s);
    EXPECT_EQ(states[1].last_error, "no connection");
    EXPECT_TRUE(states[2].in_use);
    clock_.advance(1s);
    probe(1, Probe::connect, true, 2);
    set_.answered(0);
    EXPECT_EQ(set_.states()[0].last_error, "");
    EXPECT_EQ(set_.states()[1].last_error, "");
    EXPECT_EQ(set_.states()[1].since, begin + 6s);
}

}  // namespace
}  // namespace confcast::etcd
