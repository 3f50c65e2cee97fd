// Who listens, and how each stands.
#include <algorithm>
#include <set>

#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;

class Clients : public StreamTest {
  protected:
    static Subscription named(std::string id, std::vector<Label> labels = {}) {
        Subscription s;
        s.name = {std::move(id), std::move(labels)};
        return s;
    }
    /// That the node has not got as far as.
    Subscription glob_ahead() {
        Subscription s;
        s.filters.globs = {"x/*"};
        return since(std::move(s), head() + 10);
    }
    /// The only one there is.
    Client only() {
        auto page = hub().clients({}, 0, 10);
        EXPECT_EQ(page.clients.size(), 1U);
        return page.clients.empty() ? Client{} : page.clients.front();
    }
    Texts ids(const ClientQuery& query) {
        Texts out;
        for (const auto& client : hub().clients(query, 0, 100).clients) out.push_back(client.name.id);
        std::sort(out.begin(), out.end());
        return out;
    }
};

TEST_F(Clients, NobodyIsAnEmptyPage) {
    const auto page = hub().clients({}, 0, 10);
    EXPECT_TRUE(page.clients.empty());
    EXPECT_FALSE(page.next);
}

TEST_F(Clients, AClientIsShownWithAllThatIsKnownOfIt) {
    clock.advance(std::chrono::seconds{5});
    const SystemTime opened = clock.wall();
    put("a/1", "v");
    Subscription s = named("cart-7", {{"zone", "eu"}, {"tier", ""}});
    s.filters = {{"k"}, {"a/"}, {"*/b"}};
    auto& transport = open(s);
    const std::string session(transport.take().front().payload.at("session").as_string());
    std::size_t bytes = 0;
    for (const auto& message : transport.in_flight) bytes += message->framed(Framing::websocket).size();
    transport.complete_all();
    clock.advance(std::chrono::seconds{3});

    const Client client = only();
    EXPECT_EQ(session_name(client.session), session);
    EXPECT_EQ(client.address, "203.0.113.7:5123");
    EXPECT_EQ(client.transport, Framing::websocket);
    EXPECT_EQ(client.name.id, "cart-7");
    EXPECT_EQ(client.name.labels, (std::vector<Label>{{"zone", "eu"}, {"tier", ""}}));
    EXPECT_EQ(client.filters.keys, Texts{"k"});
    EXPECT_EQ(client.filters.prefixes, Texts{"a/"});
    EXPECT_EQ(client.filters.globs, Texts{"*/b"});
    EXPECT_EQ(client.epoch.to_string(), epoch());
    EXPECT_EQ(client.seq_id, head());
    EXPECT_EQ(client.lag, 0);
    EXPECT_EQ(client.since, opened);
    EXPECT_EQ(client.bytes_sent, bytes);
    EXPECT_EQ(client.state, ClientState::live);
    EXPECT_FALSE(client.ack);
    ASSERT_TRUE(hub().client(client.session));
    EXPECT_EQ(hub().client(client.session)->name.id, "cart-7");
    EXPECT_FALSE(hub().client(client.session + 1));
}

