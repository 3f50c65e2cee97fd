// How a stream begins: welcome, snapshot, and the outcomes of a resume.
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

class StreamStart : public StreamTest {
  protected:
    static void expect_welcome(const Received& m, std::string_view resume, std::string_view reason) {
        EXPECT_EQ(m.type, "welcome");
        EXPECT_EQ(m.payload.at("resume").as_string(), resume);
        EXPECT_EQ(m.payload.at("reason").as_string(), reason);
    }
};

TEST_F(StreamStart, WelcomeSaysWhoAndHow) {
    auto& client = open(prefix("a/"));
    const auto welcome = client.take().front();
    expect_welcome(welcome, "none", "fresh");
    EXPECT_EQ(welcome.payload.at("protocol").as_int64(), 1);
    EXPECT_EQ(welcome.payload.at("session").as_string().size(), 16U);
    EXPECT_EQ(welcome.payload.at("epoch").as_string(), epoch());
    EXPECT_EQ(welcome.payload.at("server").as_string(), "test");
    EXPECT_EQ(welcome.payload.at("heartbeat_ms").as_int64(), 25'000);
    EXPECT_EQ(welcome.payload.size(), 7U);
}

TEST_F(StreamStart, FreshClientGetsTheStateOfItsFiltersInOneWriteWithWelcome) {
    put("a/1", "x");
    put("b/1", "y");
    const auto at = put("a/2", "z");
    auto& client = open(prefix("a/"));
    EXPECT_EQ(client.sends, 1U);
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_EQ(got[0].seq_id, 0) << "no position is owned before the state";
    EXPECT_EQ(entries_of(got[1]), (Texts{"a/1=x@2", "a/2=z@4"}));
    EXPECT_EQ(got[1].payload.at("more").as_bool(), false);
    EXPECT_EQ(got[1].seq_id, at);
    EXPECT_EQ(hub().stats().snapshots, 1U);
}

TEST_F(StreamStart, NoFilterIsEverything) {
    put("a/1", "x");
    put("b", "y");
    EXPECT_EQ(entries_of(open({}).take().back()), (Texts{"a/1=x@2", "b=y@3"}));
}

TEST_F(StreamStart, EmptyStateIsOneEmptyPage) {
    const auto got = open(prefix("a/")).take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    EXPECT_TRUE(got[1].payload.at("entries").as_array().empty());
    EXPECT_EQ(got[1].payload.at("more").as_bool(), false);
    EXPECT_EQ(got[1].seq_id, head());
}

TEST_F(StreamStart, PagesOwnNoPositionUntilTheLastAndNoUpdateComesBetween) {
    hub_options.page_bytes = 300;
    for (int i = 0; i < 6; ++i) put("a/" + std::to_string(i), std::string(100, 'v'));
    const auto pinned = head();
    auto& client = open(prefix("a/"));
    put("a/0", "later");
    put("a/9", "later");
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot", "snapshot", "snapshot", "update", "update"}));
    for (std::size_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(got[i].payload.at("more").as_bool(), i < 3);
        EXPECT_EQ(got[i].seq_id, i < 3 ? 0 : pinned) << "all pages are of the revision at which it began";
        EXPECT_EQ(entries_of(got[i]).size(), 2U);
    }
    EXPECT_EQ(events_of(got[4]), Texts{"put a/0=later@8"});
    EXPECT_EQ(events_of(got[5]), Texts{"put a/9=later@9"});
}

TEST_F(StreamStart, MetaOnlyHasNoValues) {
    put("a", "secret");
    Subscription s = prefix("");
    s.meta_only = true;
    auto& client = open(s);
    client.complete_all();
    EXPECT_EQ(entries_of(client.take().back()), Texts{"a@2"});
    put("a", "other");
    EXPECT_EQ(events_of(client.one()), Texts{"put a@3"});
}

TEST_F(StreamStart, WithAndWithoutValuesAreNotMixedUp) {
    hub_options.coalesce_after = 2;
    put("a", "1");
    Subscription s = prefix("");
    s.meta_only = true;
    auto& full = open(prefix(""));
    auto& meta = open(s);
    EXPECT_EQ(entries_of(full.take().back()), Texts{"a=1@2"});
    EXPECT_EQ(entries_of(meta.take().back()), Texts{"a@2"});
    full.complete();
    meta.complete();
    put("a", "2");
    EXPECT_EQ(events_of(full.one()), Texts{"put a=2@3"});
    EXPECT_EQ(events_of(meta.one()), Texts{"put a@3"});
    for (int i = 0; i < 5; ++i) put("a", "3");
    full.complete();
    meta.complete();
    EXPECT_EQ(events_of(full.one()), Texts{"put a=3@8"});
    EXPECT_EQ(events_of(meta.one()), Texts{"put a@8"});
}

TEST_F(StreamStart, WithoutSnapshotTheStreamStartsAtNow) {
    put("a", "old");
    Subscription s = prefix("");
    s.snapshot = false;
    auto& client = open(s);
    client.complete_all();
    const auto welcome = client.one();
    expect_welcome(welcome, "none", "fresh");
    EXPECT_EQ(welcome.seq_id, 2);
    put("a", "new");
    EXPECT_EQ(events_of(client.one()), Texts{"put a=new@3"});
}

TEST_F(StreamStart, ResumeAtTheHeadIsCurrent) {
    const auto at = put("a", "1");
    auto& client = open(since(prefix(""), at));
    client.complete_all();
    const auto welcome = client.one();
    expect_welcome(welcome, "changes", "current");
    EXPECT_EQ(welcome.seq_id, at);
    put("a", "2");
    EXPECT_EQ(events_of(client.one()), Texts{"put a=2@3"});
}

TEST_F(StreamStart, ResumeWithinTheJournalBringsEveryMissedRevisionInOneWrite) {
    const auto at = put("a/1", "1");
    put("a/1", "2");
    put("b", "x");
    remove("a/1");
    auto& client = open(since(prefix("a/"), at));
    EXPECT_EQ(client.sends, 1U);
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "update", "update"}));
    expect_welcome(got[0], "changes", "caught_up");
    EXPECT_EQ(got[0].seq_id, at) << "the welcome does not move the position";
    EXPECT_EQ(events_of(got[1]), Texts{"put a/1=2@3"});
    EXPECT_EQ(events_of(got[2]), Texts{"delete a/1@5"});
    EXPECT_EQ(hub().stats().resumed_changes, 1U);
}

