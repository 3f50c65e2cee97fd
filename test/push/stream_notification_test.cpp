// Notifications on a stream: in order with the changes, never folded, and there again for those who were away.
#include <random>
#include <set>

#include "confcast/store/notification.hpp"
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::seconds;

class StreamNotification : public StreamTest {
  protected:
    static store::Put put_of(const std::string& topic, const std::string& id, const std::string& payload = "1") {
        return {"/config.confcast/notify/" + topic + '-' + id,
                store::encode_notification({topic, id, "\"2026-11-23T08:00:00Z\"", payload}), 0};
    }
    feed::Revision notify(const std::string& topic, const std::string& id, const std::string& payload = "1") {
        return commit({{}, {put_of(topic, id, payload)}, {}});
    }
    feed::Revision commit(const store::Transaction& transaction) {
        node();
        const auto revision = store.commit_now(transaction).revision;
        run();
        return revision;
    }
    void expire(const std::string& topic, const std::string& id) {
        store.remove("/config.confcast/notify/" + topic + '-' + id);
        run();
    }
    static Subscription topics(Texts names, Subscription s = {}) {
        s.filters.topics = std::move(names);
        return s;
    }
    /// "jobs/7@3 3": topic/event id @ revision, and the message's seq_id. Others by their type.
    static Texts told(const std::vector<Received>& messages) {
        Texts out;
        for (const Received& m : messages) {
            std::string text = m.type;
            if (m.type == "notification")
                text = std::string(m.payload.at("topic").as_string()) + '/' +
                       std::string(m.payload.at("event_id").as_string()) + '@' +
                       std::to_string(m.payload.at("revision").as_int64());
            out.push_back(text + ' ' + std::to_string(m.seq_id));
        }
        return out;
    }
    Texts told(FakeTransport& client) {
        client.complete_all();
        return told(client.take());
    }
};

TEST_F(StreamNotification, IsForThoseWhoNamedItsTopic) {
    auto& jobs = open_quiet(topics({"jobs"}));
    auto& both = open_quiet(topics({"jobs", "news"}));
    auto& everything = open_quiet(prefix(""));
    notify("jobs", "7", R"({"n":1.50})");
    notify("news", "7");
    const auto first = jobs.one();
    EXPECT_EQ(
        json::serialize(first.payload),
        R"({"topic":"jobs","event_id":"7","timestamp":"2026-11-23T08:00:00Z","payload":{"n":1.5E0},"revision":2})");
    EXPECT_EQ(first.seq_id, 2);
    EXPECT_NE(jobs.in_flight.front()->json().find("1.50"), std::string::npos) << "as it was said";
    EXPECT_EQ(told(both), (Texts{"jobs/7@2 2", "news/7@3 3"}));
    EXPECT_TRUE(told(everything).empty());
    EXPECT_EQ(hub().stats().notifications, 3U);
}

TEST_F(StreamNotification, IsEncodedOnceForAll) {
    auto& a = open_quiet(topics({"jobs"}));
    auto& b = open_quiet(topics({"jobs", "news"}));
    notify("jobs", "1");
    EXPECT_EQ(a.in_flight.front(), b.in_flight.front());
}

TEST_F(StreamNotification, StandsInOrderWithTheChanges) {
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "1");
    notify("jobs", "1");
    put("a/x", "2");
    put("b", "no");
    notify("jobs", "2");
    EXPECT_EQ(told(client), (Texts{"update 2", "jobs/1@3 3", "update 4", "jobs/2@6 6"}));
}

TEST_F(StreamNotification, OfARevisionThatAlsoChangesASettingComesBeforeTheUpdate) {
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    commit({{}, {put_of("jobs", "1"), put_of("jobs", "2"), {"/config/a/x", "1", 0}}, {}});
    EXPECT_EQ(told(client), (Texts{"jobs/1@2 1", "jobs/2@2 1", "update 2"}))
        << "a stream that is cut in between must be told the revision again";
    auto& cut = open(since(topics({"jobs"}, prefix("a/")), 1));
    EXPECT_EQ(told(cut), (Texts{"welcome 1", "jobs/1@2 1", "jobs/2@2 1", "update 2"}));
}

TEST_F(StreamNotification, SeveralOfOneRevisionMoveThePositionWithTheLast) {
    auto& client = open_quiet(topics({"jobs"}));
    commit({{}, {put_of("jobs", "1"), put_of("news", "9"), put_of("jobs", "2")}, {}});
    EXPECT_EQ(told(client), (Texts{"jobs/1@2 1", "jobs/2@2 2"}));
}