TEST_F(Clients, FiltersAreThoseInForce) {
    auto& transport = open_quiet({});
    EXPECT_EQ(only().filters.prefixes, Texts{""}) << "everything";
    transport.say(R"({"type":"subscribe","payload":{"globs":["a/*"],"keys":["k"]}})");
    transport.complete_all();
    transport.say(R"({"type":"unsubscribe","payload":{"prefixes":[""]}})");
    EXPECT_EQ(only().filters.prefixes, Texts{});
    EXPECT_EQ(only().filters.keys, Texts{"k"});
    EXPECT_EQ(only().filters.globs, Texts{"a/*"});
}

TEST_F(Clients, LiveAndBehindAreToldApartByWhatWaits) {
    auto& transport = open_quiet(prefix("a/"));
    put("a/1", "in flight");
    EXPECT_EQ(only().state, ClientState::live) << "all that there is has been handed over";
    EXPECT_EQ(only().lag, 0);
    put("b", "does not matter to it");
    put("a/1", "waits");
    put("b", "comes after what waits");
    put("a/1", "waits too");
    EXPECT_EQ(only().state, ClientState::behind);
    EXPECT_EQ(only().lag, 3) << "from the first revision that waits to the newest";
    EXPECT_EQ(only().seq_id, 2);
    transport.complete_all();
    EXPECT_EQ(only().state, ClientState::live);
    EXPECT_EQ(only().lag, 0);
    EXPECT_EQ(only().seq_id, head());
}

TEST_F(Clients, SnapshotWaitingAndClosingAreStates) {
    hub_options.page_bytes = 1;
    put_all({"a", "b", "c"}, "v");
    auto& transport = open({});
    EXPECT_EQ(only().state, ClientState::snapshot);
    EXPECT_EQ(only().seq_id, 0) << "it owns no position";
    transport.complete_all();
    EXPECT_EQ(only().state, ClientState::live);
    EXPECT_TRUE(hub().dismiss(only().session));
    EXPECT_EQ(only().state, ClientState::closing);
    transport.events->on_closed();

    auto& early = open(glob_ahead());
    EXPECT_EQ(only().state, ClientState::waiting);
    EXPECT_EQ(only().filters.globs, Texts{"x/*"});
    EXPECT_EQ(only().lag, 0);
    early.events->on_closed();
}

TEST_F(Clients, OneWithoutPositionBeforeTheFirstListIsWaiting) {
    auto& unready = unready_node();
    FakeTransport transport;
    transport.events = &unready.hub.open(transport, {});
    const auto page = unready.hub.clients({}, 0, 10);
    ASSERT_EQ(page.clients.size(), 1U);
    EXPECT_EQ(page.clients.front().state, ClientState::waiting);
    EXPECT_EQ(page.clients.front().filters.prefixes, Texts{""});
    transport.events->on_closed();
}

TEST_F(Clients, TheLatestAckIsKept) {
    auto& transport = open_quiet({});
    transport.say(R"({"type":"ack","payload":{"seq_id":1,"status":"applied"}})");
    ASSERT_TRUE(only().ack);
    EXPECT_FALSE(only().ack->failed);
    EXPECT_EQ(only().ack->seq_id, 1);
    clock.advance(std::chrono::seconds{1});
    transport.say(R"({"type":"ack","payload":{"seq_id":4,"status":"failed","key":"a/b","error":"no such port"}})");
    const Ack ack = *only().ack;
    EXPECT_TRUE(ack.failed);
    EXPECT_EQ(ack.seq_id, 4);
    EXPECT_EQ(ack.key, "a/b");
    EXPECT_EQ(ack.error, "no such port");
    EXPECT_EQ(ack.at, clock.wall());
    transport.say(R"({"type":"ack","payload":{"seq_id":-4,"status":"applied"}})");
    EXPECT_EQ(only().ack->seq_id, 4) << "one that was refused does not count";
}

TEST_F(Clients, BytesSentGrowWithEveryMessage) {
    auto& transport = open_quiet(prefix("a/"));
    const auto before = only().bytes_sent;
    put("a/1", std::string(1'000, 'v'));
    EXPECT_EQ(only().bytes_sent, before + transport.in_flight.front()->framed(Framing::websocket).size());
}

TEST_F(Clients, AreFoundByIdLabelsAndTransport) {
    open(named("a", {{"zone", "eu"}, {"tier", "1"}}));
    open(named("b", {{"zone", "eu"}, {"tier", "2"}}));
    open(named("b", {{"zone", "us"}}));
    open({});
    EXPECT_EQ(ids({}), (Texts{"", "a", "b", "b"}));
    EXPECT_EQ(ids({"b", {}, {}}), (Texts{"b", "b"}));
    EXPECT_EQ(ids({{}, {{"zone", "eu"}}, {}}), (Texts{"a", "b"}));
    EXPECT_EQ(ids({{}, {{"zone", "eu"}, {"tier", "2"}}, {}}), Texts{"b"}) << "all labels must hold";
    EXPECT_EQ(ids({"a", {{"zone", "us"}}, {}}), Texts{});
    EXPECT_EQ(ids({{}, {{"eu", "zone"}}, {}}), Texts{});
    EXPECT_EQ(ids({{}, {}, Framing::websocket}).size(), 4U);
    EXPECT_EQ(ids({{}, {}, Framing::sse}).size(), 0U);
}

TEST_F(Clients, PagesShowEachOfManyOnceWhoeverComesAndGoesBetween) {
    constexpr std::size_t count = 10'000;
    std::deque<FakeTransport> transports(count);
    node();
    for (auto& transport : transports) {
        transport.parse = false;
        transport.events = &hub().open(transport, {});
    }
    std::set<std::uint64_t> all;
    std::uint64_t after = 0;
    std::size_t pages = 0;
    for (bool more = true; more; ++pages) {
        const auto page = hub().clients({}, after, 100);
        EXPECT_LE(page.clients.size(), 100U);
        for (const auto& client : page.clients) {
            EXPECT_GT(client.session, after) << "ascending";
            after = client.session;
            all.insert(client.session);
        }
        more = page.next.has_value();
        if (more) {
            EXPECT_EQ(*page.next, after);
        }
    }
    EXPECT_EQ(all.size(), count);
    EXPECT_EQ(pages, count / 100);
    for (auto& transport : transports) transport.events->on_closed();
    EXPECT_TRUE(hub().clients({}, 0, 10).clients.empty());
}

// The one that is looked for is the last of more than a page looks at: the pages before it are empty and go on.
TEST_F(Clients, AQueryThatFewMatchLooksAtABoundedNumberAtATime) {
    std::deque<FakeTransport> transports(10'050);
    node();
    for (auto& transport : transports) {
        transport.parse = false;
        transport.events = &hub().open(transport, {});
    }
    const auto first = hub().clients({"nobody", {}, {}}, 0, 10);
    EXPECT_TRUE(first.clients.empty());
    ASSERT_TRUE(first.next);
    const auto second = hub().clients({"nobody", {}, {}}, *first.next, 10);
    EXPECT_TRUE(second.clients.empty());
    EXPECT_FALSE(second.next);
    for (auto& transport : transports) transport.events->on_closed();
}

TEST_F(Clients, APageOfLongFiltersEndsEarly) {
    Subscription s;
    for (int i = 0; i < 100; ++i) s.filters.keys.push_back(std::string(500, 'k') + std::to_string(i));
    for (int i = 0; i < 60; ++i) open(s);
    const auto page = hub().clients({}, 0, 1'000);
    EXPECT_LT(page.clients.size(), 30U);
    ASSERT_TRUE(page.next);
    EXPECT_EQ(*page.next, page.clients.back().session);
}

TEST_F(Clients, DismissingClosesWithItsReasonAndNothingFollows) {
    auto& transport = open_quiet({});
    put("a", "in flight");
    transport.take();
    const auto session = only().session;
    EXPECT_TRUE(hub().dismiss(session));
    ASSERT_TRUE(transport.closed);
    EXPECT_EQ(transport.closed->code, 1008);
    EXPECT_EQ(transport.closed->text, "closed by an operator");
    EXPECT_FALSE(transport.closed->reconnect);
    put("a", "unheard");
    transport.complete();
    EXPECT_TRUE(transport.take().empty());
    EXPECT_TRUE(hub().dismiss(session)) << "it is still there, and once more changes nothing";
    EXPECT_EQ(hub().stats().dismissed, 1U);
    transport.events->on_closed();
    EXPECT_FALSE(hub().dismiss(session));
}

TEST_F(Clients, OneThatDoesNotGoWhenDismissedIsCut) {
    auto& transport = open_quiet({});
    hub().dismiss(only().session);
    pass(hub_options.close_grace);
    EXPECT_TRUE(transport.aborted);
}

TEST_F(Clients, OneThatWaitsCanBeDismissedToo) {
    auto& transport = open(glob_ahead());
    EXPECT_TRUE(hub().dismiss(only().session));
    EXPECT_TRUE(transport.closed);
    pass(hub_options.ahead_wait);
    put("x/1", "v");
    EXPECT_TRUE(transport.take().empty());
}

TEST(SessionName, IsReadAsItIsWritten) {
    EXPECT_EQ(session_name(0x1F), "000000000000001f");
    EXPECT_EQ(parse_session_name("000000000000001f"), 0x1FU);
    for (const char* bad : {"", "1f", "000000000000001F", "000000000000001g", "0000000000000001f", " 00000000000001f"})
        EXPECT_FALSE(parse_session_name(bad)) << bad;
}

}  // namespace
}  // namespace confcast::push::test
