// A client that keeps up.
#include "session.hpp"
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

class StreamLive : public StreamTest {};

TEST_F(StreamLive, AChangeIsSentByTheNextTurn) {
    auto& client = open_quiet(prefix("a/"));
    const auto at = put("a/x", "1");
    const auto update = client.one();
    EXPECT_EQ(update.type, "update");
    EXPECT_EQ(update.seq_id, at);
    EXPECT_EQ(events_of(update), Texts{"put a/x=1@2"});
    EXPECT_EQ(update.payload.size(), 1U) << "no coalesced_from";
}

TEST_F(StreamLive, APutHasAllThatAnEntryHas) {
    auto& client = open_quiet({});
    put("a", "1");
    put("a", "2");
    client.complete_all();
    EXPECT_EQ(json::serialize(client.take().back().payload),
              R"({"events":[{"op":"put","key":"a","value":"2","content_type":"text/plain; charset=utf-8",)"
              R"("create_revision":2,"mod_revision":3,"version":2}]})");
}

TEST_F(StreamLive, ADeleteHasKeyAndRevision) {
    put("a", "1");
    auto& client = open_quiet({});
    remove("a");
    EXPECT_EQ(json::serialize(client.one().payload), R"({"events":[{"op":"delete","key":"a","mod_revision":3}]})");
}

TEST_F(StreamLive, WhatIsNotAskedForIsNotSent) {
    auto& by_key = open_quiet(key("a/x"));
    auto& by_prefix = open_quiet(prefix("b/"));
    put("a/xy", "1");
    put("a/y", "1");
    put("b", "1");
    EXPECT_TRUE(by_key.take().empty());
    EXPECT_TRUE(by_prefix.take().empty());
}

TEST_F(StreamLive, AllMatchingEventsOfARevisionComeInOneMessage) {
    auto& some = open_quiet(prefix("a/"));
    auto& one = open_quiet(key("b"));
    auto& all = open_quiet({});
    put_all({"a/1", "a/2", "b", "c"}, "v");
    EXPECT_EQ(events_of(some.one()), (Texts{"put a/1=v@2", "put a/2=v@2"}));
    EXPECT_EQ(events_of(one.one()), Texts{"put b=v@2"});
    EXPECT_EQ(events_of(all.one()).size(), 4U);
}

TEST_F(StreamLive, AMessageComesOnceHoweverManyFiltersMatch) {
    Subscription s = prefix("a");
    s.filters.prefixes.emplace_back("a/");
    s.filters.keys.emplace_back("a/1");
    s.filters.keys.emplace_back("a/1");
    auto& client = open_quiet(s);
    put("a/1", "v");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/1=v@2"});
}

TEST_F(StreamLive, BytesAreMadeOncePerSubsetAndShared) {
    std::vector<FakeTransport*> everything;
    everything.reserve(20);
    for (int i = 0; i < 20; ++i) everything.push_back(&open_quiet({}));
    std::vector<FakeTransport*> some;
    some.reserve(20);
    for (int i = 0; i < 20; ++i) some.push_back(&open_quiet(i % 2 == 0 ? prefix("a/") : prefix("a/1")));
    const auto before = hub().stats().encoded;
    put_all({"a/1", "b"}, "v");
    EXPECT_EQ(hub().stats().encoded - before, 2U) << "different filters, two different subsets";
    for (auto* client : everything) EXPECT_EQ(client->in_flight.front(), everything.front()->in_flight.front());
    for (auto* client : some) EXPECT_EQ(client->in_flight.front(), some.front()->in_flight.front());
    EXPECT_EQ(hub().stats().updates, 40U);
}

TEST_F(StreamLive, ATracedRevisionIsEncodedOnceAndNamesItsTrace) {
    auto& first = open_quiet(prefix("a/"));
    auto& second = open_quiet(prefix("a"));
    store::Transaction write;
    const auto trace = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    write.puts.push_back({"/config/a/x", "1"});
    write.puts.push_back({"/config.confcast/meta/a/x", store::encode_metadata({}, trace)});
    store.commit_now(write);
    run();
    EXPECT_EQ(hub().stats().encoded, 1U);
    EXPECT_EQ(first.in_flight.front(), second.in_flight.front());
    EXPECT_EQ(first.one().payload.at("traceparent").as_string(), trace->text());
}

TEST_F(StreamLive, AMultiKeyRevisionOfMoreThanAWordOfEventsIsSharedToo) {
    std::vector<std::string> keys;
    keys.reserve(101);
    for (int i = 0; i < 100; ++i) keys.push_back("a/" + std::to_string(i));
    keys.emplace_back("b");
    auto& first = open_quiet(prefix("a/"));
    auto& second = open_quiet(prefix("a"));
    put_all(keys, "v");
    EXPECT_EQ(hub().stats().encoded, 1U);
    EXPECT_EQ(first.in_flight.front(), second.in_flight.front());
    EXPECT_EQ(events_of(first.one()).size(), 100U);
}

