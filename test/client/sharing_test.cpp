// Many subscriptions, one stream.
#include <stdexcept>

#include "stream_fixture.hpp"

namespace confcast::client::test {
namespace {

using Sharing = StreamTest;
const Filters app{.prefixes = {"app/"}};
const Filters db{.prefixes = {"db/"}};
const Filters both{.prefixes = {"app/", "db/"}};

std::string subscribe(std::int64_t id, const std::string& prefix) {
    return R"({"type":"subscribe","id":)" + std::to_string(id) + R"(,"payload":{"keys":[],"prefixes":[")" + prefix +
           R"("],"globs":[]}})";
}
std::string unsubscribe(std::int64_t id, const std::string& prefix) {
    return R"({"type":"unsubscribe","id":)" + std::to_string(id) + R"(,"payload":{"keys":[],"prefixes":[")" + prefix +
           R"("],"globs":[]}})";
}

TEST_F(Sharing, EachHearsOnlyWhatMatchesItsOwnFilters) {
    Heard of_app, of_db, of_glob, of_key, of_all;
    watch(app, of_app);
    watch(db, of_db);
    watch({.globs = {"*/port"}}, of_glob);
    watch({.keys = {"app/a"}}, of_key);
    watch({}, of_all);
    const Opening opening = begin();
    EXPECT_EQ(opening.filters.size(), 5U);
    say(welcome(0, "none", "fresh"));
    say(page(5, {put("app/a", "1", 1), put("app/port", "2", 2), put("db/port", "3", 3), put("x", "4", 4)}));
    say(update(6, {put("app/a", "5", 6), put("db/port", "6", 6), put("y", "7", 6)}));
    EXPECT_EQ(of_app, (Heard{"initial@5 app/a=1#1 app/port=2#2", "update@6 app/a=5#6"}));
    EXPECT_EQ(of_db, (Heard{"initial@5 db/port=3#3", "update@6 db/port=6#6"}));
    EXPECT_EQ(of_glob, (Heard{"initial@5 app/port=2#2 db/port=3#3", "update@6 db/port=6#6"}));
    EXPECT_EQ(of_key, (Heard{"initial@5 app/a=1#1", "update@6 app/a=5#6"}));
    EXPECT_EQ(of_all,
              (Heard{"initial@5 app/a=1#1 app/port=2#2 db/port=3#3 x=4#4", "update@6 app/a=5#6 db/port=6#6 y=7#6"}));
}

TEST_F(Sharing, AKeyThatTwoFiltersOfOneMatchComesOnce) {
    Heard heard;
    watch({.keys = {"app/a"}, .prefixes = {"app/"}, .globs = {"**"}}, heard);
    live(5, {put("app/a", "1", 1)});
    say(update(6, {put("app/a", "2", 6)}));
    EXPECT_EQ(heard, (Heard{"initial@5 app/a=1#1", "update@6 app/a=2#6"}));
}

TEST_F(Sharing, WhoComesLaterIsSubscribedOnTheLiveStream) {
    Heard first, second;
    watch(app, first);
    live(5, {put("app/a", "1", 1)});
    watch(db, second);
    EXPECT_EQ(sent(), std::vector<std::string>{subscribe(1, "db/")});
    say(update(6, {put("app/a", "2", 6)}));
    say(in_force("subscribed", 0, both));
    EXPECT_EQ(second, Heard{});
    say(page(7, {put("db/x", "1", 7)}));
    EXPECT_EQ(second, Heard{"initial@7 db/x=1#7"});
    say(update(8, {put("db/x", "2", 8), put("app/a", "3", 8)}));
    EXPECT_EQ(first, (Heard{"initial@5 app/a=1#1", "update@6 app/a=2#6", "update@8 app/a=3#8"}));
    EXPECT_EQ(second.back(), "update@8 db/x=2#8");
    EXPECT_EQ(states, (std::vector<std::string>{"stale", "live"})) << "it was live all the time";
}

TEST_F(Sharing, WhoWantsWhatIsHereAlreadyHearsItWithoutTheServer) {
    Heard first, second;
    watch(app, first);
    live(5, {put("app/a", "1", 1)});
    say(update(6, {put("app/a", "2", 6)}));
    watch(app, second);
    EXPECT_EQ(sent(), std::vector<std::string>{});
    EXPECT_EQ(second, Heard{"initial@6 app/a=2#6"});
    say(update(7, {put("app/a", "3", 7)}));
    EXPECT_EQ(second.back(), "update@7 app/a=3#7");
}

