// Snapshots of many settings, and crowds that join and leave: work in slices, with everything else in between.
#include <algorithm>
#include <memory>

#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;

class StreamSlices : public StreamTest {
  protected:
    StreamSlices() { hub_options.turn_keys = 4; }
    void fill(int count) {
        for (int i = 0; i < count; ++i) put("a/" + std::to_string(10 + i), "v");
        run();
    }
    void step() {
        io.restart();
        ASSERT_NE(io.poll_one(), 0U) << "nothing is to come";
    }
    /// Turns of the loop until the client has been sent something.
    std::size_t turns_until_sent(FakeTransport& client) {
        const auto sends = client.sends;
        std::size_t turns = 0;
        for (; client.sends == sends && turns < 1'000; ++turns) step();
        return turns;
    }
    /// No turn is to come.
    bool rests() {
        io.restart();
        return io.poll_one() == 0;
    }
};

TEST_F(StreamSlices, ASnapshotOfManyKeysTakesTurnsWithOtherWorkBetween) {
    fill(18);
    auto& client = open(prefix("a/"));
    EXPECT_EQ(types_of(client.take()), Texts{"welcome"}) << "said at once";
    client.complete();
    std::size_t others = 0;
    asio::post(io, [&] { ++others; });
    EXPECT_EQ(turns_until_sent(client), 5U) << "four turns after the slice at once, and the other one's between them";
    EXPECT_EQ(others, 1U);
    const auto page = client.one();
    EXPECT_EQ(page.type, "snapshot");
    EXPECT_EQ(entries_of(page).size(), 18U);
    EXPECT_EQ(page.seq_id, head());
    client.complete_all();
    run();
    EXPECT_TRUE(rests());
}

TEST_F(StreamSlices, AWriteBetweenTwoSlicesIsInTheSnapshotAndNotToldAgain) {
    fill(12);
    auto& client = open(prefix("a/"));
    client.complete();
    client.take();
    store.put("/config/a/10", "early");
    store.put("/config/a/21", "late");
    store.remove("/config/a/11");
    run();
    const auto page = client.one();
    const auto entries = entries_of(page);
    EXPECT_EQ(page.seq_id, head());
    EXPECT_EQ(entries.size(), 11U);
    EXPECT_EQ(entries.front(), "a/10=early@14");
    EXPECT_EQ(entries.back(), "a/21=late@15");
    client.complete_all();
    run();
    EXPECT_TRUE(client.take().empty());
    put("a/10", "after");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/10=after@17"});
}

TEST_F(StreamSlices, WhoJoinsMeanwhileSharesTheSlicesAndThePages) {
    fill(16);
    auto& first = open(prefix("a/"));
    first.complete();
    step();
    std::vector<FakeTransport*> others;
    for (int i = 0; i < 100; ++i) {
        others.push_back(&open(prefix("a/")));
        others.back()->complete();
        others.back()->take();
    }
    first.take();
    EXPECT_LE(turns_until_sent(first), 3U) << "no slice for the others";
    run();
    for (auto* other : others) EXPECT_EQ(other->in_flight, first.in_flight);
}

TEST_F(StreamSlices, ALaterOneGetsTheSnapshotOfBeforeAndWhatHasChangedSince) {
    fill(16);
    auto& first = open_quiet(prefix("a/"));
    run();
    const auto shared = first.in_flight;
    const auto at = head();
    first.complete_all();
    put("a/10", "new");
    put("b", "x");
    auto& second = open(prefix("a/"));
    ASSERT_EQ(second.in_flight.size(), 3U) << "at once";
    EXPECT_EQ(second.in_flight[1], shared[0]) << "nothing is collected or encoded again";
    const auto got = second.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot", "update"}));
    EXPECT_EQ(got[1].seq_id, at);
    EXPECT_EQ(events_of(got[2]), Texts{"put a/10=new@18"});
    second.complete_all();
    EXPECT_TRUE(second.take().empty());
    for (int i = 0; i < 20; ++i) pass(std::chrono::milliseconds{250});
    auto& late = open(prefix("a/"));
    EXPECT_EQ(types_of(late.take()), Texts{"welcome"}) << "it is not kept for ever";
    late.events->on_closed();
}

TEST_F(StreamSlices, ASmallOneDoesNotWaitBehindLargeOnes) {
    fill(40);
    put("b", "x");
    auto& large = open(prefix("a/"));
    large.complete();
    auto& small = open(key("b"));
    small.complete();
    EXPECT_EQ(types_of(small.take()), Texts{"welcome"});
    EXPECT_EQ(turns_until_sent(small), 1U);
    EXPECT_EQ(entries_of(small.one()), Texts{"b=x@42"});
    EXPECT_FALSE(large.busy);
}

TEST_F(StreamSlices, LargeOnesAreMadeInTheOrderInWhichTheyCame) {
    fill(20);
    std::vector<FakeTransport*> clients;
    for (const char* filter : {"a/", "a", "", "a/1"}) {
        clients.push_back(&open(prefix(filter)));
        clients.back()->complete();
    }
    std::vector<std::size_t> done;
    for (auto* client : clients) done.push_back(turns_until_sent(*client));
    for (auto* client : clients) EXPECT_EQ(client->sends, 2U);
    EXPECT_TRUE(std::ranges::all_of(std::span(done).first(3), [](std::size_t turns) { return turns > 0; }));
}

TEST_F(StreamSlices, WhoLeavesInTheMiddleTakesTheWorkAlong) {
    fill(40);
    std::weak_ptr<const feed::Entry> seen = node().feed.state().find("a/10");
    auto& client = open(prefix("a/"));
    client.complete();
    step();
    store.remove("/config/a/10");
    const auto revision = store.revision();
    while (head() != revision) step();
    client.events->on_closed();
    std::size_t turns = 0;
    while (!rests()) ++turns;
    EXPECT_LE(turns, 2U) << "eight more slices for nobody";
    EXPECT_EQ(hub().filters().distinct, 0U);
    // The journal does not hold what was before a delete.
    for (int i = 0; i < 20; ++i) pass(std::chrono::milliseconds{250});
    EXPECT_EQ(seen.use_count(), 1) << "only the journal's change that made it";
}

TEST_F(StreamSlices, NothingComesBetweenTheWelcomeAndTheFirstPage) {
    fill(12);
    auto& client = open(prefix("a/"));
    client.say(R"({"type":"ping"})");
    client.complete();
    put("a/10", "new");
    pass(std::chrono::seconds{20});
    while (client.busy) client.complete();
    run();
    client.complete_all();
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot", "pong"}));
}

TEST_F(StreamSlices, NotificationsThatComeWhileItIsMadeAreToldBeforeIt) {
    fill(12);
    Subscription s = prefix("a/");
    s.filters.topics.emplace_back("t");
    auto& client = open(s);
    client.complete();
    client.take();
    store.put("/config.confcast/notify/t-e", store::encode_notification({"t", "e", "1", "1"}));
    run();
    client.complete_all();
    run();
    client.complete_all();
    EXPECT_EQ(types_of(client.take()), (Texts{"notification", "snapshot"}));
}

TEST_F(StreamSlices, AnAdditionIsAnsweredWhenItCanBeShownAndTheStreamGoesOnUntilThen) {
    fill(12);
    put("b/1", "x");
    auto& client = open_quiet(prefix("b/"));
    client.say(R"({"type":"subscribe","id":1,"payload":{"prefixes":["a/"]}})");
    client.say(R"({"type":"ping","id":2})");
    EXPECT_TRUE(client.take().empty());
    store.put("/config/b/1", "live");
    store.put("/config/a/10", "early");
    const auto revision = store.revision();
    while (head() != revision) step();
    client.complete_all();
    run();
    client.complete_all();
    run();
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"update", "subscribed", "snapshot", "pong"}));
    EXPECT_EQ(events_of(got[0]), Texts{"put b/1=live@15"});
    EXPECT_EQ(entries_of(got[2]).front(), "a/10=early@16");
    EXPECT_EQ(got[2].seq_id, head());
    put("a/10", "after");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/10=after@17"});
}

