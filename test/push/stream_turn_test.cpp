// What changes is written by the loop's next turn: all that there is in one write for each session, put together once
// for those that see the same, and never so much in one turn that others on the loop would have to wait.
#include <algorithm>

#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::seconds;

class StreamTurn : public StreamTest {
  protected:
    std::vector<FakeTransport*> open_many(std::size_t count, const Subscription& subscription, bool swallow = false) {
        std::vector<FakeTransport*> all;
        all.reserve(count);
        for (std::size_t i = 0; i < count; ++i) all.push_back(&open_quiet(subscription));
        for (auto* client : all) client->swallows = swallow;
        return all;
    }
    static std::size_t sends(const std::vector<FakeTransport*>& clients) {
        std::size_t sum = 0;
        for (const auto* client : clients) sum += client->sends;
        return sum;
    }
    /// One handler of the loop after the other until `done`.
    template <class Done>
    void step_until(const Done& done) {
        while (!done()) {
            io.restart();
            ASSERT_NE(io.poll_one(), 0U);
        }
    }
};

TEST_F(StreamTurn, SeveralChangesOfOneTurnAreOneWrite) {
    auto& client = open_quiet(prefix("a/"));
    const auto sends = client.sends;
    for (int i = 0; i < 16; ++i) store.put("/config/a/x", std::to_string(i));
    run();
    EXPECT_EQ(client.sends - sends, 1U);
    EXPECT_EQ(client.in_flight.size(), 16U);
    EXPECT_EQ(client.take().back().seq_id, head());
}

