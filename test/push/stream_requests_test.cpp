// What a client may ask on a live stream.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;

class StreamRequests : public StreamTest {
  protected:
    static std::string ask(std::string_view type, json::array keys, json::array prefixes, int id = 1) {
        return json::serialize(
            json::object{{"type", std::string(type)},
                         {"id", id},
                         {"payload", {{"keys", std::move(keys)}, {"prefixes", std::move(prefixes)}}}});
    }
    static Texts texts(const Received& m, std::string_view member) {
        Texts out;
        for (const json::value& v : m.payload.at(member).as_array()) out.emplace_back(v.as_string());
        std::sort(out.begin(), out.end());
        return out;
    }
    static std::int64_t code(const Received& m) {
        EXPECT_EQ(m.type, "error");
        return m.payload.at("code").as_int64();
    }
};

TEST_F(StreamRequests, PingIsAnsweredByPongWithItsId) {
    auto& client = open_quiet({});
    client.say(R"({"type":"ping","id":"x1"})");
    const auto pong = client.one();
    EXPECT_EQ(pong.type, "pong");
    EXPECT_EQ(pong.payload.at("id").as_string(), "x1");
    EXPECT_EQ(pong.seq_id, head()) << "what does not move the position repeats it";
    client.complete();
    client.say(R"({"type":"ping"})");
    EXPECT_TRUE(client.one().payload.empty());
    EXPECT_EQ(hub().stats().pings, 2U);
}

TEST_F(StreamRequests, AnswersWaitForTheWriteInFlight) {
    auto& client = open_quiet({});
    put("a", "1");
    client.say(R"({"type":"ping","id":1})");
    put("a", "2");
    EXPECT_EQ(types_of(client.take()), Texts{"update"});
    client.complete();
    EXPECT_EQ(types_of(client.take()), (Texts{"pong", "update"}));
}

TEST_F(StreamRequests, SubscribeIsAnsweredAndFollowedByTheStateOfWhatWasAdded) {
    put("a/1", "x");
    put("b/1", "y");
    put("c", "z");
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {"c"}, {"b/"}, 7));
    EXPECT_EQ(client.sends, 2U) << "one gathered write";
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"subscribed", "snapshot"}));
    EXPECT_EQ(got[0].payload.at("id").as_int64(), 7);
    EXPECT_EQ(texts(got[0], "keys"), Texts{"c"});
    EXPECT_EQ(texts(got[0], "prefixes"), (Texts{"a/", "b/"}));
    EXPECT_EQ(got[0].seq_id, 0) << "a client that stops here must not resume past the state that is to come";
    EXPECT_EQ(entries_of(got[1]), (Texts{"b/1=y@3", "c=z@4"}));
    EXPECT_EQ(got[1].seq_id, head());
    client.complete();
    put("b/2", "live");
    EXPECT_EQ(events_of(client.one()), Texts{"put b/2=live@5"});
}

TEST_F(StreamRequests, SubscribeBringsTheOldFiltersToTheHeadFirst) {
    put("b/1", "y");
    auto& client = open_quiet(prefix("a/"));
    put("a/1", "1");
    put("a/1", "2");
    put("a/1", "3");
    client.take();
    client.say(ask("subscribe", {}, {"b/"}));
    client.complete();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"update", "update", "subscribed", "snapshot"}));
    EXPECT_EQ(events_of(got[1]), Texts{"put a/1=3@5"});
    EXPECT_EQ(got[3].seq_id, head()) << "old and new filters are at one revision";
}

TEST_F(StreamRequests, SubscribeDoesNotWaitForEverBehindABusyJournal) {
    hub_options.batch_messages = 4;
    auto& client = open_quiet(prefix("a/"));
    put("a/1", "0");
    client.take();
    for (int i = 0; i < 20; ++i) put("a/1", std::to_string(i));
    client.say(ask("subscribe", {}, {"b/"}));
    client.complete();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"update", "subscribed", "snapshot"}));
    EXPECT_TRUE(got[0].payload.contains("coalesced_from"));
}

TEST_F(StreamRequests, SubscribeDuringASnapshotWaitsForItsEnd) {
    hub_options.page_bytes = 200;
    for (int i = 0; i < 3; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    put("b/1", "y");
    auto& client = open(prefix("a/"));
    client.say(ask("subscribe", {}, {"b/"}));
    client.say(R"({"type":"ping"})");
    put("a/0", "new");
    client.complete_all();
    EXPECT_EQ(types_of(client.take()),
              (Texts{"welcome", "snapshot", "snapshot", "snapshot", "update", "subscribed", "snapshot", "pong"}));
}

TEST_F(StreamRequests, PingDuringASnapshotIsAnsweredBetweenPagesAndOwnsNoPosition) {
    hub_options.page_bytes = 200;
    for (int i = 0; i < 3; ++i) put("a/" + std::to_string(i), std::string(150, 'v'));
    auto& client = open(prefix("a/"));
    client.say(R"({"type":"ping"})");
    client.complete_all();
    const auto got = client.take();
    EXPECT_EQ(types_of(got), (Texts{"welcome", "snapshot", "pong", "snapshot", "snapshot"}));
    EXPECT_EQ(got[2].seq_id, 0);
}

TEST_F(StreamRequests, ALargeAdditionComesInPagesWithoutUpdatesBetween) {
    hub_options.page_bytes = 200;
    for (int i = 0; i < 3; ++i) put("b/" + std::to_string(i), std::string(150, 'v'));
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {}, {"b/"}));
    put("a/1", "1");
    put("b/0", "new");
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"subscribed", "snapshot", "snapshot", "snapshot", "update", "update"}));
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(got[i].seq_id, 0);
    EXPECT_EQ(events_of(got[4]), Texts{"put a/1=1@5"});
    EXPECT_EQ(events_of(got[5]), Texts{"put b/0=new@6"});
}

