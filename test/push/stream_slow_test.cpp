// A client that does not keep up: it costs a cursor, and is told what it skips.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

class StreamSlow : public StreamTest {
  protected:
    StreamSlow() { hub_options.write_timeout = seconds{10}; }
    /// Its write of `first` is in flight.
    FakeTransport& open_busy(std::string_view first = "first") {
        auto& client = open_quiet(prefix("a/"));
        put("a/x", first);
        client.take();
        return client;
    }
};

TEST_F(StreamSlow, WhatCameMeanwhileIsOneGatheredWriteOfSingleUpdates) {
    auto& client = open_busy();
    put("a/1", "1");
    put("b", "no");
    put("a/2", "1");
    put("a/1", "2");
    EXPECT_TRUE(client.take().empty());
    const auto sends = client.sends;
    client.complete();
    EXPECT_EQ(client.sends, sends + 1);
    const auto got = client.take();
    ASSERT_EQ(got.size(), 3U);
    EXPECT_EQ(events_of(got[0]), Texts{"put a/1=1@3"});
    EXPECT_EQ(events_of(got[1]), Texts{"put a/2=1@5"});
    EXPECT_EQ(events_of(got[2]), Texts{"put a/1=2@6"});
    EXPECT_EQ(got[2].seq_id, 6);
    client.complete();
    EXPECT_FALSE(client.busy);
}

TEST_F(StreamSlow, BatchedUpdatesAreSharedWithThoseWhoGotThemLive) {
    auto& slow = open_busy();
    auto& quick = open_quiet(prefix("a/"));
    put("a/1", "1");
    const auto live = quick.in_flight.front();
    slow.complete();
    EXPECT_EQ(slow.in_flight.front(), live);
}

TEST_F(StreamSlow, AWriteHoldsNoMoreThanItsMessages) {
    hub_options.batch_messages = 3;
    auto& client = open_busy();
    for (int i = 0; i < 7; ++i) put("a/x", std::to_string(i));
    Texts sizes;
    while (client.busy) {
        client.complete();
        sizes.push_back(std::to_string(client.take().size()));
    }
    EXPECT_EQ(sizes, (Texts{"3", "3", "1", "0"}));
}