TEST_F(StreamSlices, AnAdditionWaitsForAWriteInFlightAndIsStillOfTheHead) {
    fill(12);
    auto& client = open_quiet(prefix("b/"));
    client.say(R"({"type":"subscribe","id":1,"payload":{"prefixes":["a/"]}})");
    store.put("/config/b/1", "live");
    run();
    ASSERT_TRUE(client.busy);
    put("a/10", "later");
    remove("a/11");
    client.complete_all();
    run();
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"update", "subscribed", "snapshot"}));
    EXPECT_EQ(got[2].seq_id, head());
    EXPECT_EQ(entries_of(got[2]).size(), 11U);
    EXPECT_EQ(entries_of(got[2]).front(), "a/10=later@15");
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamSlices, AnotherHistoryInTheMiddleBeginsAnew) {
    hub_options.turn_keys = 1;
    fill(60);
    auto& client = open(prefix("a/"));
    client.complete();
    client.take();
    store.break_watches();
    store.wipe({99});
    for (int i = 0; i < 20; ++i) run();
    client.complete_all();
    run();
    client.complete_all();
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot"}));
    EXPECT_TRUE(rests());
}

TEST_F(StreamSlices, AnAdditionIsAnsweredInAnotherHistoryToo) {
    hub_options.turn_keys = 1;
    fill(60);
    auto& client = open_quiet(prefix("b/"));
    client.say(R"({"type":"subscribe","id":1,"payload":{"prefixes":["a/"]}})");
    store.break_watches();
    store.wipe({99});
    for (int i = 0; i < 20; ++i) {
        run();
        client.complete_all();
    }
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot", "subscribed", "snapshot"}));
}