TEST_F(StreamLive, ASessionIsSmall) {
    EXPECT_LE(sizeof(Session), 192U);
    RecordProperty("sizeof_session", static_cast<int>(sizeof(Session)));
}

TEST_F(StreamLive, QuietSubscriberGetsABookmarkWhenTheStoreMovesOn) {
    auto& client = open_quiet(prefix("a/"));
    put("b", "1");
    pass(milliseconds{9'999});
    EXPECT_TRUE(client.take().empty());
    pass(milliseconds{1});
    const auto bookmark = client.one();
    EXPECT_EQ(bookmark.type, "bookmark");
    EXPECT_EQ(bookmark.seq_id, head());
    EXPECT_TRUE(bookmark.payload.empty());
    client.complete_all();
    pass(seconds{60});
    EXPECT_TRUE(client.take().empty()) << "the store has not moved on";
}

TEST_F(StreamLive, ABookmarkComesForRevisionsThatAreNoSettings) {
    auto& client = open_quiet({});
    store.put("/config.confcast/other", "x");
    run();
    pass(seconds{10});
    EXPECT_EQ(client.one().seq_id, 2);
}

TEST_F(StreamLive, PongsDoNotPutABookmarkOff) {
    auto& client = open_quiet(prefix("a/"));
    put("b", "1");
    for (int i = 0; i < 10; ++i) {
        client.say(R"({"type":"ping"})");
        client.complete_all();
        client.take();
        pass(seconds{1});
    }
    EXPECT_EQ(client.one().type, "bookmark");
}

TEST_F(StreamLive, ABookmarkIsMadeOnceForAll) {
    auto& first = open_quiet(prefix("a/"));
    auto& second = open_quiet(prefix("c/"));
    put("b", "1");
    pass(seconds{10});
    EXPECT_EQ(first.in_flight.front(), second.in_flight.front());
    EXPECT_EQ(hub().stats().bookmarks, 2U);
}

TEST_F(StreamLive, AClientThatResumesFromItsBookmarkMissesNothing) {
    auto& client = open_quiet(prefix("a/"));
    put("b", "1");
    pass(seconds{10});
    const auto position = client.one().seq_id;
    client.events->on_closed();
    put("a/1", "1");
    auto& again = open(since(prefix("a/"), position));
    EXPECT_EQ(events_of(again.take().back()), Texts{"put a/1=1@3"});
}

/// Somebody who hears of a change before the hub does, and opens a stream there and then.
class EarlyBird final : public feed::FeedListener {
  public:
    void on_change(const feed::ChangePtr&) override {
        if (hub != nullptr && client.events == nullptr) client.events = &hub->open(client, {});
    }
    void on_advance(feed::Revision) override {}
    void on_epoch(feed::Epoch) override {}

    Hub* hub = nullptr;
    FakeTransport client;
};

TEST_F(StreamLive, AStreamOpenedWhileAChangeIsToldHasItOnlyOnce) {
    EarlyBird early;
    auto& feed = node().feed;
    feed.add_listener(early);
    {
        Hub late(io.get_executor(), feed, hub_options, clock, log);
        early.hub = &late;
        put("a", "1");
        early.client.complete_all();
        EXPECT_EQ(types_of(early.client.take()), (Texts{"welcome", "snapshot"}));
        put("a", "2");
        EXPECT_EQ(early.client.one().type, "update");
        feed.remove_listener(early);
    }
}

TEST_F(StreamLive, ClosedConnectionsAreForgotten) {
    auto& first = open_quiet({});
    auto& second = open_quiet({});
    auto& third = open_quiet({});
    first.events->on_closed();
    third.events->on_closed();
    EXPECT_EQ(hub().sessions(), 1U);
    put("a", "1");
    EXPECT_TRUE(first.take().empty());
    EXPECT_EQ(second.one().seq_id, 2);
    second.events->on_closed();
    EXPECT_EQ(hub().stats().sessions_opened, 3U);
    EXPECT_EQ(hub().stats().sessions_closed, 3U);
}

TEST_F(StreamLive, CountsWhatIsSent) {
    auto& client = open_quiet({});
    const auto before = hub().stats();
    put("a", "1");
    EXPECT_EQ(hub().stats().messages - before.messages, 1U);
    EXPECT_EQ(hub().stats().bytes - before.bytes, client.in_flight.front()->json().size());
}

}  // namespace
}  // namespace confcast::push::test