TEST_F(StreamSlow, AWriteHoldsAboutItsBytes) {
    hub_options.batch_bytes = 2'500;
    auto& client = open_busy();
    for (int i = 0; i < 6; ++i) put("a/x", std::string(1'000, 'v'));
    client.complete();
    EXPECT_EQ(client.take().size(), 3U);
    client.complete();
    EXPECT_EQ(client.take().size(), 3U);
}

TEST_F(StreamSlow, FarBehindIsOneCoalescedUpdateWithTheLatestOfEachKey) {
    hub_options.coalesce_after = 10;
    auto& client = open_busy();
    const auto told = head();
    put("a/gone", "1");
    for (int i = 0; i < 10; ++i) put("a/x", std::to_string(i));
    remove("a/gone");
    put("b", "no");
    client.complete();
    const auto update = client.one();
    EXPECT_EQ(update.payload.at("coalesced_from").as_int64(), told);
    EXPECT_EQ(update.seq_id, head());
    EXPECT_EQ(events_of(update), (Texts{"put a/x=9@13", "delete a/gone@14"}));
    EXPECT_EQ(hub().stats().coalesced, 1U);
    client.complete();
    put("a/x", "live again");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/x=live again@16"});
}

TEST_F(StreamSlow, OnlyMatchingRevisionsCountAsBehind) {
    hub_options.coalesce_after = 10;
    auto& client = open_busy();
    for (int i = 0; i < 50; ++i) put("b", "no");
    for (int i = 0; i < 10; ++i) put("a/x", std::to_string(i));
    client.complete();
    EXPECT_EQ(client.take().size(), 10U);
    EXPECT_EQ(hub().stats().coalesced, 0U);
}

TEST_F(StreamSlow, ClientsAtTheSamePlaceShareACoalescedUpdate) {
    hub_options.coalesce_after = 2;
    auto& first = open_quiet(prefix("a/"));
    auto& second = open_quiet(prefix("a/"));
    for (int i = 0; i < 10; ++i) put("a/x", std::to_string(i));
    const auto before = hub().stats().encoded;
    first.complete();
    second.complete();
    EXPECT_EQ(hub().stats().encoded - before, 1U);
    EXPECT_EQ(first.in_flight.front(), second.in_flight.front());
}

TEST_F(StreamSlow, ACoalescedUpdateIsNotForAClientAtAnotherPlace) {
    hub_options.coalesce_after = 2;
    auto& first = open_quiet(prefix("a/"));
    auto& second = open_quiet(prefix("a/"));
    put("a/x", "1");
    second.complete();
    put("a/y", "1");
    for (int i = 0; i < 10; ++i) put("a/x", std::to_string(i));
    first.take();
    second.take();
    first.complete();
    second.complete();
    EXPECT_EQ(first.one().payload.at("coalesced_from").as_int64(), 2);
    EXPECT_EQ(second.one().payload.at("coalesced_from").as_int64(), 3);
}

TEST_F(StreamSlow, BehindTheJournalsFloorIsCoalesced) {
    feed_options.journal.max_changes = 2;
    auto& client = open_busy();
    for (int i = 0; i < 5; ++i) put("a/x", std::to_string(i));
    client.complete();
    EXPECT_TRUE(client.one().payload.contains("coalesced_from"));
}

TEST_F(StreamSlow, WhereDeletesAreForgottenItGetsTheState) {
    feed_options.journal.max_changes = 2;
    feed_options.max_tombstones = 1;
    auto& client = open_busy();
    put("a/1", "1");
    put("a/2", "1");
    remove("a/1");
    remove("a/2");
    remove("a/x");
    put("a/3", "1");
    client.complete();
    const auto page = client.one();
    EXPECT_EQ(page.type, "snapshot");
    EXPECT_EQ(entries_of(page), Texts{"a/3=1@8"});
    EXPECT_EQ(page.seq_id, head());
    client.complete();
    put("a/3", "2");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/3=2@9"});
}

TEST_F(StreamSlow, WhatTheNodeItselfSawOnlyAsADifferenceSaysThatItIsFolded) {
    put("a/1", "1");
    put("b", "1");
    auto& quick = open_quiet(prefix("a/"));
    auto& slow = open_quiet(prefix("a/"));
    put("a/2", "1");
    quick.one();
    quick.complete();
    store.break_watches();
    for (int i = 0; i < 4; ++i) store.put("/config/a/1", std::to_string(i));
    store.remove("/config/a/2");
    store.drop_history();
    for (int i = 0; i < 20; ++i) run();
    ASSERT_EQ(head(), 9);
    slow.one();
    slow.complete();
    for (auto* client : {&quick, &slow, &open(since(prefix("a/"), 4))}) {
        const auto update = client->take().back();
        EXPECT_EQ(update.payload.at("coalesced_from").as_int64(), 4);
        EXPECT_EQ(events_of(update), (Texts{"put a/1=3@8", "delete a/2@9"}));
        EXPECT_EQ(update.seq_id, 9);
    }
    auto& early = open(since(prefix("b"), 3));
    early.complete_all();
    EXPECT_EQ(types_of(early.take()), Texts{"welcome"}) << "nothing of it matched";
}

TEST_F(StreamSlow, ACoalescedUpdateThatWouldBeTooLargeIsASnapshot) {
    hub_options.coalesce_after = 2;
    hub_options.coalesce_max_bytes = 1'000;
    auto& client = open_busy();
    for (int i = 0; i < 8; ++i) put("a/" + std::to_string(i), std::string(200, 'v'));
    client.complete();
    EXPECT_EQ(client.one().type, "snapshot");
}

TEST_F(StreamSlow, ARevisionThatWouldBeTooLargeIsASnapshotForIdleAndBusy) {
    hub_options.coalesce_max_bytes = 1'000;
    hub_options.page_bytes = 1'000;
    auto& idle = open_quiet(prefix("a/"));
    auto& busy = open_busy();
    idle.complete();
    idle.take();
    put_all({"a/1", "a/2", "a/3", "a/4", "a/5"}, std::string(300, 'v'));
    busy.complete();
    for (auto* client : {&idle, &busy}) {
        client->complete_all();
        const auto got = client->take();
        ASSERT_GE(got.size(), 2U);
        for (const auto& m : got) EXPECT_EQ(m.type, "snapshot");
        EXPECT_EQ(got.back().seq_id, head());
    }
}

TEST_F(StreamSlow, ASingleLargeValueIsAlwaysAnUpdate) {
    hub_options.coalesce_max_bytes = 1'000;
    auto& client = open_quiet(prefix("a/"));
    put("a/1", std::string(5'000, 'v'));
    EXPECT_EQ(client.one().type, "update");
}

TEST_F(StreamSlow, ChangesDuringASnapshotAreNotLost) {
    hub_options.page_bytes = 200;
    hub_options.coalesce_after = 1'000;
    for (int i = 0; i < 4; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    auto& client = open(prefix("a/"));
    remove("a/3");
    put("a/0", "new");
    client.complete_all();
    const auto got = client.take();
    EXPECT_EQ(types_of(got), (Texts{"welcome", "snapshot", "snapshot", "snapshot", "snapshot", "update", "update"}));
    EXPECT_EQ(events_of(got[5]), Texts{"delete a/3@6"});
    EXPECT_EQ(events_of(got[6]), Texts{"put a/0=new@7"});
}

TEST_F(StreamSlow, ALongDryStretchIsWalkedInSteps) {
    hub_options.scan_changes = 10;
    hub_options.coalesce_after = 5;
    const auto at = put("a/x", "1");
    for (int i = 0; i < 35; ++i) put("b", std::to_string(i));
    const auto last = put("a/x", "2");
    auto& client = open(since(prefix("a/"), at));
    client.complete_all();
    const auto got = client.take();
    EXPECT_EQ(types_of(got), (Texts{"welcome", "bookmark", "bookmark", "bookmark", "update"}));
    EXPECT_EQ(got[1].seq_id, at + 10);
    EXPECT_EQ(events_of(got.back()), Texts{"put a/x=2@" + std::to_string(last)});
}

TEST_F(StreamSlow, MemoryDoesNotGrowWithWhatASlowClientMisses) {
    hub_options.cache_bytes = 100'000;
    feed_options.journal.max_bytes = 100'000;
    auto& client = open_busy();
    for (int i = 0; i < 2'000; ++i) put("a/x", std::string(1'000, 'v'));
    EXPECT_EQ(hub().stats().encoded, 1U) << "nothing is made for a client that cannot take it";
    client.complete();
    EXPECT_EQ(client.take().size(), 1U);
}

TEST_F(StreamSlow, ManySnapshotClientsOfOneRevisionShareItsPages) {
    hub_options.page_bytes = 300;
    for (int i = 0; i < 6; ++i) put("a/" + std::to_string(i), std::string(100, 'v'));
    auto& first = open(prefix("a/"));
    auto& second = open(prefix("a/"));
    EXPECT_EQ(first.in_flight[1], second.in_flight[1]);
    first.complete();
    second.complete();
    EXPECT_EQ(first.in_flight[0], second.in_flight[0]);
}

TEST_F(StreamSlow, AQuickClientTakesNothingFromASlowOneOfTheSameSnapshot) {
    hub_options.page_bytes = 200;
    hub_options.cache_bytes = 0;
    for (int i = 0; i < 4; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    auto& quick = open(prefix("a/"));
    auto& slow = open(prefix("a/"));
    quick.complete_all();
    slow.complete_all();
    EXPECT_EQ(types_of(slow.take()), types_of(quick.take()));
}

TEST_F(StreamSlow, ASnapshotOfBeforeIsNotGivenToWhoComesAfterAChange) {
    put("a/x", "1");
    open_quiet(prefix("a/"));
    put("a/x", "2");
    EXPECT_EQ(entries_of(open(prefix("a/")).take().back()), Texts{"a/x=2@3"});
}

TEST_F(StreamSlow, NoByteWithinTheTimeOutIsTheEnd) {
    auto& client = open_busy();
    pass(milliseconds{9'999});
    EXPECT_FALSE(client.closed);
    pass(milliseconds{1});
    ASSERT_TRUE(client.closed);
    EXPECT_EQ(client.closed->code, 4008);
    EXPECT_TRUE(client.closed->reconnect);
    EXPECT_EQ(hub().stats().closed_slow, 1U);
    EXPECT_FALSE(client.aborted);
    pass(seconds{5});
    EXPECT_TRUE(client.aborted) << "it cannot even take the close";
}

TEST_F(StreamSlow, ProgressIsEnoughToStay) {
    auto& client = open_busy();
    for (int i = 0; i < 10; ++i) {
        pass(seconds{9});
        ++client.accepted;
    }
    pass(seconds{9});
    EXPECT_FALSE(client.closed);
    pass(seconds{10});
    EXPECT_TRUE(client.closed);
}

TEST_F(StreamSlow, TheTimeOutCountsFromTheSend) {
    auto& client = open_quiet(prefix("a/"));
    pass(seconds{100});
    clock.advance(seconds{9});
    put("a/x", "1");
    pass(seconds{2});
    EXPECT_FALSE(client.closed);
}

TEST_F(StreamSlow, AnIdleClientIsNotSlow) {
    auto& client = open_quiet(prefix("a/"));
    pass(seconds{1'000});
    EXPECT_FALSE(client.closed);
}

TEST_F(StreamSlow, AfterTheCloseNothingIsSentAnyMore) {
    auto& client = open_busy();
    pass(seconds{10});
    ASSERT_TRUE(client.closed);
    put("a/x", "2");
    client.complete();
    client.say(R"({"type":"ping"})");
    put("a/x", "3");
    EXPECT_FALSE(client.busy);
    EXPECT_TRUE(client.take().empty());
    client.events->on_closed();
    EXPECT_EQ(hub().sessions(), 0U);
}

}  // namespace
}  // namespace confcast::push::test
