// Long polls: what is known is told at once, what is not is waited for, and no change falls between.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr milliseconds longest{8'000};
constexpr milliseconds shortest{7'000};  // an eighth less

struct Poller {
    Filters filters;
    std::optional<Seen> seen;
    std::optional<News> news;
    asio::cancellation_signal cancel;
};

class Poll : public StreamTest {
  protected:
    ~Poll() override {
        hub().drain("the test is over", 0ms);
        run();
    }
    ScopePtr scope{};  // of polls from now on
    Poller& poll(Filters filters, std::optional<Seen> seen = {}, milliseconds wait = longest) {
        auto& poller = pollers_.emplace_back();
        poller.filters = std::move(filters);
        poller.seen = seen;
        asio::co_spawn(
            io, hub().wait_for_news(poller.filters, scope, poller.seen, wait),
            asio::bind_cancellation_slot(poller.cancel.slot(),
                                         [&poller](const std::exception_ptr&, News news) { poller.news = news; }));
        run();
        return poller;
    }
    static Filters key(std::string text) { return {{std::move(text)}, {}}; }
    static Filters prefix(std::string text) { return {{}, {std::move(text)}}; }
    static Seen at(feed::Revision revision) { return {std::nullopt, revision}; }
    void pass(milliseconds time) {
        StreamTest::pass(time);
        run();
    }
    /// What the watch would bring, before the loop can run on.
    feed::Revision apply_now(const std::string& key) {
        const feed::Revision revision = head() + 1;
        node().feed.apply({revision, {{store::Event::Type::put, {"/config/" + key, "x", revision, revision, 1, 0}}}});
        return revision;
    }
    /// The node sees only what several revisions have come to; the first and the last of them.
    std::pair<feed::Revision, feed::Revision> unseen_stretch(const std::string& key) {
        node();
        store.break_watches();
        const auto first = store.put("/config/" + key, "1");
        for (int i = 0; i < 3; ++i) store.put("/config/other", std::to_string(i));
        store.drop_history();
        for (int i = 0; i < 20; ++i) run();
        EXPECT_EQ(head(), store.revision());
        return {first, head()};
    }

  private:
    std::deque<Poller> pollers_;
};

TEST_F(Poll, WhatHasChangedSinceIsToldAtOnce) {
    const auto before = put("a/1", "1");
    put("a/1", "2");
    remove("a/2");
    EXPECT_EQ(poll(key("a/1"), at(before)).news, News::changed);
    EXPECT_EQ(poll(prefix("a/"), at(before)).news, News::changed);
    EXPECT_EQ(poll({}, at(before)).news, News::changed);
    EXPECT_EQ(hub().stats().polls, 0U) << "none of them had to wait";
}

TEST_F(Poll, ADeleteIsAChange) {
    const auto before = put("a/1", "1");
    remove("a/1");
    EXPECT_EQ(poll(key("a/1"), at(before)).news, News::changed);
    EXPECT_EQ(poll(prefix("a/"), at(before)).news, News::changed);
}

TEST_F(Poll, WaitsForTheNextChangeThatMatches) {
    put("a/1", "1");
    const auto now = put("b", "1");
    auto& by_key = poll(key("a/1"), at(now));
    auto& by_prefix = poll(prefix("a/"), at(now));
    auto& everything = poll({}, at(now));
    auto& of_two = poll({{"x", "a/1"}, {"a/", "y"}}, at(now));
    EXPECT_EQ(hub().polls(), 4U);
    put("c", "1");
    EXPECT_EQ(everything.news, News::changed);
    EXPECT_EQ(hub().polls(), 3U);
    EXPECT_FALSE(by_key.news || by_prefix.news || of_two.news);
    put("a/1", "2");
    EXPECT_EQ(by_key.news, News::changed);
    EXPECT_EQ(by_prefix.news, News::changed);
    EXPECT_EQ(of_two.news, News::changed);
    EXPECT_EQ(hub().polls(), 0U);
    EXPECT_EQ(hub().stats().polls, 4U);
    EXPECT_EQ(hub().stats().polls_woken, 4U);
}

TEST_F(Poll, ADeleteEndsTheWait) {
    const auto now = put("a", "1");
    auto& poller = poll(key("a"), at(now));
    remove("a");
    EXPECT_EQ(poller.news, News::changed);
}

TEST_F(Poll, WithoutAPositionOnlyWhatIsToComeCounts) {
    put("a", "1");
    auto& poller = poll(key("a"));
    EXPECT_FALSE(poller.news);
    put("a", "2");
    EXPECT_EQ(poller.news, News::changed);
}

TEST_F(Poll, WhoHasNothingIsToldOfWhateverIsThere) {
    auto& waits = poll(key("a"), Seen{});
    EXPECT_FALSE(waits.news);
    put("a", "1");
    EXPECT_EQ(waits.news, News::changed);
    EXPECT_EQ(poll(key("a"), Seen{}).news, News::changed);
    EXPECT_EQ(poll(prefix(""), Seen{}).news, News::changed);
    EXPECT_EQ(poll({}, Seen{}).news, News::changed);
    EXPECT_FALSE(poll(prefix("b"), Seen{}).news);
}

TEST_F(Poll, EndsWithoutNewsAtTheLatestWhenItsTimeIsOverAndUpToAnEighthEarlier) {
    std::vector<Poller*> pollers;
    for (int i = 0; i < 100; ++i) pollers.push_back(&poll(key("a"), at(head())));
    std::vector<std::size_t> ended;
    const auto count = [&] {
        return static_cast<std::size_t>(
            std::ranges::count_if(pollers, [](const Poller* p) { return p->news.has_value(); }));
    };
    // The last look before its time is over ends a wait: one look earlier than the shortest.
    for (milliseconds t{0}; t < shortest - 500ms; t += 250ms) pass(250ms);
    EXPECT_EQ(count(), 0U);
    for (milliseconds t = shortest - 500ms; t < longest; t += 250ms) {
        ended.push_back(count());
        pass(250ms);
    }
    EXPECT_EQ(count(), 100U);
    for (const Poller* poller : pollers) EXPECT_EQ(poller->news, News::none);
    EXPECT_TRUE(std::ranges::any_of(ended, [](std::size_t n) { return n > 10 && n < 90; })) << "all at once";
    EXPECT_EQ(hub().stats().polls_woken, 0U);
}

// A wait is never longer than was asked for, so it ends at the last look before its time is over.
TEST_F(Poll, EndsBeforeTheLookThatWouldBeTooLate) {
    pass(250ms);
    auto& poller = poll(key("a"), at(head()), milliseconds{7});
    pass(1ms);
    EXPECT_FALSE(poller.news);
    pass(1ms);
    pass(4ms);
    EXPECT_EQ(poller.news, News::none);
}

TEST_F(Poll, ALoopThatStoodStillEndsNoWaitEarly) {
    auto& poller = poll(key("a"), at(head()), 60s);
    pass(30s);
    EXPECT_FALSE(poller.news);
}

TEST_F(Poll, ATimeOfZeroOnlyLooks) {
    const auto now = put("a", "1");
    EXPECT_EQ(poll(key("a"), at(now), 0ms).news, News::none);
    EXPECT_EQ(poll(key("a"), at(now - 1), 0ms).news, News::changed);
    EXPECT_EQ(hub().stats().polls, 0U);
}

TEST_F(Poll, AChangeBetweenTheEndOfTheTimeAndTheAnswerIsTold) {
    auto& by_key = poll(key("a"), at(head()));
    auto& from_now_on = poll(key("a"));
    auto& other = poll(key("b"), at(head()));
    clock.advance(longest);
    hub().tick();
    apply_now("a");
    run();
    EXPECT_EQ(by_key.news, News::changed);
    EXPECT_EQ(from_now_on.news, News::changed);
    EXPECT_EQ(other.news, News::none);
}

TEST_F(Poll, AChangeIsNewsToThoseOnlyWhoHaveNotSeenIt) {
    const auto ahead = head() + 2;
    auto& poller = poll(key("a"), at(ahead));
    put("a", "1");
    put("a", "2");
    ASSERT_EQ(head(), ahead);
    EXPECT_FALSE(poller.news) << "it has seen these two on another node";
    put("a", "3");
    EXPECT_EQ(poller.news, News::changed);
}

TEST_F(Poll, APositionThatThisNodeDoesNotReachIsLost) {
    auto& poller = poll(key("a"), at(head() + 5), 60s);
    pass(hub_options.ahead_wait - 1ms);
    EXPECT_FALSE(poller.news);
    pass(1ms);
    EXPECT_EQ(poller.news, News::lost);
}

TEST_F(Poll, APositionThatThisNodeReachesInTimeIsGood) {
    const auto ahead = head() + 1;
    auto& poller = poll(key("a"), at(ahead), 60s);
    put("b", "1");
    pass(hub_options.ahead_wait);
    EXPECT_FALSE(poller.news);
}

TEST_F(Poll, AnotherHistorysPositionIsLost) {
    put("a", "1");
    EXPECT_EQ(poll(key("a"), Seen{feed::Epoch{0xdead}, 1}).news, News::lost);
    EXPECT_FALSE(poll(key("a"), Seen{node().feed.position().epoch, head()}).news);
}

TEST_F(Poll, ThoseWhoWaitLoseTheirPositionWithTheEpoch) {
    put("a", "1");
    auto& poller = poll(key("b"), at(head()));
    store.wipe({0xbeef});
    store.put("/config/new", "1");
    store.break_watches();
    for (int i = 0; i < 50; ++i) run();
    EXPECT_EQ(poller.news, News::lost);
}

TEST_F(Poll, BeforeTheOldestDeleteThatIsRememberedOnlyWhatIsThereIsKnown) {
    feed_options.max_tombstones = 1;
    const auto there = put("there", "1");
    for (const char* name : {"x", "y", "z"}) put(name, "1");
    for (const char* name : {"x", "y", "z"}) remove(name);
    EXPECT_FALSE(poll(key("there"), at(there)).news) << "it says itself when it has changed";
    EXPECT_EQ(poll(key("x"), at(there)).news, News::lost);
    EXPECT_EQ(poll(key("never"), at(there)).news, News::lost);
    EXPECT_EQ(poll(prefix("x"), at(there)).news, News::lost);
    EXPECT_EQ(poll({{"there", "x"}, {}}, at(there)).news, News::lost);
    EXPECT_EQ(poll(key("z"), at(head() - 1)).news, News::changed);
    EXPECT_FALSE(poll(key("never"), at(head())).news);
}

// A client that goes on from the mod_revision that it has read would otherwise be told so again and again.
TEST_F(Poll, InAStretchThatTheNodeNeverSawASettingThatIsThereIsKnownAllTheSame) {
    const auto [first, last] = unseen_stretch("a");
    EXPECT_FALSE(poll(key("a"), at(first)).news);
    EXPECT_EQ(poll(key("b"), at(first)).news, News::lost);
    EXPECT_EQ(poll(prefix("a"), at(first)).news, News::lost);
    EXPECT_FALSE(poll(prefix("a"), at(last)).news);
}

TEST_F(Poll, OfAHistoryThatIsVoidNothingIsKnown) {
    for (int i = 0; i < 8; ++i) put("a", std::to_string(i));
    store.wipe(node().feed.position().epoch);
    const auto same = store.put("/config/a", "of another life");
    store.put("/config/b", "1");
    store.break_watches();
    for (int i = 0; i < 50; ++i) run();
    ASSERT_EQ(head(), same + 1);
    EXPECT_EQ(poll(key("a"), at(same)).news, News::lost);
}

TEST_F(Poll, DrainEndsAllWithoutNewsAndNoneWaitsAfter) {
    const auto now = put("a", "1");
    auto& poller = poll(key("a"), at(now));
    hub().drain("draining", 1s);
    run();
    EXPECT_EQ(poller.news, News::none);
    EXPECT_EQ(poll(key("a"), at(now)).news, News::none);
    EXPECT_EQ(poll(key("a"), at(now - 1)).news, News::changed);
    EXPECT_EQ(hub().polls(), 0U);
}

TEST_F(Poll, CancellationEndsIt) {
    auto& poller = poll(key("a"), at(head()));
    auto& other = poll(key("a"), at(head()));
    poller.cancel.emit(asio::cancellation_type::terminal);
    run();
    EXPECT_TRUE(poller.news);
    EXPECT_EQ(hub().polls(), 1U);
    put("a", "1");
    poller.cancel.emit(asio::cancellation_type::terminal);
    EXPECT_EQ(other.news, News::changed);
}

TEST_F(Poll, WhatAScopeDoesNotSeeHasNotHappened) {
    put("db/a", "v");
    scope = hub().scope({"app/**"});
    auto& all = poll(prefix(""), at(head()));
    auto& one = poll(key("db/a"), at(1));
    auto& fresh = poll(prefix("db/"), at(0));
    EXPECT_FALSE(fresh.news) << "nothing is there for it";
    put("db/a", "w");
    EXPECT_FALSE(all.news);
    EXPECT_FALSE(one.news);
    put_all({"app/a", "db/a"}, "w");
    EXPECT_EQ(all.news, News::changed);
    EXPECT_FALSE(one.news);
}

}  // namespace
}  // namespace confcast::push::test