TEST_F(Sharing, TheSnapshotOfWhatIsAddedTakesNothingFromTheOthers) {
    Heard first, second;
    watch(app, first);
    live(5, {put("app/a", "1", 1)});
    watch({.keys = {"app/a"}}, second);
    sent();
    say(in_force("subscribed", 0, {.keys = {"app/a"}, .prefixes = {"app/"}}));
    say(page(5, {put("app/a", "1", 1)}));
    EXPECT_EQ(first.size(), 1U);
    EXPECT_EQ(second, Heard{"initial@5 app/a=1#1"});
    watch(db, second);
    sent();
    say(in_force("subscribed", 0, {.keys = {"app/a"}, .prefixes = {"app/", "db/"}}));
    say(page(6, {}));
    EXPECT_EQ(first.size(), 1U) << "app/a is not under db/, so that it is not there says nothing";
}

TEST_F(Sharing, ADropWhileOneIsAddedResumesTheOthersAndAddsItAgain) {
    Heard first, second;
    watch(app, first);
    live(5, {put("app/a", "1", 1)});
    say(bookmark(6));
    watch(db, second);
    lose();  // before the answer
    const Opening opening = begin();
    EXPECT_EQ(opening.since->revision, 6);
    EXPECT_EQ(opening.filters, FilterSet::of(app)) << "with since come changes only: db/ needs its state";
    say(welcome(6, "changes", "current"));
    EXPECT_EQ(sent(), std::vector<std::string>{subscribe(2, "db/")});
    say(in_force("subscribed", 0, both));
    lose();  // the snapshot of what was added is under way: no position
    EXPECT_FALSE(begin().since);
    say(welcome(0, "none", "fresh"));
    say(page(9, {put("app/a", "2", 8), put("db/x", "1", 9)}));
    EXPECT_EQ(first.back(), "snapshot@9 app/a=2#8");
    EXPECT_EQ(second, Heard{"initial@9 db/x=1#9"});
}

TEST_F(Sharing, WhoLeavesIsNotCalledAgainAndItsFiltersGo) {
    Heard first, second;
    watch(app, first);
    const auto id = watch(db, second);
    live(5, {put("app/a", "1", 1), put("db/x", "1", 2)});
    machine().unwatch(id);
    EXPECT_EQ(sent(), std::vector<std::string>{unsubscribe(1, "db/")});
    say(update(6, {put("db/x", "2", 6)}));
    EXPECT_EQ(second.size(), 1U);
    say(in_force("unsubscribed", 6, app));
    say(update(7, {put("app/a", "2", 7)}));
    EXPECT_EQ(first.back(), "update@7 app/a=2#7");
    lose();
    EXPECT_EQ(begin().filters, FilterSet::of(app));
}

TEST_F(Sharing, AFilterStaysWhileAnotherNeedsIt) {
    Heard first, second;
    watch(app, first);
    const auto id = watch(app, second);
    live(5, {});
    machine().unwatch(id);
    EXPECT_EQ(sent(), std::vector<std::string>{});
    say(update(6, {put("app/a", "1", 6)}));
    EXPECT_EQ(first.back(), "update@6 app/a=1#6");
}

TEST_F(Sharing, WhoComesBackBeforeTheServerHasLetGoMissesNothing) {
    Heard first, second;
    watch(app, first);
    const auto id = watch(db, second);
    live(5, {put("db/x", "1", 2)});
    machine().unwatch(id);
    sent();
    Heard third;
    watch(db, third);
    EXPECT_EQ(third, Heard{}) << "it is still here, but not kept up to date";
    say(in_force("unsubscribed", 5, app));
    EXPECT_EQ(sent(), std::vector<std::string>{subscribe(2, "db/")});
    say(update(6, {put("app/a", "1", 6)}));
    say(in_force("subscribed", 0, both));
    say(page(8, {put("db/x", "2", 7)}));
    EXPECT_EQ(third, Heard{"initial@8 db/x=2#7"});
}

