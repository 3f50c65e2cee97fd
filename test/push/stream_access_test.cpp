// What a client may not see does not exist for it, and what it may see can change while it listens.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::seconds;

class StreamAccess : public StreamTest {
  protected:
    AccessPtr access(Texts globs, std::optional<SystemTime> expires = {}, feed::Revision changed = 0) {
        Access made;
        made.name = "token:ci";
        made.scope = hub().scope(std::move(globs));
        made.expires = expires;
        made.changed = changed;
        return std::make_shared<const Access>(std::move(made));
    }
    static Subscription with(Subscription s, AccessPtr access) {
        s.access = std::move(access);
        return s;
    }
    static Subscription everything() { return {}; }
    void change_all_to(const AccessPtr& now) {
        hub().recheck([&](const AccessPtr&) { return Result<AccessPtr>(now); });
    }
    static std::string limits_of(const Received& message) {
        const json::value* limits = message.payload.if_contains("limited_to");
        return limits == nullptr ? "none" : json::serialize(*limits);
    }
    std::vector<Received> all_of(FakeTransport& client) {
        auto got = client.take();
        while (client.busy) {
            client.complete();
            for (auto& one : client.take()) got.push_back(std::move(one));
        }
        return got;
    }
};

TEST_F(StreamAccess, WhatMayNotBeSeenIsInNoSnapshotAndNoUpdate) {
    put_all({"app/a", "db/a"}, "v");
    auto& client = open(with(everything(), access({"app/**"})));
    const auto got = all_of(client);
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_EQ(entries_of(got[1]), Texts{"app/a=v@2"});
    put("db/a", "secret");
    EXPECT_FALSE(client.busy);
    put_all({"app/a", "app/b", "db/a"}, "w");
    EXPECT_EQ(events_of(client.one()), (Texts{"put app/a=w@4", "put app/b=w@4"}));
    client.complete();
    remove("db/a");
    EXPECT_FALSE(client.busy);
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamAccess, AFilterThatReachesBeyondIsToldSo) {
    const auto limits = [&](Subscription s, Texts globs) {
        return limits_of(open(with(std::move(s), access(std::move(globs)))).take().at(0));
    };
    EXPECT_EQ(limits(everything(), {"app/**"}), R"(["app/**"])");
    EXPECT_EQ(limits(everything(), {"**"}), "none");
    EXPECT_EQ(limits(prefix("app/"), {"app/**"}), "none");
    EXPECT_EQ(limits(prefix("app"), {"app/**"}), R"(["app/**"])") << "applications/x begins with it too";
    EXPECT_EQ(limits(prefix("app/x"), {"db/x", "app/**"}), "none");
    EXPECT_EQ(limits(key("db/x"), {"db/x"}), "none");
    EXPECT_EQ(limits(key("db/y"), {"db/x"}), R"(["db/x"])");
    EXPECT_EQ(limits(key("db/y"), {}), "[]");
}

TEST_F(StreamAccess, AnAnswerToSubscribeTellsItToo) {
    auto& client = open_quiet(with(prefix("app/"), access({"app/**"})));
    client.say(R"({"type":"subscribe","id":1,"payload":{"prefixes":["db/"]}})");
    auto got = all_of(client);
    ASSERT_EQ(types_of(got), (Texts{"subscribed", "snapshot"}));
    EXPECT_EQ(limits_of(got[0]), R"(["app/**"])");
    client.say(R"({"type":"unsubscribe","id":2,"payload":{"prefixes":["db/"]}})");
    EXPECT_EQ(limits_of(client.one()), "none");
}

TEST_F(StreamAccess, WhoSeesTheSameSharesTheBytes) {
    auto& all = open_quiet(everything());
    auto& some = open_quiet(with(everything(), access({"app/**"})));
    auto& others = open_quiet(with(everything(), access({"app/**", "db/**"})));
    const auto encoded = hub().stats().encoded;
    put("app/a", "v");
    EXPECT_EQ(hub().stats().encoded, encoded + 1);
    EXPECT_EQ(all.in_flight, some.in_flight);
    EXPECT_EQ(all.in_flight, others.in_flight);
    all.complete(), some.complete(), others.complete();
    put_all({"app/a", "db/a"}, "w");
    EXPECT_EQ(hub().stats().encoded, encoded + 3) << "one with both, one with app/a alone";
    EXPECT_EQ(all.in_flight, others.in_flight);
}

TEST_F(StreamAccess, SnapshotsOfDifferentScopesAreNotMixedUp) {
    put_all({"app/a", "db/a"}, "v");
    auto& app = open(with(everything(), access({"app/**"})));
    auto& db = open(with(everything(), access({"db/**"})));
    auto& again = open(with(everything(), access({"app/**"})));
    EXPECT_EQ(entries_of(all_of(app).at(1)), Texts{"app/a=v@2"});
    EXPECT_EQ(entries_of(all_of(db).at(1)), Texts{"db/a=v@2"});
    EXPECT_EQ(entries_of(all_of(again).at(1)), Texts{"app/a=v@2"});
}

TEST_F(StreamAccess, AFoldedUpdateLeavesOutWhatMayNotBeSeen) {
    hub_options.coalesce_after = 2;
    auto& app = open_quiet(with(everything(), access({"app/**"})));
    auto& db = open_quiet(with(everything(), access({"db/**"})));
    put_all({"app/0", "db/0"}, "0");  // now both have a write in flight
    app.take(), db.take();
    for (const char* value : {"1", "2", "3", "4"}) put_all({"app/x", "db/x"}, value);
    app.complete(), db.complete();
    EXPECT_EQ(events_of(app.one()), Texts{"put app/x=4@6"});
    EXPECT_EQ(events_of(db.one()), Texts{"put db/x=4@6"});
}

TEST_F(StreamAccess, RightsThatAreTakenAwayTakeTheSettingsWithThem) {
    put_all({"app/a", "db/a"}, "v");
    auto& client = open_quiet(with(everything(), access({"app/**", "db/**"})));
    change_all_to(access({"app/**"}));
    const auto got = all_of(client);
    ASSERT_EQ(types_of(got), (Texts{"access", "snapshot"}));
    EXPECT_EQ(got[0].seq_id, 0);
    EXPECT_EQ(got[0].payload.at("status").as_string(), "changed");
    EXPECT_EQ(limits_of(got[0]), R"(["app/**"])");
    EXPECT_EQ(entries_of(got[1]), Texts{"app/a=v@2"});
    put("db/a", "w");
    EXPECT_FALSE(client.busy);
}

TEST_F(StreamAccess, RightsThatAreAddedShowWhatWasThereBefore) {
    put_all({"app/a", "db/a"}, "v");
    auto& client = open_quiet(with(everything(), access({"app/**"})));
    change_all_to(access({"app/**", "db/**"}));
    EXPECT_EQ(entries_of(all_of(client).at(1)), (Texts{"app/a=v@2", "db/a=v@2"}));
}

TEST_F(StreamAccess, AChangeThatShowsNothingElseCostsNoSnapshot) {
    put("app/a", "v");
    auto& client = open_quiet(with(prefix("app/"), access({"app/**"})));
    change_all_to(access({"app/**", "db/**"}));
    EXPECT_EQ(types_of(all_of(client)), Texts{"access"});
    put("app/a", "w");
    EXPECT_EQ(events_of(client.one()), Texts{"put app/a=w@3"});
}

TEST_F(StreamAccess, AChangeInTheMiddleOfAWriteOrASnapshotIsNotLost) {
    hub_options.page_bytes = 1;
    put_all({"app/a", "db/a", "db/b"}, "v");
    auto& client = open(with(everything(), access({"app/**", "db/**"})));
    ASSERT_EQ(types_of(client.take()), (Texts{"welcome", "snapshot"}));
    change_all_to(access({"db/b"}));  // pages of the old snapshot are still to come
    const auto got = all_of(client);
    ASSERT_EQ(types_of(got), (Texts{"access", "snapshot"}));
    EXPECT_EQ(entries_of(got[1]), Texts{"db/b=v@2"});
    EXPECT_NE(got[1].seq_id, 0);
}

TEST_F(StreamAccess, AllRightsGoneIsAnEmptyStateNotAnEnd) {
    put("app/a", "v");
    auto& client = open_quiet(with(everything(), access({"app/**"})));
    change_all_to(access({}));
    EXPECT_EQ(entries_of(all_of(client).at(1)), Texts{});
    EXPECT_FALSE(client.closed);
}

TEST_F(StreamAccess, RevokedIsClosedAtOnceForGood) {
    auto& client = open_quiet(with(everything(), access({"**"})));
    auto& free = open_quiet(everything());
    hub().recheck(
        [](const AccessPtr&) -> Result<AccessPtr> { return Error(Errc::unauthenticated).with("reason", "invalid"); });
    ASSERT_TRUE(client.closed);
    EXPECT_EQ(client.closed->code, 1008);
    EXPECT_FALSE(client.closed->reconnect);
    EXPECT_EQ(hub().stats().revoked, 1U);
    EXPECT_FALSE(free.closed) << "whom nobody asked";
    put("a", "v");
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamAccess, AnAccessThatEndsIsAnnouncedOnceThenClosed4001) {
    auto& client = open_quiet(with(everything(), access({"**"}, clock.wall() + seconds{100})));
    pass(seconds{39});
    EXPECT_FALSE(client.busy);
    pass(seconds{2});
    const auto notice = client.one();
    EXPECT_EQ(notice.type, "access");
    EXPECT_EQ(notice.payload.at("status").as_string(), "expiring");
    EXPECT_TRUE(notice.payload.contains("expires_at"));
    client.complete();
    pass(seconds{30});
    EXPECT_FALSE(client.busy);
    EXPECT_FALSE(client.closed);
    pass(seconds{29});
    ASSERT_TRUE(client.closed);
    EXPECT_EQ(client.closed->code, 4001);
    EXPECT_EQ(hub().stats().expired, 1U);
}

TEST_F(StreamAccess, RenewedInPlaceItLivesOnWithoutASnapshot) {
    hub_options.renew = [this](std::string_view token, const AccessPtr& now) -> Result<AccessPtr> {
        EXPECT_EQ(now->name, "token:ci");
        if (token != "good") return Error(Errc::unauthenticated).with("reason", "invalid");
        return access({"app/**"}, clock.wall() + seconds{1'000});
    };
    put("app/a", "v");
    auto& client = open_quiet(with(everything(), access({"app/**"}, clock.wall() + seconds{30})));
    pass(seconds{1});
    EXPECT_EQ(client.one().payload.at("status").as_string(), "expiring");
    client.complete();
    client.say(R"({"type":"auth","id":7,"payload":{"token":"bad"}})");
    const auto refused = client.one();
    EXPECT_EQ(refused.type, "error");
    EXPECT_EQ(refused.payload.at("code").as_int64(), 40101);
    client.complete();
    client.say(R"({"type":"auth","id":8,"payload":{"token":"good"}})");
    const auto renewed = client.one();
    EXPECT_EQ(renewed.type, "access");
    EXPECT_EQ(renewed.seq_id, 2);
    EXPECT_EQ(renewed.payload.at("status").as_string(), "renewed");
    EXPECT_EQ(renewed.payload.at("id").as_int64(), 8);
    client.complete();
    pass(seconds{500});
    EXPECT_FALSE(client.closed);
}

TEST_F(StreamAccess, ARenewalThatSeesMoreBringsTheState) {
    hub_options.renew = [this](std::string_view, const AccessPtr&) -> Result<AccessPtr> { return access({"**"}); };
    put_all({"app/a", "db/a"}, "v");
    auto& client = open_quiet(with(everything(), access({"app/**"})));
    client.say(R"({"type":"auth","payload":{"token":"x"}})");
    const auto got = all_of(client);
    ASSERT_EQ(types_of(got), (Texts{"access", "snapshot"}));
    EXPECT_EQ(got[0].seq_id, 0);
    EXPECT_EQ(entries_of(got[1]).size(), 2U);
}

TEST_F(StreamAccess, WhereNobodyIsAskedARenewalIsFine) {
    auto& client = open_quiet(everything());
    client.say(R"({"type":"auth","id":"x","payload":{"token":"y"}})");
    EXPECT_EQ(client.one().payload.at("status").as_string(), "renewed");
}

TEST_F(StreamAccess, APositionFromBeforeTheRightsChangedIsAnsweredWithTheState) {
    put_all({"app/a", "db/a"}, "v");
    put("x", "v");
    put("x", "w");
    auto& before = open(since(with(everything(), access({"**"}, {}, 4)), 3));
    EXPECT_EQ(before.take().at(0).payload.at("reason").as_string(), "rights_changed");
    auto& after = open(since(with(everything(), access({"**"}, {}, 3)), 3));
    EXPECT_EQ(after.take().at(0).payload.at("reason").as_string(), "caught_up");
}

TEST_F(StreamAccess, NotificationsOfOtherTopicsAreNotHeard) {
    Subscription topics;
    topics.filters.topics = {"app/deploy", "db/backup"};
    auto& client = open_quiet(with(topics, access({"app/**"})));
    const auto notify = [&](std::string topic) {
        store::Notification one;
        one.event_id = topic;
        one.topic = topic;
        one.timestamp = "1";
        one.payload = "{}";
        store.put("/config.confcast/notify/" + std::to_string(topic.size()) + topic.substr(0, 2),
                  store::encode_notification(one));
        run();
    };
    notify("db/backup");
    EXPECT_TRUE(client.take().empty());
    notify("app/deploy");
    EXPECT_EQ(client.one().payload.at("topic").as_string(), "app/deploy");
}

TEST_F(StreamAccess, AnOperatorSeesWhoseStreamItIs) {
    open_quiet(with(everything(), access({"**"})));
    open_quiet(everything());
    const ClientPage page = hub().clients({}, 0, 10);
    std::multiset<std::string> names;
    for (const Client& client : page.clients) names.insert(client.principal);
    EXPECT_EQ(names, (std::multiset<std::string>{"", "token:ci"}));
}

TEST_F(StreamAccess, ScopesAreTheSameWhenTheySeeTheSame) {
    EXPECT_EQ(hub().scope({"**", "a"}), nullptr);
    const ScopePtr one = hub().scope({"b/**", "a"});
    EXPECT_EQ(hub().scope({"a", "b/**", "b/c"}), one);
    EXPECT_NE(hub().scope({"a"})->id, one->id);
}

}  // namespace
}  // namespace confcast::push::test