TEST_F(StreamNotification, TopicsAloneAreNoFilterOfSettings) {
    put("a/x", "1");
    auto& client = open(topics({"jobs"}));
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_TRUE(got[1].payload.at("entries").as_array().empty());
    put("a/x", "2");
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamNotification, AFreshStreamGetsThoseThatCome) {
    notify("jobs", "1");
    auto& client = open(topics({"jobs"}));
    notify("jobs", "2");
    EXPECT_EQ(told(client), (Texts{"welcome 0", "snapshot 2", "jobs/2@3 3"}));
}

TEST_F(StreamNotification, SubscribingToATopicShowsNoState) {
    auto& client = open_quiet(prefix("a/"));
    client.say(R"({"type":"subscribe","id":1,"payload":{"topics":["jobs"]}})");
    const auto answer = client.one();
    EXPECT_EQ(answer.type, "subscribed");
    EXPECT_EQ(answer.seq_id, 1) << "it still owns its position";
    EXPECT_EQ(json::serialize(answer.payload), R"({"id":1,"keys":[],"prefixes":["a/"],"globs":[],"topics":["jobs"]})");
    client.complete_all();
    notify("jobs", "1");
    EXPECT_EQ(told(client), Texts{"jobs/1@2 2"});
    client.say(R"({"type":"unsubscribe","payload":{"topics":["jobs"]}})");
    notify("jobs", "2");
    EXPECT_EQ(told(client), Texts{"unsubscribed 2"});
}

TEST_F(StreamNotification, SubscribingToATopicAndAPrefixShowsThePrefix) {
    put("b/x", "1");
    auto& client = open_quiet(prefix("a/"));
    client.say(R"({"type":"subscribe","payload":{"topics":["jobs"],"prefixes":["b/"]}})");
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"subscribed", "snapshot"}));
    EXPECT_EQ(entries_of(got[1]), Texts{"b/x=1@2"});
}

TEST_F(StreamNotification, ATopicKeepsTheRulesOfKeys) {
    EXPECT_EQ(hub().check(topics({"a//b"})).error(), Errc::invalid_key);
    auto& client = open_quiet(prefix("a/"));
    client.say(R"({"type":"subscribe","payload":{"topics":["/x"]}})");
    EXPECT_EQ(client.one().payload.at("code").as_int64(), 40004);
}

TEST_F(StreamNotification, OnesThatCameWhileItWasAwayAreResumed) {
    open_quiet(topics({"jobs"}));
    notify("jobs", "1");
    notify("news", "1");
    notify("jobs", "2");
    auto& client = open(since(topics({"jobs"}), 2));
    EXPECT_EQ(told(client), (Texts{"welcome 2", "jobs/2@4 4"}));
}

TEST_F(StreamNotification, OnesThatTheJournalForgotAreTakenFromTheLog) {
    feed_options.journal.max_changes = 2;
    open_quiet(topics({"jobs"}));
    for (int i = 1; i <= 3; ++i) notify("jobs", std::to_string(i));
    for (int i = 0; i < 4; ++i) put("a/x", std::to_string(i));
    auto& client = open(since(topics({"jobs"}, prefix("a/")), 2));
    EXPECT_EQ(told(client), (Texts{"welcome 2", "jobs/2@3 2", "jobs/3@4 2", "update 8"}));
}

TEST_F(StreamNotification, ComeBeforeTheStateThatAResumeTakes) {
    feed_options.journal.max_changes = 2;
    feed_options.max_tombstones = 1;
    put("a/x", "1");
    notify("jobs", "1");
    for (const auto* key : {"a/1", "a/2", "a/3"}) put(key, "1");
    for (const auto* key : {"a/1", "a/2", "a/3"}) remove(key);
    auto& client = open(since(topics({"jobs"}, prefix("a/")), 2));
    EXPECT_EQ(told(client), (Texts{"welcome 0", "jobs/1@3 0", "snapshot 9"}));
    notify("jobs", "2");
    EXPECT_EQ(told(client), Texts{"jobs/2@10 10"});
}

TEST_F(StreamNotification, AnExpiredOneIsNotGivenToWhoComesLater) {
    feed_options.journal.max_changes = 1;
    notify("jobs", "1");
    notify("jobs", "2");
    expire("jobs", "1");
    put("a", "1");
    auto& client = open(since(topics({"jobs"}), 1));
    EXPECT_EQ(told(client), (Texts{"welcome 1", "jobs/2@3 1"}));
    EXPECT_EQ(node().feed.notifications().size(), 1U);
    notify("jobs", "1");
    EXPECT_EQ(told(client), Texts{"jobs/1@6 6"}) << "its time is over: it is new";
}