TEST_F(Sharing, WhatNobodyWantsIsForgotten) {
    Heard first, second;
    watch(app, first);
    const auto id = watch(db, second);
    live(5, {put("db/x", "1", 2)});
    machine().unwatch(id);
    say(in_force("unsubscribed", 5, app));
    Heard third;
    watch(db, third);
    EXPECT_EQ(third, Heard{}) << "what is not kept up to date is not shown";
}

TEST_F(Sharing, OnlyOneRequestIsUnderWayAtATime) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    watch(db, heard);
    watch({.prefixes = {"x/"}}, heard);
    EXPECT_EQ(sent(), std::vector<std::string>{subscribe(1, "db/")});
    say(in_force("subscribed", 0, both));
    EXPECT_EQ(sent(), std::vector<std::string>{subscribe(2, "x/")}) << "it waits for its turn at the server";
}

TEST_F(Sharing, ASubscriptionThatTheServerRefusesIsNotAskedForEver) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    watch(db, heard);
    sent();
    say(refusal(5, 1, 40014));
    EXPECT_EQ(sent(), std::vector<std::string>{});
    ASSERT_TRUE(machine().status().failure);
    EXPECT_EQ(*machine().status().failure, Errc::too_many_filters);
    EXPECT_EQ(machine().status().failure->number("limit"), 3);
    EXPECT_EQ(machine().status().state, StreamState::live);
    say(update(6, {put("app/a", "1", 6)}));
    EXPECT_EQ(heard.back(), "update@6 app/a=1#6");
}

TEST_F(Sharing, FiltersThatDoNotFitTheQueryAreSubscribedTo) {
    options.query_bytes = 30;
    Heard heard;
    for (const char* prefix : {"a/", "b/", "c/", "d/"}) watch({.prefixes = {prefix}}, heard);
    const Opening opening = begin();
    EXPECT_EQ(opening.filters.size(), 2U);
    say(welcome(0, "none", "fresh"));
    const auto asked = sent();
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_NE(asked[0].find(R"("prefixes":["c/","d/"])"), std::string::npos);
    say(page(5, {put("a/x", "1", 1)}));
    EXPECT_EQ(heard, (Heard{"initial@5 a/x=1#1", "initial@5"}));
    say(in_force("subscribed", 0, {.prefixes = {"a/", "b/", "c/", "d/"}}));
    say(page(5, {put("c/x", "1", 1)}));
    EXPECT_EQ(heard.size(), 4U);
    // Away and back: what is not in the query is compared, so nothing comes twice and nothing is missed.
    lose();
    begin();
    say(welcome(5, "changes", "caught_up"));
    sent();
    say(update(6, {put("a/x", "2", 6)}));
    say(in_force("subscribed", 0, {.prefixes = {"a/", "b/", "c/", "d/"}}));
    say(page(8, {put("c/x", "1", 1), put("d/x", "1", 8)}));
    EXPECT_EQ((Heard{heard.end() - 2, heard.end()}), (Heard{"update@6 a/x=2#6", "snapshot@8 d/x=1#8"}));
}

TEST_F(Sharing, WhoIsBackForAPartOfItsFiltersWaitsForAllOfThem) {
    options.query_bytes = 12;
    Heard heard;
    watch(both, heard);
    begin();
    say(welcome(0, "none", "fresh"));
    sent();
    say(page(5, {put("app/a", "1", 1)}));
    EXPECT_EQ(heard, Heard{});
    say(in_force("subscribed", 0, both));
    say(page(5, {put("db/x", "1", 2), put("db/y", "1", 2)}));
    EXPECT_EQ(heard, Heard{"initial@5 app/a=1#1 db/x=1#2 db/y=1#2"});
    lose();
    begin();
    say(welcome(5, "changes", "caught_up"));
    sent();
    say(update(6, {put("app/a", "2", 6), del("app/b", 6)}));
    EXPECT_EQ(heard.size(), 1U) << "at 6 it would be told half of what there is";
    say(in_force("subscribed", 0, both));
    say(page(7, {put("db/x", "1", 2), put("db/z", "1", 7)}));
    EXPECT_EQ((Heard{heard.begin() + 1, heard.end()}), Heard{"snapshot@7 app/a=2#6 -db/y#7 db/z=1#7"});
    say(update(8, {put("app/a", "3", 8)}));
    EXPECT_EQ(heard.back(), "update@8 app/a=3#8");
}

