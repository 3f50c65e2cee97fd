// How streams end, and what happens when history itself does.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

class StreamEnd : public StreamTest {};

TEST_F(StreamEnd, DrainTellsEverybodyToComeBackSpreadOverTheWindowAndCloses) {
    std::vector<FakeTransport*> clients;
    clients.reserve(10);
    for (int i = 0; i < 10; ++i) clients.push_back(&open_quiet({}));
    hub().drain("draining", milliseconds{1'000});
    std::int64_t last = -1;
    for (auto* client : clients) {
        const auto goaway = client->one();
        EXPECT_EQ(goaway.type, "goaway");
        EXPECT_EQ(goaway.seq_id, head()) << "the position is repeated: the client resumes with it";
        EXPECT_EQ(goaway.payload.at("reason").as_string(), "draining");
        const auto after = goaway.payload.at("reconnect_after_ms").as_int64();
        EXPECT_GT(after, last);
        EXPECT_LT(after, 1'000);
        last = after;
        ASSERT_TRUE(client->closed);
        EXPECT_EQ(client->closed->code, 1012);
        EXPECT_TRUE(client->closed->reconnect);
    }
}

TEST_F(StreamEnd, ACrowdIsSentAwayInTurnAndServedUntilThen) {
    std::vector<FakeTransport*> clients;
    for (int i = 0; i < 1'000; ++i) clients.push_back(&open_quiet({}));
    const auto gone = [&] {
        return std::ranges::count_if(clients, [](const FakeTransport* client) { return client->closed.has_value(); });
    };
    hub().drain("draining", milliseconds{4'000});
    EXPECT_EQ(gone(), 256);
    pass(milliseconds{1'000});
    EXPECT_EQ(gone(), 500);
    put("a", "1");
    std::int64_t served = 0;
    std::int64_t last = -1;
    for (auto* client : clients) {
        const auto got = client->one();
        if (got.type == "update") {
            ++served;
            client->complete();
            continue;
        }
        const auto after = got.payload.at("reconnect_after_ms").as_int64();
        EXPECT_GE(after, last);
        last = after;
    }
    EXPECT_EQ(served, 500);
    EXPECT_LT(last, 2'000) << "half of them, so half of the window";
    pass(milliseconds{1'000});
    EXPECT_EQ(gone(), 1'000);
}

TEST_F(StreamEnd, DrainWaitsForTheWriteInFlight) {
    auto& client = open_quiet({});
    put("a", "1");
    put("a", "2");
    client.take();
    hub().drain("draining", milliseconds{0});
    EXPECT_FALSE(client.closed);
    client.complete();
    const auto goaway = client.one();
    EXPECT_EQ(goaway.type, "goaway");
    EXPECT_EQ(goaway.seq_id, 2) << "what it has not been given it gets where it goes";
    EXPECT_TRUE(client.closed);
}

TEST_F(StreamEnd, DrainDuringASnapshotLeavesNoPosition) {
    hub_options.page_bytes = 200;
    for (int i = 0; i < 3; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    auto& client = open(prefix("a/"));
    client.take();
    hub().drain("draining", milliseconds{0});
    client.complete();
    EXPECT_EQ(client.one().seq_id, 0);
}

TEST_F(StreamEnd, WhoComesWhileDrainingIsToldAtOnceAndKeepsItsPosition) {
    put("a", "1");
    put("a", "2");
    hub().drain("draining", milliseconds{1'000});
    auto& client = open(since(prefix(""), 2));
    const auto goaway = client.one();
    EXPECT_EQ(goaway.type, "goaway");
    EXPECT_EQ(goaway.seq_id, 2);
    EXPECT_TRUE(client.closed);
    EXPECT_EQ(open({}).one().seq_id, 0);
}

TEST_F(StreamEnd, WhoComesToAnEmptyNodeThatDrainsIsToldOnce) {
    hub().drain("draining", milliseconds{4'000});
    auto& client = open({});
    EXPECT_EQ(client.one().type, "goaway");
    pass(milliseconds{1'000});
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamEnd, DrainReachesThoseWhoWaitForTheNode) {
    auto& client = open(since(prefix(""), 50));
    hub().drain("draining", milliseconds{0});
    EXPECT_EQ(client.one().type, "goaway");
    pass(seconds{4});
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamEnd, AConnectionThatDoesNotGoIsCut) {
    auto& client = open_quiet({});
    hub().drain("draining", milliseconds{0});
    pass(milliseconds{4'999});
    EXPECT_FALSE(client.aborted);
    pass(milliseconds{1});
    EXPECT_TRUE(client.aborted);
}

TEST_F(StreamEnd, AfterGoawayNoChangeIsSent) {
    auto& client = open_quiet({});
    hub().drain("draining", milliseconds{0});
    client.complete();
    client.take();
    put("a", "1");
    client.say(R"({"type":"ping"})");
    EXPECT_TRUE(client.take().empty());
}

class StreamEpoch : public StreamTest {
  protected:
    void another_history() {
        store.wipe({0xbeef});
        store.put("/config/new", "1");
        store.break_watches();
        for (int i = 0; i < 50; ++i) run();
        ASSERT_EQ(node().feed.position().epoch, feed::Epoch{0xbeef});
    }
};

TEST_F(StreamEpoch, EveryStreamGetsAWelcomeOfTheNewEpochAndTheState) {
    put("old", "1");
    put("old", "2");
    auto& client = open_quiet({});
    another_history();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_EQ(got[0].payload.at("reason").as_string(), "epoch_changed");
    EXPECT_EQ(got[0].payload.at("resume").as_string(), "snapshot");
    EXPECT_EQ(got[0].payload.at("epoch").as_string(), "000000000000beef");
    EXPECT_EQ(got[0].seq_id, 0);
    EXPECT_EQ(entries_of(got[1]), Texts{"new=1@2"});
    EXPECT_EQ(got[1].seq_id, 2) << "a lower revision, of another history";
    client.complete_all();
    put("new", "2");
    EXPECT_EQ(events_of(client.one()), Texts{"put new=2@3"});
}

TEST_F(StreamEpoch, BusyStreamsGetItWhenTheirWriteIsDone) {
    auto& client = open_quiet({});
    put("old", "1");
    put("old", "2");
    client.take();
    another_history();
    EXPECT_TRUE(client.take().empty());
    client.complete();
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot"}));
}

TEST_F(StreamEpoch, WhoIsSentAwayBeforeTheNewStateOwnsNoPosition) {
    auto& client = open_quiet({});
    put("old", "1");
    client.take();
    another_history();
    hub().drain("draining", milliseconds{0});
    client.complete();
    EXPECT_EQ(client.one().seq_id, 0) << "its revision means something else in the new epoch";
}

TEST_F(StreamEpoch, ASnapshotUnderWayIsGivenUp) {
    hub_options.page_bytes = 200;
    for (int i = 0; i < 4; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    auto& client = open({});
    client.take();
    another_history();
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_EQ(entries_of(got[1]), Texts{"new=1@2"});
}

TEST_F(StreamEpoch, NothingEncodedBeforeIsUsedAfter) {
    auto& client = open_quiet({});
    put("a", "old");
    put("b", "old");
    client.complete_all();
    client.take();
    another_history();
    client.complete_all();
    client.take();
    put("a", "new");
    EXPECT_EQ(events_of(client.one()), Texts{"put a=new@3"}) << "revision 3 was something else before";
}

TEST_F(StreamEpoch, APositionOfBeforeIsAnsweredByTheState) {
    const auto at = put("a", "1");
    Subscription s = since(prefix(""), at);
    s.since->epoch = node().feed.position().epoch;
    another_history();
    EXPECT_EQ(open(s).take().front().payload.at("reason").as_string(), "epoch_changed");
}

TEST_F(StreamEpoch, RequestsThatWaitAreAnsweredAfterTheState) {
    auto& client = open_quiet({});
    put("a", "1");
    client.take();
    client.say(R"({"type":"subscribe","payload":{"keys":["b"]}})");
    another_history();
    client.complete_all();
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot", "subscribed", "snapshot"}));
}

TEST_F(StreamEpoch, AStoreThatWasPutBackVoidsPositionsThoughItsEpochIsTheSame) {
    for (int i = 0; i < 5; ++i) put("a", std::to_string(i));
    auto& client = open_quiet({});
    store.wipe(node().feed.position().epoch);
    store.put("/config/new", "1");
    store.break_watches();
    for (int i = 0; i < 50; ++i) run();
    ASSERT_EQ(head(), 2);
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_EQ(got[0].payload.at("reason").as_string(), "compacted");
    EXPECT_EQ(entries_of(got[1]), Texts{"new=1@2"});
}

}  // namespace
}  // namespace confcast::push::test