TEST_F(StreamNotification, ASlowClientGetsThemAllBeforeWhatIsFolded) {
    hub_options.coalesce_after = 3;
    hub_options.batch_messages = 2;
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "first");
    for (int i = 1; i <= 5; ++i) {
        put("a/x", std::to_string(i));
        notify("jobs", std::to_string(i));
    }
    EXPECT_EQ(told(client),
              (Texts{"update 2", "jobs/1@4 2", "jobs/2@6 2", "jobs/3@8 2", "jobs/4@10 2", "jobs/5@12 2", "update 12"}));
    EXPECT_EQ(hub().stats().coalesced, 1U);
    notify("jobs", "6");
    EXPECT_EQ(told(client), Texts{"jobs/6@13 13"}) << "each once";
}

TEST_F(StreamNotification, OnesThatComeWhileTheBacklogIsTakenAreInIt) {
    hub_options.coalesce_after = 1;
    hub_options.batch_messages = 2;
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "first");
    for (int i = 1; i <= 3; ++i) {
        put("a/x", std::to_string(i));
        notify("jobs", std::to_string(i));
    }
    client.complete();
    notify("jobs", "4");
    put("a/x", "last");
    EXPECT_EQ(told(client), (Texts{"update 2", "jobs/1@4 2", "jobs/2@6 2", "jobs/3@8 2", "jobs/4@9 2", "update 10"}));
}

TEST_F(StreamNotification, OnesOfOneRevisionAreNotPartedInTheBacklog) {
    hub_options.coalesce_after = 1;
    hub_options.batch_messages = 2;
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "first");
    put("a/x", "1");
    put("a/x", "2");
    commit({{}, {put_of("jobs", "1"), put_of("jobs", "2"), put_of("jobs", "3")}, {}});
    notify("jobs", "4");
    EXPECT_EQ(told(client), (Texts{"update 2", "jobs/1@5 2", "jobs/2@5 2", "jobs/3@5 2", "jobs/4@6 2", "update 6"}));
}

// With fewer filters it is no longer too far behind: what it has been told of the backlog is not in the journal's part.
TEST_F(StreamNotification, OnesOfTheBacklogAreNotToldAgainByTheJournal) {
    hub_options.coalesce_after = 2;
    hub_options.batch_messages = 2;
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "first");
    for (int i = 1; i <= 4; ++i) {
        put("a/x", std::to_string(i));
        notify("jobs", std::to_string(i));
    }
    client.complete();
    client.say(R"({"type":"unsubscribe","payload":{"prefixes":["a/"]}})");
    EXPECT_EQ(told(client),
              (Texts{"update 2", "jobs/1@4 2", "jobs/2@6 2", "unsubscribed 2", "jobs/3@8 8", "jobs/4@10 10"}));
}

TEST_F(StreamNotification, ComeBeforeTheStateThatReplacesATooLargeChange) {
    hub_options.coalesce_max_bytes = 500;
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "first");
    notify("jobs", "1");
    put_all({"a/1", "a/2", "a/3"}, std::string(300, 'v'));
    notify("jobs", "2");
    EXPECT_EQ(told(client), (Texts{"update 2", "jobs/1@3 3", "jobs/2@5 3", "snapshot 5"}));
}

TEST_F(StreamNotification, ThatComeFasterThanTheyAreReadDoNotKeepTheStateAway) {
    hub_options.coalesce_after = 1;
    hub_options.batch_messages = 1;
    hub_options.backlog_writes = 3;
    auto& client = open_quiet(topics({"jobs"}, prefix("a/")));
    put("a/x", "first");
    put("a/x", "1");
    put("a/x", "2");
    for (int i = 1; i <= 9; ++i) notify("jobs", std::to_string(i));
    EXPECT_EQ(told(client),
              (Texts{"update 2", "jobs/1@5 2", "jobs/2@6 2", "jobs/3@7 2", "notifications_lost 2", "update 13"}));
    EXPECT_EQ(hub().stats().notifications_lost, 1U);
    notify("jobs", "10");
    EXPECT_EQ(told(client), Texts{"jobs/10@14 14"});
}

TEST_F(StreamNotification, OnesThatWereDroppedForTheLimitsAreSaidToBeLost) {
    feed_options.journal.max_changes = 1;
    feed_options.notifications.max_count = 2;
    for (int i = 1; i <= 4; ++i) notify("jobs", std::to_string(i));
    put("a", "1");
    auto& client = open(since(topics({"jobs"}), 2));
    client.complete_all();
    const auto got = client.take();
    EXPECT_EQ(told(got), (Texts{"welcome 2", "notifications_lost 2", "jobs/3@4 2", "jobs/4@5 2"}));
    EXPECT_EQ(json::serialize(got[1].payload), R"({"from":2,"to":3})");
    auto& other = open(since(topics({"jobs"}), 3));
    EXPECT_EQ(told(other), (Texts{"welcome 3", "jobs/3@4 3", "jobs/4@5 3"})) << "it had what was dropped";
}