TEST_F(StreamStart, ResumeBehindTheJournalIsCoalescedWhileDeletesAreKnown) {
    feed_options.journal.max_changes = 1;
    const auto at = put("a/1", "1");
    put("a/2", "1");
    put("a/1", "2");
    remove("a/2");
    put("a/3", "1");
    const auto got = open(since(prefix("a/"), at)).take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "update"}));
    expect_welcome(got[0], "changes", "caught_up");
    EXPECT_EQ(events_of(got[1]), (Texts{"put a/1=2@4", "delete a/2@5", "put a/3=1@6"}));
    EXPECT_EQ(got[1].payload.at("coalesced_from").as_int64(), at);
    EXPECT_EQ(got[1].seq_id, head());
}

TEST_F(StreamStart, ResumeBehindTheJournalWithNothingMissedIsJustAWelcome) {
    feed_options.journal.max_changes = 1;
    const auto at = put("a/1", "1");
    put("b", "1");
    put("b", "2");
    auto& client = open(since(prefix("a/"), at));
    client.complete_all();
    expect_welcome(client.one(), "changes", "caught_up");
    put("a/1", "2");
    EXPECT_EQ(events_of(client.one()), Texts{"put a/1=2@5"});
}

TEST_F(StreamStart, ResumeWhereDeletesAreForgottenIsASnapshotThatSaysCompacted) {
    feed_options.journal.max_changes = 1;
    feed_options.max_tombstones = 1;
    const auto at = put_all({"a/1", "a/2", "a/3"}, "1");
    remove("a/1");
    remove("a/2");
    remove("a/3");
    put("a/4", "1");
    auto& client = open(since(prefix("a/"), at));
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    expect_welcome(got[0], "snapshot", "compacted");
    EXPECT_EQ(got[0].seq_id, 0);
    EXPECT_EQ(entries_of(got[1]), Texts{"a/4=1@6"});
    EXPECT_EQ(hub().stats().resumed_snapshot, 1U);
    EXPECT_EQ(hub().stats().resumed_changes, 0U);
}