TEST_F(StreamTurn, AWriteIsPutTogetherOnceForAllThatSeeTheSame) {
    const auto many = open_many(50, prefix("a/"));
    const auto others = open_many(50, prefix(""));
    const auto before = hub().stats();
    for (int i = 0; i < 16; ++i) store.put("/config/a/x", std::to_string(i));
    run();
    EXPECT_EQ(hub().stats().gathered - before.gathered, 2U);
    EXPECT_EQ(hub().stats().encoded - before.encoded, 16U);
    EXPECT_EQ(hub().stats().updates - before.updates, 1'600U);
    EXPECT_EQ(hub().stats().messages - before.messages, 1'600U);
    for (auto* client : many) EXPECT_EQ(client->in_flight, many.front()->in_flight);
    for (auto* client : others) EXPECT_EQ(client->in_flight, many.front()->in_flight);
}

TEST_F(StreamTurn, TheOrderOfFiltersDoesNotMatter) {
    Subscription one = prefix("a/");
    one.filters.keys = {"b", "c"};
    Subscription other = prefix("a/");
    other.filters.keys = {"c", "b", "c"};
    open_quiet(one);
    open_quiet(other);
    const auto before = hub().stats().gathered;
    put("a/x", "1");
    EXPECT_EQ(hub().stats().gathered - before, 1U);
}

TEST_F(StreamTurn, WhoSeesLessOrOtherwiseHasAWriteOfItsOwn) {
    Subscription without_values = prefix("a/");
    without_values.meta_only = true;
    Subscription limited = prefix("a/");
    Access access;
    access.scope = hub().scope({"a/x"});
    limited.access = std::make_shared<const Access>(std::move(access));
    auto& all = open_quiet(prefix("a/"));
    auto& meta = open_quiet(without_values);
    auto& some = open_quiet(limited);
    put_all({"a/x", "a/y"}, "1");
    EXPECT_EQ(events_of(all.one()), (Texts{"put a/x=1@2", "put a/y=1@2"}));
    EXPECT_EQ(events_of(meta.one()), (Texts{"put a/x@2", "put a/y@2"}));
    EXPECT_EQ(events_of(some.one()), Texts{"put a/x=1@2"});
}

TEST_F(StreamTurn, SlowAndQuickOnesOfAGroupEachHaveAllFromWhereTheyAre) {
    auto quick = open_many(3, prefix("a/"), true);
    auto slow = open_many(3, prefix("a/"));
    auto slower = open_many(3, prefix("a/"));
    put("a/x", "1");
    for (auto* client : slow) client->complete();
    put("a/x", "2");
    put("a/x", "3");
    const auto before = hub().stats().gathered;
    for (auto* client : slow) client->complete();
    for (auto* client : slower) client->complete();
    EXPECT_EQ(hub().stats().gathered - before, 1U) << "the slow ones are where the quick ones were";
    for (const auto& clients : {quick, slow, slower})
        for (auto* client : clients) {
            Texts all;
            for (const Received& update : client->take()) all.push_back(events_of(update).front());
            EXPECT_EQ(all, (Texts{"put a/x=1@2", "put a/x=2@3", "put a/x=3@4"}));
        }
}

TEST_F(StreamTurn, ManyAreWrittenToInSeveralTurns) {
    hub_options.turn_writes = 4;
    const auto many = open_many(10, prefix("a/"), true);
    const auto before = sends(many);
    store.put("/config/a/x", "1");
    std::size_t most = 0;
    std::size_t done = before;
    step_until([&] {
        most = std::max(most, sends(many) - done);
        done = sends(many);
        return done - before == many.size();
    });
    EXPECT_EQ(most, 4U);
    for (auto* client : many) EXPECT_EQ(events_of(client->one()), Texts{"put a/x=1@2"});
}

TEST_F(StreamTurn, SoAreManyBytes) {
    hub_options.turn_bytes = 2'500;
    const auto many = open_many(10, prefix("a/"), true);
    const auto before = sends(many);
    store.put("/config/a/x", std::string(1'000, 'v'));
    std::size_t most = 0;
    std::size_t done = before;
    step_until([&] {
        most = std::max(most, sends(many) - done);
        done = sends(many);
        return done - before == many.size();
    });
    EXPECT_EQ(most, 3U);
}

TEST_F(StreamTurn, WhatComesInTheMiddleOfARoundIsToldToAllInOrder) {
    hub_options.turn_writes = 2;
    const auto many = open_many(7, prefix("a/"), true);
    const auto before = sends(many);
    store.put("/config/a/x", "1");
    step_until([&] { return sends(many) - before >= 4; });
    store.put("/config/a/x", "2");
    run();
    for (auto* client : many) {
        Texts all;
        for (const Received& update : client->take()) all.push_back(events_of(update).front());
        EXPECT_EQ(all, (Texts{"put a/x=1@2", "put a/x=2@3"}));
    }
}

TEST_F(StreamTurn, WhoLeavesOrComesInTheMiddleOfARoundTakesNobodysTurn) {
    hub_options.turn_writes = 2;
    auto many = open_many(9, prefix("a/"), true);
    const auto before = sends(many);
    store.put("/config/a/x", "1");
    step_until([&] { return sends(many) - before >= 4; });
    for (auto* gone : {many[0], many[2], many[8]}) {
        gone->events->on_closed();
        std::erase(many, gone);
    }
    auto& late = open(prefix("a/"));
    run();
    for (auto* client : many) EXPECT_EQ(events_of(client->one()), Texts{"put a/x=1@2"});
    late.complete_all();
    EXPECT_EQ(types_of(late.take()), (Texts{"welcome", "snapshot"}));
}

TEST_F(StreamTurn, AGroupThatAllHaveLeftInTheMiddleOfARoundIsForgotten) {
    hub_options.turn_writes = 1;
    auto some = open_many(3, prefix("a/"), true);
    const auto before = sends(some);
    store.put("/config/a/x", "1");
    step_until([&] { return sends(some) - before >= 1; });
    for (auto* gone : some) gone->events->on_closed();
    run();
    EXPECT_EQ(hub().filters().distinct, 0U);
    EXPECT_EQ(hub().filters().held, 0U);
}

TEST_F(StreamTurn, AQuickConnectionHasOnePageOfASnapshotATurn) {
    hub_options.page_bytes = 200;
    for (int i = 0; i < 4; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    FakeTransport client;
    client.swallows = true;
    client.events = &hub().open(client, prefix("a/"));
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot"}));
    for (int page = 1; page < 4; ++page) {
        step_until([&] { return client.sends == static_cast<std::size_t>(page) + 1; });
        EXPECT_EQ(types_of(client.take()), Texts{"snapshot"});
    }
    run();
    EXPECT_EQ(client.sends, 4U);
    put("a/1", "live");
    EXPECT_EQ(client.one().type, "update");
    client.events->on_closed();
}

TEST_F(StreamTurn, BookmarksForManyComeInSeveralTurns) {
    hub_options.turn_writes = 4;
    const auto many = open_many(10, prefix("a/"), true);
    put("b", "1");
    const auto before = sends(many);
    pass(seconds{10});
    EXPECT_EQ(sends(many) - before, 4U);
    run();
    EXPECT_EQ(sends(many) - before, 10U);
    for (auto* client : many) EXPECT_EQ(client->one().type, "bookmark");
}

TEST_F(StreamTurn, NoBookmarkGoesAheadOfWhatWaitsForItsTurn) {
    auto& client = open_quiet(prefix("a/"));
    clock.advance(seconds{10});
    store.put("/config/a/x", "1");
    const auto revision = store.revision();
    step_until([&] { return head() == revision; });
    hub().tick();
    run();
    EXPECT_EQ(client.one().type, "update");
}

TEST_F(StreamTurn, AnotherHistoryIsToldInSeveralTurns) {
    hub_options.turn_writes = 4;
    const auto many = open_many(10, prefix("a/"), true);
    put("a/x", "1");
    for (auto* client : many) client->take();
    store.break_watches();
    store.wipe({99});
    const auto before = sends(many);
    std::size_t most = 0;
    for (std::size_t done = before; done - before < many.size(); done = sends(many)) {
        io.restart();
        io.poll_one();
        most = std::max(most, sends(many) - done);
    }
    EXPECT_LE(most, 4U);
    for (auto* client : many) EXPECT_EQ(types_of(client->take()), (Texts{"welcome", "snapshot"}));
}

TEST_F(StreamTurn, WhatWasPostedDoesNothingOnceTheHubIsGone) {
    FakeTransport client;
    auto& feed = node().feed;
    {
        Hub other(io.get_executor(), feed, hub_options, clock, log);
        client.events = &other.open(client, {});
        client.complete_all();
        store.put("/config/a", "1");
        const auto revision = store.revision();
        step_until([&] { return head() == revision; });
    }
    const auto sends = client.sends;
    run();
    EXPECT_EQ(client.sends, sends);
}

}  // namespace
}  // namespace confcast::push::test