TEST_F(StreamNotification, OneThatIsPutAgainByHandIsDeliveredToNobody) {
    auto& client = open_quiet(topics({"jobs"}));
    notify("jobs", "1");
    EXPECT_EQ(told(client).size(), 1U);
    notify("jobs", "1", "2");
    EXPECT_TRUE(told(client).empty());
    EXPECT_EQ(node().feed.stats().foreign, 1U);
}

TEST_F(StreamNotification, WhatIsNotJsonInTheStoreIsToldAsText) {
    auto& client = open_quiet(topics({"jobs"}));
    for (const auto* payload : {"{\"a\":", "[1,\n2]", "", "1 2", "\xff"}) {
        static int id = 0;
        commit({{},
                {{"/config.confcast/notify/" + std::to_string(++id),
                  "confcast-notification 1\ntopic: jobs\nevent-id: e\npayload: " +
                      [payload] {
                          std::string escaped;
                          for (const char c : std::string(payload)) c == '\n' ? escaped += "%0A" : escaped += c;
                          return escaped;
                      }() +
                      "\n",
                  0}},
                {}});
        client.complete_all();
        for (const Received& m : client.take()) EXPECT_TRUE(m.payload.at("payload").is_string()) << payload;
    }
    EXPECT_EQ(node().feed.stats().foreign, 1U) << "one was not UTF-8: no record at all";
}

TEST_F(StreamNotification, OfAnotherHistoryIsNotMixedWithThis) {
    auto& client = open_quiet(topics({"jobs"}));
    notify("jobs", "1");
    auto& other = open(Subscription{{{}, {}, {}, {"jobs"}}, Since{feed::Epoch{99}, 1}, true, false});
    EXPECT_EQ(told(other), (Texts{"welcome 0", "snapshot 2"}));
    EXPECT_EQ(told(client).size(), 1U);
}

// Whatever a client does (slow, away, cut at any message), with the positions that it was told it sees every
// notification of its topics at least once, and in order; without a cut exactly once.
TEST_F(StreamNotification, NoneIsMissedWhateverTheClientDoes) {
    feed_options.journal.max_changes = 8;
    feed_options.max_tombstones = 4;
    hub_options.coalesce_after = 4;
    hub_options.batch_messages = 3;
    hub_options.backlog_writes = 1000;
    hub_options.page_bytes = 300;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        std::mt19937 random(seed);
        const auto one_in = [&](unsigned n) { return random() % n == 0; };
        FakeTransport* client = &open_quiet(topics({"jobs"}, prefix("a/")));
        feed::Revision position = head();
        feed::Revision last = 0;  // notification's revision
        std::set<feed::Revision> missing;
        bool exactly = true;
        const auto take = [&](std::size_t most) {
            for (const Received& m : client->take()) {
                if (most-- == 0) break;
                if (m.type == "notification") {
                    const auto revision = m.payload.at("revision").as_int64();
                    EXPECT_TRUE(missing.erase(revision) == 1 || !exactly) << "seed " << seed << ": twice";
                    if (exactly) {
                        EXPECT_GT(revision, last) << "seed " << seed;
                    }
                    last = std::max(last, revision);
                }
                EXPECT_NE(m.type, "notifications_lost");
                position = m.seq_id != 0 ? m.seq_id : position;
            }
        };
        for (int step = 0; step < 80; ++step) {
            const std::string n = std::to_string(seed) + '-' + std::to_string(step);
            if (one_in(3)) missing.insert(notify("jobs", n));
            if (one_in(6)) notify("news", n);
            if (one_in(2)) put("a/" + std::to_string(random() % 9), n);
            if (one_in(5)) remove("a/" + std::to_string(random() % 9));
            if (one_in(9)) commit({{}, {put_of("other", n), {"/config/a/y", n, 0}}, {}});
            if (client->busy && one_in(2)) {
                client->complete();
                take(1000);
            }
            if (one_in(25)) {  // cut, with only a part of what was sent received
                take(random() % 3);
                client->events->on_closed();
                client = &open(since(topics({"jobs"}, prefix("a/")), position));
                exactly = false;
            }
        }
        client->complete_all();
        take(100'000);
        EXPECT_TRUE(missing.empty()) << "seed " << seed << ": " << missing.size() << " missed";
        client->events->on_closed();
    }
}

}  // namespace
}  // namespace confcast::push::test