TEST_F(Sharing, TooManyFiltersAreRefusedHere) {
    options.max_filters = 2;
    Heard heard;
    watch(app, heard);
    watch(db, heard);
    watch(app, heard);
    const auto id = machine().watch({.keys = {"x"}}, [](const Change&) {});
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error(), Errc::too_many_filters);
    EXPECT_EQ(id.error().kind, FailureKind::invalid);
    EXPECT_EQ(id.error().number("limit"), 2);
}

TEST_F(Sharing, FiltersThatBreakTheRulesAreRefusedHere) {
    for (const Filters& bad : {Filters{.keys = {""}}, Filters{.keys = {"a//b"}}, Filters{.prefixes = {"/"}},
                               Filters{.globs = {"a**"}}, Filters{.globs = {"a/../b"}}, Filters{.keys = {"\xff"}}}) {
        const auto id = machine().watch(bad, [](const Change&) {});
        ASSERT_FALSE(id);
        EXPECT_EQ(id.error(), Errc::invalid_key);
        EXPECT_FALSE(id.error().message.empty());
    }
}

TEST_F(Sharing, ACallbackMayEndItsOwnSubscriptionAndOthers) {
    Heard heard;
    std::uint64_t second = 0;
    std::uint64_t first = 0;
    first = *machine().watch(app, [&](const Change& change) {
        heard.push_back(to_text(change));
        machine().unwatch(first);
        machine().unwatch(second);
    });
    second = *machine().watch(app, [&](const Change& change) { heard.push_back("second " + to_text(change)); });
    live(5, {});
    EXPECT_EQ(heard, Heard{"initial@5"});
    EXPECT_FALSE(machine().wanted());
}

TEST_F(Sharing, ACallbackMayWatchMore) {
    Heard heard;
    machine().watch(app, [&](const Change& change) {
        if (change.cause == Change::Cause::initial)
            ASSERT_TRUE(machine().watch(app, [&](const Change& c) { heard.push_back(to_text(c)); }));
    });
    live(5, {put("app/a", "1", 1)});
    EXPECT_EQ(heard, Heard{}) << "not from inside of the call";
    say(update(6, {put("app/a", "2", 6)}));
    EXPECT_EQ(heard, (Heard{"initial@5 app/a=1#1", "update@6 app/a=2#6"})) << "and it missed nothing";
}

TEST_F(Sharing, WhatWasAppliedIsAcknowledged) {
    options.ack = true;
    Heard heard;
    watch(app, heard);
    live(5, {});
    EXPECT_EQ(sent(), std::vector<std::string>{R"({"type":"ack","payload":{"seq_id":5,"status":"applied"}})"});
    say(bookmark(6));
    EXPECT_EQ(sent(), std::vector<std::string>{}) << "nobody was called";
    say(update(7, {put("app/a", "1", 7)}));
    say(update(8, {put("app/a", "2", 8)}));
    EXPECT_EQ(sent(), std::vector<std::string>{R"({"type":"ack","payload":{"seq_id":8,"status":"applied"}})"})
        << "the latest says it all";
}

TEST_F(Sharing, WhatThrowsHasFailedAndTheOthersGoOn) {
    options.ack = true;
    machine().watch(app, [](const Change& change) {
        if (!change.events.empty()) throw std::runtime_error("no such port");
    });
    Heard heard;
    watch(app, heard);
    live(5, {});
    sent();
    say(update(7, {put("app/a", "1", 7)}));
    EXPECT_EQ(heard.back(), "update@7 app/a=1#7");
    EXPECT_EQ(sent(),
              std::vector<std::string>{
                  R"({"type":"ack","payload":{"seq_id":7,"status":"failed","key":"app/a","error":"no such port"}})"});
}

TEST_F(Sharing, WithoutTheOptionNothingIsAcknowledgedButWhatTheProgramSays) {
    Heard heard;
    watch(app, heard);
    live(5, {});
    EXPECT_EQ(sent(), std::vector<std::string>{});
    machine().ack({5, true, "app/a", "later"});
    EXPECT_EQ(sent(), std::vector<std::string>{
                          R"({"type":"ack","payload":{"seq_id":5,"status":"failed","key":"app/a","error":"later"}})"});
}

}  // namespace
}  // namespace confcast::client::test