TEST_F(StreamRequests, AnAdditionThatOldFiltersCoverIsShownWhole) {
    put("a/b/1", "x");
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {}, {"a/b/"}));
    EXPECT_EQ(entries_of(client.take().back()), Texts{"a/b/1=x@2"})
        << "a client replaces all that it had under the added filter";
}

TEST_F(StreamRequests, SubscribingAgainChangesNothingAndBringsNoSnapshot) {
    put("a/1", "x");
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {}, {"a/", "a/"}));
    const auto answer = client.one();
    EXPECT_EQ(answer.type, "subscribed");
    EXPECT_EQ(answer.seq_id, head()) << "a position: no snapshot follows";
    EXPECT_EQ(texts(answer, "prefixes"), Texts{"a/"});
    client.complete();
    client.say(ask("subscribe", {}, {"a/", "b/"}));
    EXPECT_TRUE(entries_of(client.take().back()).empty()) << "only what was added";
}

TEST_F(StreamRequests, UnsubscribeIsAnsweredWithWhatIsLeft) {
    Subscription s = prefix("a/");
    s.filters.prefixes.emplace_back("b/");
    s.filters.keys.emplace_back("c");
    auto& client = open_quiet(s);
    client.say(ask("unsubscribe", {"c"}, {"b/"}, 3));
    const auto answer = client.one();
    EXPECT_EQ(answer.type, "unsubscribed");
    EXPECT_EQ(answer.payload.at("id").as_int64(), 3);
    EXPECT_EQ(texts(answer, "keys"), Texts{});
    EXPECT_EQ(texts(answer, "prefixes"), Texts{"a/"});
    EXPECT_EQ(answer.seq_id, head());
    client.complete();
    put("b/1", "1");
    put("c", "1");
    EXPECT_TRUE(client.take().empty());
    put("a/1", "1");
    EXPECT_EQ(client.one().type, "update");
}

TEST_F(StreamRequests, UnsubscribingWhatIsNotSubscribedIsAnsweredToo) {
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("unsubscribe", {"a"}, {"a"}));
    EXPECT_EQ(texts(client.one(), "prefixes"), Texts{"a/"});
}

TEST_F(StreamRequests, WithoutFiltersNothingComesButBookmarks) {
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("unsubscribe", {}, {"a/"}));
    client.complete_all();
    client.take();
    put("a/1", "1");
    EXPECT_TRUE(client.take().empty()) << "no filters is nothing here, not everything";
    pass(std::chrono::seconds{10});
    EXPECT_EQ(client.one().type, "bookmark");
    client.complete();
    client.say(ask("subscribe", {}, {"a/"}));
    EXPECT_EQ(entries_of(client.take().back()), Texts{"a/1=1@2"});
}

TEST_F(StreamRequests, EverythingIsShownAsTheEmptyPrefixAndCanBeLeft) {
    auto& client = open_quiet({});
    client.say(ask("subscribe", {"a"}, {}));
    EXPECT_EQ(texts(client.take().front(), "prefixes"), Texts{""});
    client.complete_all();
    client.say(ask("unsubscribe", {}, {""}));
    client.complete_all();
    client.take();
    put("b", "1");
    EXPECT_TRUE(client.take().empty());
    put("a", "1");
    EXPECT_EQ(client.one().type, "update");
}

TEST_F(StreamRequests, WhatWasMissedOfARemovedFilterIsNotSent) {
    auto& client = open_quiet(prefix("a/"));
    put("a/1", "1");
    client.take();
    put("a/1", "2");
    client.say(ask("unsubscribe", {}, {"a/"}));
    client.complete_all();
    EXPECT_EQ(types_of(client.take()), Texts{"unsubscribed"});
}

TEST_F(StreamRequests, TooManyFiltersAreRefusedAsAWholeAndTheStreamGoesOn) {
    hub_options.max_filters = 3;
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {"k1", "k2", "k3"}, {}, 9));
    const auto error = client.one();
    EXPECT_EQ(code(error), 40014);
    EXPECT_EQ(error.payload.at("id").as_int64(), 9);
    EXPECT_EQ(error.payload.at("data").at("limit").as_int64(), 3);
    EXPECT_EQ(error.payload.at("data").at("count").as_int64(), 4);
    EXPECT_EQ(error.seq_id, head());
    client.complete();
    put("k1", "1");
    EXPECT_TRUE(client.take().empty());
    client.say(ask("subscribe", {"k1", "k2"}, {}));
    EXPECT_EQ(client.take().front().type, "subscribed");
}