TEST_F(StreamStart, ResumeWhoseCoalescedUpdateWouldBeTooLargeIsASnapshot) {
    feed_options.journal.max_changes = 1;
    hub_options.coalesce_max_bytes = 1'000;
    const auto at = put("a", "1");
    for (int i = 0; i < 10; ++i) put("b" + std::to_string(i), std::string(200, 'v'));
    const auto got = open(since(prefix(""), at)).take();
    expect_welcome(got[0], "snapshot", "compacted");
}

TEST_F(StreamStart, ResumeWithinTheJournalDoesNotPromiseChangesThatAreTooLargeToFold) {
    hub_options.coalesce_after = 3;
    hub_options.coalesce_max_bytes = 1'000;
    const auto at = put("a", "1");
    for (int i = 0; i < 10; ++i) put("b" + std::to_string(i), std::string(200, 'v'));
    const auto got = open(since(prefix(""), at)).take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    expect_welcome(got[0], "snapshot", "compacted");
    EXPECT_EQ(got[0].seq_id, 0);
}

TEST_F(StreamStart, ResumeWithinTheJournalDoesNotPromiseARevisionThatIsTooLarge) {
    hub_options.coalesce_max_bytes = 1'000;
    const auto at = put("a", "1");
    put("other", "x");
    put_all({"a/1", "a/2", "a/3", "a/4", "a/5"}, std::string(300, 'v'));
    const auto got = open(since(prefix("a"), at)).take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    expect_welcome(got[0], "snapshot", "compacted");
}

TEST_F(StreamStart, ResumeOlderThanTheNodeIsASnapshotThatSaysCompacted) {
    for (int i = 0; i < 5; ++i) store.put("/config/a", std::to_string(i));
    store.drop_history();
    const auto got = open(since(prefix(""), 2)).take();
    expect_welcome(got[0], "snapshot", "compacted");
    EXPECT_EQ(entries_of(got[1]), Texts{"a=4@6"});
}

TEST_F(StreamStart, ResumeInAStretchThatTheNodeNeverSawIsASnapshot) {
    put("a", "1");
    store.break_watches();
    for (int i = 0; i < 4; ++i) store.put("/config/a", std::to_string(i));
    store.drop_history();
    for (int i = 0; i < 20; ++i) run();
    ASSERT_EQ(head(), 6);
    const auto got = open(since(prefix(""), 4)).take();
    expect_welcome(got[0], "snapshot", "compacted");
}

TEST_F(StreamStart, AnotherEpochIsASnapshotThatSaysSo) {
    put("a", "1");
    Subscription s = prefix("");
    s.since = Since{feed::Epoch{0xdead}, 2};
    const auto got = open(s).take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    expect_welcome(got[0], "snapshot", "epoch_changed");
    EXPECT_EQ(got[0].payload.at("epoch").as_string(), epoch());
    EXPECT_EQ(got[0].seq_id, 0);
}

TEST_F(StreamStart, TheNodesOwnEpochResumes) {
    const auto at = put("a", "1");
    Subscription s = prefix("");
    s.since = Since{node().feed.position().epoch, at};
    expect_welcome(open(s).one(), "changes", "current");
}

