// The feed compared with its store: before anything is served, and ever after.
#include "feed_fixture.hpp"

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;

class FeedComparisonTest : public FeedTest {
  protected:
    void let_run() {
        int turns = 0;
        ASSERT_TRUE(until([&] { return ++turns > 12; }));
    }
    Awaitable<> tell_when_ready(std::optional<bool>& told) { told = co_await feed_->until_ready(); }
};

// On a store that does not say that a revision holds nothing of ours

TEST_F(FeedComparisonTest, IsReadyWhenAComparisonShowsThatNothingIsMissing) {
    store_.set_bookmarks(false);
    options_.confirm = std::chrono::milliseconds{1};
    for (int i = 0; i < 20; ++i) write("a", std::to_string(i));
    store_.put("/of/others", "x");
    start();
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    EXPECT_EQ(held(), expected());
    EXPECT_LT(feed_->position().revision, store_.revision()) << "the watch has not said so";
    EXPECT_EQ(feed_->confirmed(), store_.revision());
    EXPECT_EQ(feed_->known_head(), store_.revision());
}

TEST_F(FeedComparisonTest, IsNotReadyWhileSomethingIsMissing) {
    store_.set_bookmarks(false);
    options_.confirm = std::chrono::milliseconds{1};
    for (int i = 0; i < 20; ++i) write("a", std::to_string(i));
    store_.put("/of/others", "x");
    store_.hold_watches();
    start();
    ASSERT_TRUE(until([this] { return store_.calls(MemoryStore::Call::range) >= 2 && store_.open_watches() > 0; }));
    confcast::test::settle(io_);
    EXPECT_FALSE(feed_->ready());
    EXPECT_GT(feed_->position().revision, 0);
    std::optional<bool> told;
    tasks_.spawn("waits", tell_when_ready(told));
    confcast::test::settle(io_);
    EXPECT_FALSE(told) << "a revision alone is not it";
    store_.release_watches();
    ASSERT_TRUE(until([&] { return told.has_value(); }));
    EXPECT_TRUE(*told);
    EXPECT_TRUE(feed_->ready());
    EXPECT_EQ(held(), expected());
    EXPECT_EQ(feed_->stats().relists, 0U) << "it was under way";
}

TEST_F(FeedComparisonTest, KnowsSinceWhenItIsBehind) {
    options_.anti_entropy = std::chrono::milliseconds{1};
    start_and_catch_up();
    EXPECT_FALSE(feed_->behind_since());
    store_.hold_watches();
    clock_.advance(std::chrono::seconds{5});
    const SteadyTime then = clock_.now();
    write("a", "1");
    ASSERT_TRUE(until([this] { return feed_->behind_since().has_value(); }));
    clock_.advance(std::chrono::seconds{1});
    EXPECT_EQ(feed_->behind_since(), then);
    EXPECT_EQ(feed_->behind(), 1);
    store_.release_watches();
    ASSERT_TRUE(caught_up());
    EXPECT_FALSE(feed_->behind_since());
    EXPECT_EQ(feed_->behind(), 0);
}

// What others do in the same etcd is nothing that is missing here.
TEST_F(FeedComparisonTest, IsNotBehindWhatIsNotOurs) {
    store_.set_bookmarks(false);
    start_and_catch_up();
    store_.put("/of/others", "x");
    store_.break_watches();
    ASSERT_TRUE(until([this] { return feed_->known_head() == store_.revision(); }));
    EXPECT_LT(feed_->position().revision, feed_->known_head());
    EXPECT_FALSE(feed_->behind_since());
    EXPECT_EQ(feed_->behind(), 0);
}

TEST_F(FeedComparisonTest, GivesWhatIsUnderWayTimeToArrive) {
    store_.set_bookmarks(false);
    options_.anti_entropy = std::chrono::milliseconds{1};
    options_.confirm = std::chrono::milliseconds{1};
    write("a", "1");
    write("b", "1");
    start();
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    store_.hold_watches();
    write("a", "2");
    erase("b");
    write("c", "1");
    let_run();
    clock_.advance(options_.patience - std::chrono::milliseconds{1});
    confcast::test::settle(io_);
    store_.release_watches();
    ASSERT_TRUE(until([this] { return held() == expected() && feed_->confirmed() == store_.revision(); }));
    EXPECT_EQ(feed_->stats().relists, 0U);
    EXPECT_EQ(feed_->stats().repairs, 0U);
}