TEST_F(StreamRequests, ARequestWithMoreThanTheLimitIsRefusedBeforeItIsTried) {
    hub_options.max_filters = 3;
    auto& client = open_quiet(prefix("a/"));
    client.say(ask("subscribe", {"k", "k", "k", "k"}, {}));
    EXPECT_EQ(code(client.one()), 40014);
}

TEST_F(StreamRequests, RefusalsAreErrorsAndTheStreamGoesOn) {
    auto& client = open_quiet({});
    const std::vector<std::pair<std::string, std::int64_t>> cases{
        {"nonsense", 40001},
        {std::string(1'000, '['), 40008},
        {R"({"type":"dance"})", 40011},
        {R"({"type":"ping","x":1})", 40002},
        {R"({"type":"subscribe","payload":{"keys":["//"]}})", 40004},
    };
    for (const auto& [text, expected] : cases) {
        client.say(text);
        EXPECT_EQ(code(client.one()), expected) << text;
        client.complete();
    }
    EXPECT_EQ(hub().stats().refused, cases.size());
    put("a", "1");
    EXPECT_EQ(client.one().type, "update");
}

TEST_F(StreamRequests, TheEnvelopeIsWhatTheHubWasGiven) {
    hub_options.render_envelope = [](const Error& error) {
        return R"({"code":)" + std::to_string(static_cast<int>(error.code())) + R"(,"message":"no","data":null})";
    };
    auto& client = open_quiet({});
    client.say(R"({"type":"dance","id":"q"})");
    EXPECT_EQ(json::serialize(client.one().payload), R"({"id":"q","code":40011,"message":"no","data":null})");
}

TEST_F(StreamRequests, BinaryMessagesAreRefused) {
    auto& client = open_quiet({});
    client.events->on_binary();
    EXPECT_EQ(code(client.one()), 40011);
}

TEST_F(StreamRequests, TooManyBadMessagesInARowAreTheEnd) {
    auto& client = open_quiet({});
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 19; ++i) client.say("bad");
        client.say(R"({"type":"ping"})");
        client.complete_all();
    }
    EXPECT_FALSE(client.closed);
    for (int i = 0; i < 20; ++i) client.say("bad");
    ASSERT_TRUE(client.closed);
    EXPECT_EQ(client.closed->code, 4002);
}

TEST_F(StreamRequests, AckIsCountedAndNotAnswered) {
    auto& client = open_quiet({});
    client.say(R"({"type":"ack","payload":{"seq_id":1,"status":"applied"}})");
    client.say(R"({"type":"ack","payload":{"seq_id":1,"status":"failed","key":"a","error":"no"}})");
    EXPECT_TRUE(client.take().empty());
    EXPECT_EQ(hub().stats().acks, 2U);
    EXPECT_EQ(hub().stats().nacks, 1U);
}

TEST_F(StreamRequests, ManyRequestsAtOnceAreAllAnsweredInOrder) {
    auto& client = open_quiet({});
    for (int i = 0; i < 100; ++i) client.say(ask("subscribe", {"k" + std::to_string(i % 50)}, {}, i));
    client.complete_all();
    int next = 0;
    for (const auto& m : client.take())
        if (m.type == "subscribed") {
            EXPECT_EQ(m.payload.at("id").as_int64(), next++);
        }
    EXPECT_EQ(next, 100);
}

TEST_F(StreamRequests, MoreThanMayWaitAreRefusedWithTheirIdsAndThenItEnds) {
    hub_options.max_requests = 4;
    auto& client = open_quiet({});
    put("a", "1");
    client.take();
    for (int i = 0; i < 6; ++i) client.say(R"({"type":"ping","id":)" + std::to_string(i) + "}");
    client.complete_all();
    auto got = client.take();
    EXPECT_EQ(types_of(got), (Texts{"pong", "pong", "pong", "pong", "error", "error"}));
    EXPECT_EQ(got[5].payload.at("id").as_int64(), 5);
    put("a", "2");
    for (int i = 0; i < 8; ++i) client.say(R"({"type":"ping"})");
    EXPECT_FALSE(client.closed);
    client.say(R"({"type":"ping"})");
    ASSERT_TRUE(client.closed);
    EXPECT_EQ(client.closed->code, 4002);
}

TEST_F(StreamRequests, WaitingRequestsAreBoundedInBytesToo) {
    hub_options.max_request_bytes = 1'000;
    auto& client = open_quiet({});
    put("a", "1");
    client.take();
    for (int i = 0; i < 3; ++i) client.say(ask("subscribe", {std::string(400, 'x')}, {}, i));
    client.complete_all();
    EXPECT_EQ(types_of(client.take()), (Texts{"subscribed", "snapshot", "subscribed", "error"}));
}

}  // namespace
}  // namespace confcast::push::test