TEST_F(StreamStart, AheadOfThisNodeWaitsForItSilently) {
    auto& client = open(since(prefix(""), 3));
    EXPECT_TRUE(client.take().empty());
    put("a", "1");
    EXPECT_TRUE(client.take().empty());
    put("a", "2");
    const auto welcome = client.one();
    expect_welcome(welcome, "changes", "current");
    EXPECT_EQ(welcome.seq_id, 3);
    client.complete_all();
    put("a", "3");
    EXPECT_EQ(events_of(client.one()), Texts{"put a=3@4"});
}

TEST_F(StreamStart, AheadIsReachedByARevisionThatIsNoChangeOfASetting) {
    auto& client = open(since(prefix(""), 2));
    store.put("/config.confcast/other", "x");
    run();
    expect_welcome(client.one(), "changes", "current");
}

TEST_F(StreamStart, AheadOfTheStoreItselfIsASnapshotAfterAWhile) {
    put("a", "1");
    auto& client = open(since(prefix(""), 100));
    pass(milliseconds{2'999});
    EXPECT_TRUE(client.take().empty());
    pass(milliseconds{1});
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot"}));
    expect_welcome(got[0], "snapshot", "ahead");
    EXPECT_EQ(got[0].seq_id, 0);
    EXPECT_EQ(got[1].seq_id, 2);
}

TEST_F(StreamStart, RequestsOfAWaitingClientAreAnsweredAfterTheWelcome) {
    auto& client = open(since(prefix(""), 2));
    client.say(R"({"type":"ping","id":1})");
    EXPECT_TRUE(client.take().empty());
    put("a", "1");
    EXPECT_EQ(types_of(client.take()), (Texts{"welcome", "pong"}));
}

TEST_F(StreamStart, ANodeWithoutStateServesNothingUntilItHasIt) {
    auto& fresh = unready_node();
    FakeTransport client;
    client.events = &fresh.hub.open(client, since(prefix(""), 1));
    fresh.hub.tick();
    clock.advance(seconds{60});
    fresh.hub.tick();
    EXPECT_TRUE(client.take().empty());
    while (!fresh.feed.ready()) run();
    fresh.hub.tick();
    expect_welcome(client.one(), "changes", "current");
    client.events->on_closed();
}

TEST_F(StreamStart, WaitingClientMayLeave) {
    auto& client = open(since(prefix(""), 5));
    client.events->on_closed();
    EXPECT_EQ(hub().sessions(), 0U);
    for (int i = 0; i < 6; ++i) put("a", "1");
    pass(seconds{10});
    EXPECT_TRUE(client.take().empty());
}

TEST_F(StreamStart, ChangesDuringTheFirstWriteFollowIt) {
    put("a", "1");
    auto& client = open(prefix(""));
    put("a", "2");
    EXPECT_EQ(client.sends, 1U) << "one write at a time";
    client.complete_all();
    const auto got = client.take();
    ASSERT_EQ(types_of(got), (Texts{"welcome", "snapshot", "update"}));
    EXPECT_EQ(entries_of(got[1]), Texts{"a=1@2"});
    EXPECT_EQ(events_of(got[2]), Texts{"put a=2@3"});
}

TEST_F(StreamStart, CheckRefusesTooManyFiltersAndBadKeys) {
    Subscription s;
    for (int i = 0; i < 101; ++i) s.filters.keys.push_back("k" + std::to_string(i));
    auto refused = hub().check(s);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::too_many_filters);
    EXPECT_EQ(refused.error().number("limit"), 100);
    EXPECT_EQ(refused.error().number("count"), 101);
    s.filters.keys.pop_back();
    EXPECT_TRUE(hub().check(s));
    EXPECT_EQ(hub().check(key("/a")).error().code(), Errc::invalid_key);
    EXPECT_EQ(hub().check(prefix("a//")).error().code(), Errc::invalid_key);
    EXPECT_TRUE(hub().check(prefix("")));
}

}  // namespace
}  // namespace confcast::push::test