TEST_F(FeedComparisonTest, MendsWhatDoesNotArrive) {
    store_.set_bookmarks(false);
    options_.anti_entropy = std::chrono::milliseconds{1};
    options_.confirm = std::chrono::milliseconds{1};
    write("a", "1");
    write("b", "1");
    start();
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    store_.lose_next_revision();
    erase("b");
    let_run();
    EXPECT_EQ(feed_->stats().repairs, 0U);
    ASSERT_TRUE(until([this] {
        clock_.advance(std::chrono::seconds{1});
        return held() == expected();
    }));
    EXPECT_EQ(feed_->stats().repairs, 1U);
    EXPECT_EQ(feed_->stats().epoch_changes, 0U);
}

// Anti-entropy

TEST_F(FeedComparisonTest, MendsALostEventBeforeTheNextOne) {
    options_.anti_entropy = std::chrono::milliseconds{2};
    write("a", "1");
    start_and_catch_up();
    store_.lose_next_revision();
    write("a", "lost");
    ASSERT_TRUE(until([this] { return held() == expected(); }));
    EXPECT_EQ(feed_->stats().repairs, 1U);
    EXPECT_TRUE(log_.contains("the store holds what its watch did not say"));
}

TEST_F(FeedComparisonTest, MendsALostDeleteAndALostCreate) {
    options_.anti_entropy = std::chrono::milliseconds{2};
    write("a", "1");
    write("b", "1");
    start_and_catch_up();
    store_.lose_next_revision();
    erase("a");
    store_.lose_next_revision();
    write("c", "1");
    write("d", "seen");
    ASSERT_TRUE(until([this] { return held() == expected(); }));
    EXPECT_EQ(feed_->stats().repairs, 2U);
}

TEST_F(FeedComparisonTest, TellsAMendedChangeInARevisionOfItsOwnWhenThereIsOne) {
    write("a", "1");
    start_and_catch_up();
    stop();
    options_.anti_entropy = std::chrono::milliseconds{2};
    start_and_catch_up();
    heard().clear();
    store_.lose_next_revision();
    write("a", "lost");
    ASSERT_TRUE(caught_up());  // moved past it by a bookmark
    // The store moves on while it is compared: the difference has a revision.
    bool written = false;
    store_.on_call([&](MemoryStore::Call call) {
        if (call == MemoryStore::Call::status && !std::exchange(written, true)) write("b", "1");
    });
    ASSERT_TRUE(until([this] { return held() == expected() && feed_->stats().repairs > 0; }));
    EXPECT_THAT(heard(), ElementsAre("advance 3", "4: a=lost b=1"));
}

TEST_F(FeedComparisonTest, FindsNothingToMendWhenAllIsWell) {
    options_.anti_entropy = std::chrono::milliseconds{1};
    for (int i = 0; i < 30; ++i) write("k" + std::to_string(i), "x", "ann");
    start_and_catch_up();
    int n = 0;
    store_.on_call([&](MemoryStore::Call call) {
        if (call != MemoryStore::Call::range) return;
        write("k" + std::to_string((7 * n) % 40), "y");
        erase("k" + std::to_string((11 * n) % 40));
        ++n;
    });
    ASSERT_TRUE(until([this] { return store_.calls(MemoryStore::Call::range) > 20; }));
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(feed_->stats().repairs, 0U);
    EXPECT_EQ(feed_->stats().relists, 0U);
    EXPECT_EQ(held(), expected());
}

TEST_F(FeedComparisonTest, NoticesASilentWatchOnAStoreThatWentBack) {
    options_.anti_entropy = std::chrono::milliseconds{2};
    for (int i = 0; i < 10; ++i) write("a", std::to_string(i));
    start_and_catch_up();
    store_.wipe({2});
    write("b", "new");  // the old watch waits for revision 12 and says nothing
    ASSERT_TRUE(until([this] { return held() == expected(); }));
    EXPECT_EQ(feed_->stats().epoch_changes, 1U);
}

TEST_F(FeedComparisonTest, NoticesAnotherHistoryThatRefusesToList) {
    options_.anti_entropy = std::chrono::milliseconds{1};
    for (int i = 0; i < 10; ++i) write("a", std::to_string(i));
    start_and_catch_up();
    store_.fail_next(1'000'000, Errc::store_unavailable, MemoryStore::Call::range);
    let_run();
    EXPECT_FALSE(feed_->stale_since()) << "a list that fails is no reason to leave a watch";
    store_.wipe({2});
    ASSERT_TRUE(until([this] { return feed_->stale_since().has_value(); })) << "the old watch waits in silence";
    store_.heal();
    ASSERT_TRUE(until([this] { return feed_->position().epoch.id == 2; }));
    EXPECT_EQ(held(), expected());
}

}  // namespace
}  // namespace confcast::feed::test