TEST_F(StreamSlices, RightsThatChangeInTheMiddleCount) {
    fill(12);
    put("b/1", "secret");
    const auto access = [&](std::vector<std::string> globs) {
        Access made;
        made.scope = hub().scope(std::move(globs));
        return std::make_shared<const Access>(std::move(made));
    };
    Subscription s = prefix("");
    s.access = access({"**", "x"});
    auto& client = open(s);
    client.complete();
    client.take();
    const AccessPtr less = access({"b/**"});
    hub().recheck([&](const AccessPtr&) { return Result<AccessPtr>(less); });
    run();
    client.complete_all();
    run();
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"access", "snapshot"}));
    EXPECT_EQ(entries_of(got[1]), Texts{"b/1=secret@14"});
}

TEST_F(StreamSlices, ManyFiltersAreTakenUpAndGivenUpInTurns) {
    hub_options.turn_filters = 30;
    const auto of = [](int client) {
        Subscription s;
        for (int i = 0; i < 10; ++i) s.filters.keys.push_back("k/" + std::to_string(client) + "/" + std::to_string(i));
        s.snapshot = false;
        return s;
    };
    hub();
    run();
    std::vector<FakeTransport*> clients;
    for (int i = 0; i < 9; ++i) clients.push_back(&open(of(i)));
    const auto welcomed = [&] { return std::ranges::count_if(clients, [](auto* one) { return one->sends > 0; }); };
    EXPECT_EQ(welcomed(), 3);
    step();
    EXPECT_EQ(welcomed(), 6);
    step();
    EXPECT_EQ(welcomed(), 9);
    run();
    EXPECT_EQ(hub().filters().distinct, 90U);
    pass(std::chrono::milliseconds{250});
    run();
    for (auto* client : clients) client->events->on_closed();
    EXPECT_EQ(hub().filters().held, 0U);
    EXPECT_GT(hub().filters().distinct, 0U);
    put("k/8/1", "x");
    auto& again = open(of(8));
    run();
    EXPECT_EQ(hub().filters().distinct, 10U) << "who comes back in between finds its filters";
    again.complete_all();
    put("k/8/1", "y");
    EXPECT_EQ(again.take().back().type, "update");
    EXPECT_TRUE(rests());
}

TEST_F(StreamSlices, PagesAreMadeInTurnsAndThoseThatAreThereCostNothing) {
    hub_options.turn_keys = 1'000;
    hub_options.page_bytes = 300;
    hub_options.turn_bytes = 1'200;
    for (int i = 0; i < 6; ++i) put("a/" + std::to_string(i), std::string(100, 'v'));
    run();
    pass(std::chrono::milliseconds{250});
    auto& first = open(prefix("a/"));
    first.complete_all();
    const auto made = first.take().size();
    EXPECT_LT(made, 4U) << "the pages of one turn";
    auto& second = open(prefix("a/"));
    second.complete_all();
    EXPECT_EQ(second.take().size(), made) << "just these are there for all";
    run();
    for (auto* client : {&first, &second}) {
        client->complete_all();
        run();
        client->complete_all();
        run();
        client->complete_all();
        EXPECT_EQ(client->take().size(), 4U - made);
    }
}

}  // namespace
}  // namespace confcast::push::test
