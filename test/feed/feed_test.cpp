#include "confcast/feed/feed.hpp"

#include "feed_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace confcast::feed::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Starting

TEST_F(FeedTest, IsNotReadyBeforeItHasListed) {
    start();
    EXPECT_FALSE(feed_->ready());
    EXPECT_TRUE(feed_->stale_since().has_value());
    EXPECT_EQ(feed_->position().revision, 0);
}

TEST_F(FeedTest, HoldsWhatTheStoreHolds) {
    write("a", "1", "ann");
    write("b", "2");
    erase("b");
    write("c", "3", "cyd");
    write("c", "4");
    start_and_catch_up();
    EXPECT_EQ(held(), expected());
    EXPECT_EQ(feed_->position(), (Position{{1}, store_.revision()}));
    EXPECT_EQ(feed_->stale_since(), std::nullopt);
}

TEST_F(FeedTest, StartsFromAnEmptyStore) {
    start_and_catch_up();
    EXPECT_EQ(feed_->state().size(), 0U);
    EXPECT_EQ(feed_->position().revision, 1);
}

TEST_F(FeedTest, FillsTheJournalFromTheHistoryThatTheStoreStillHas) {
    for (int i = 0; i < 20; ++i) write("k" + std::to_string(i % 3), std::to_string(i));
    options_.journal.max_changes = 5;
    start_and_catch_up();
    EXPECT_EQ(feed_->journal().size(), 5U);
    EXPECT_EQ(feed_->journal().floor(), store_.revision() - 5);
    EXPECT_EQ(held(), expected());
}

TEST_F(FeedTest, FillsTheJournalNoFurtherThanTheOldestRevision) {
    for (int i = 0; i < 20; ++i) write("k" + std::to_string(i % 3), std::to_string(i));
    store_.compact_now(15);
    start_and_catch_up();
    EXPECT_EQ(feed_->journal().floor(), 15);
    EXPECT_EQ(feed_->state().tombstone_floor(), 15);
    EXPECT_EQ(held(), expected());
}

TEST_F(FeedTest, IsReadyOnlyWhenTheHeadSeenAtStartIsApplied) {
    for (int i = 0; i < 20; ++i) write("a", std::to_string(i));
    store_.hold_watches();
    start();
    ASSERT_TRUE(until([this] { return store_.open_watches() > 0; }));
    EXPECT_GT(feed_->position().revision, 0);
    EXPECT_LT(feed_->position().revision, store_.revision());
    EXPECT_FALSE(feed_->ready());
    EXPECT_EQ(feed_->known_head(), store_.revision());
    store_.release_watches();
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    EXPECT_GE(feed_->position().revision, 21);
}

TEST_F(FeedTest, StartsOverWhenTheListIsCompactedAwayBetweenPages) {
    for (int i = 0; i < 20; ++i) write("k" + std::to_string(i), "x");
    options_.list_page = 3;
    options_.journal.max_changes = 2;
    std::size_t pages = 0;
    store_.on_call([&](MemoryStore::Call call) {
        if (call == MemoryStore::Call::range && ++pages == 3) store_.drop_history();
    });
    start_and_catch_up();
    EXPECT_EQ(held(), expected());
    EXPECT_GT(pages, 6U);
}

TEST_F(FeedTest, ReadsAWholeListAtOneRevisionWhileOthersWrite) {
    for (int i = 0; i < 20; ++i) write("k" + std::to_string(i), "x");
    options_.list_page = 3;
    int n = 0;
    store_.on_call([&](MemoryStore::Call call) {
        if (call != MemoryStore::Call::range) return;
        write("k" + std::to_string((7 * n) % 25), "y" + std::to_string(n), "ann");
        erase("k" + std::to_string((11 * n) % 25));
        ++n;
    });
    start_and_catch_up();
    EXPECT_EQ(held(), expected());
}

TEST_F(FeedTest, KeepsTryingWhileTheStoreIsAwayAtStart) {
    write("a", "1");
    store_.fail_all(Errc::store_unavailable);
    start();
    ASSERT_TRUE(until([this] { return store_.calls(MemoryStore::Call::status) > 5; }));
    EXPECT_FALSE(feed_->ready());
    store_.heal();
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    EXPECT_EQ(held(), expected());
}

TEST_F(FeedTest, EndsWhenItIsCancelledWhateverItDoes) {
    for (int i = 0; i < 5; ++i) write("k" + std::to_string(i), "x");
    options_.list_page = 1;
    options_.anti_entropy = std::chrono::milliseconds{1};
    for (int steps = 0; steps < 80; ++steps) {
        TaskGroup tasks(io_.get_executor(), log_);
        Feed feed(io_.get_executor(), store_, layout_, options_, clock_, log_);
        tasks.spawn("replicator", feed.run_replicator());
        io_.restart();
        for (int i = 0; i < steps; ++i) io_.poll_one();
        tasks.cancel();
        ASSERT_TRUE(until([&] { return tasks.size() == 0; })) << "after " << steps << " steps";
        EXPECT_EQ(tasks.failures(), 0U);
        EXPECT_TRUE(feed.stale_since().has_value());
    }
}

// Following

TEST_F(FeedTest, TellsEachRevisionOnceAndInOrder) {
    start_and_catch_up();
    heard().clear();
    write("a", "1");
    store::Transaction both;
    both.puts.push_back({layout_.entry_key("b"), "2", 0});
    both.deletes.push_back(layout_.entry_key("a"));
    store_.commit_now(both);
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("2: a=1", "3: -a b=2"));
    EXPECT_EQ(feed_->stats().revisions, 2U);
    EXPECT_EQ(feed_->stats().events_put, 2U);
    EXPECT_EQ(feed_->stats().events_delete, 1U);
    EXPECT_EQ(feed_->journal().size(), 2U);
}

TEST_F(FeedTest, MovesOnWithTheStoreWhenNothingOfItsOwnChanges) {
    start_and_catch_up();
    heard().clear();
    store_.put("/elsewhere", "x");
    store_.put("/config.confcast/other", "x");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("advance 3"));
    EXPECT_EQ(feed_->journal().head(), 3);
    EXPECT_EQ(feed_->state().revision(), 3);
    EXPECT_EQ(feed_->stats().revisions, 0U);
}

TEST_F(FeedTest, HasAWriteBeforeTheStoreAnswersIt) {
    start_and_catch_up();
    store::Transaction transaction;
    transaction.puts.push_back({layout_.entry_key("a"), "1", 0});
    const auto done = confcast::test::run(io_, store_.commit(transaction)).value();
    EXPECT_EQ(feed_->position().revision, done.revision);
    EXPECT_EQ(feed_->state().find("a")->value, "1");
}

TEST_F(FeedTest, VoidsMetadataSilentlyWhenItsRecordIsWrittenAlone) {
    write("a", "1", "ann");
    start_and_catch_up();
    EXPECT_EQ(feed_->state().find("a")->meta.author, "ann");
    heard().clear();
    store_.put(layout_.meta_key("a"), "anything");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(feed_->state().find("a")->meta.author, "");
    EXPECT_THAT(heard(), ElementsAre("advance 3"));
    EXPECT_EQ(held(), expected());
}

TEST_F(FeedTest, TakesAWriteByHandForAnyOtherAndItsMetadataForVoid) {
    write("a", "1", "ann");
    start_and_catch_up();
    heard().clear();
    store_.put("/config/a", "by hand");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("3: a=by hand"));
    EXPECT_EQ(feed_->state().find("a")->meta, store::Metadata{});
}

// Losing the watch

TEST_F(FeedTest, ResumesWithoutAGapOrARepeatWhenTheWatchIsLost) {
    start_and_catch_up();
    heard().clear();
    write("a", "1");
    ASSERT_TRUE(caught_up());
    store_.break_watches();
    write("a", "2");
    write("b", "3");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("2: a=1", "3: a=2", "4: b=3"));
    EXPECT_EQ(feed_->stats().watch_restarts, 1U);
    EXPECT_EQ(feed_->stats().restarts_lost, 1U);
    EXPECT_EQ(feed_->stats().duplicates, 0U);
    EXPECT_EQ(feed_->stats().relists, 0U);
}

TEST_F(FeedTest, SaysWhyItOpenedTheWatchAgain) {
    start_and_catch_up();
    store_.break_watches(Errc::compacted);
    write("a", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(feed_->stats().restarts_compacted, 1U);
    EXPECT_EQ(feed_->stats().watch_restarts, 1U);
    EXPECT_EQ(feed_->stats().restarts_lost, 0U);
}

TEST_F(FeedTest, SaysSinceWhenItIsStale) {
    start_and_catch_up();
    clock_.advance(std::chrono::seconds{5});
    store_.fail_all(Errc::store_unavailable);
    store_.break_watches();
    ASSERT_TRUE(until([this] { return feed_->stale_since().has_value(); }));
    const auto since = feed_->stale_since();
    EXPECT_EQ(since, clock_.now());
    clock_.advance(std::chrono::seconds{5});
    ASSERT_TRUE(until([this] { return store_.calls(MemoryStore::Call::status) > 5; }));
    EXPECT_EQ(feed_->stale_since(), since);
    EXPECT_TRUE(feed_->ready()) << "reads go on from memory";
    store_.heal();
    ASSERT_TRUE(until([this] { return !feed_->stale_since(); }));
}

TEST_F(FeedTest, TellsTheDifferenceWhenTheHistoryBetweenIsCompacted) {
    write("changed", "1");
    write("deleted", "1");
    write("same", "1", "ann");
    start_and_catch_up();
    heard().clear();
    store_.fail_all(Errc::store_unavailable);
    store_.break_watches();
    write("changed", "2");
    erase("deleted");
    write("made", "1");
    write("fleeting", "1");
    erase("fleeting");
    store_.drop_history();
    store_.heal();
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("9: changed=2 -deleted made=1"));
    EXPECT_EQ(held(), expected());
    EXPECT_EQ(feed_->stats().relists, 1U);
    EXPECT_EQ(feed_->stats().repairs, 0U);
    write("later", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(heard().back(), "10: later=1");
}

TEST_F(FeedTest, ServesOlderCursorsThroughADifference) {
    options_.journal.max_changes = 100;
    start_and_catch_up();
    write("a", "1");
    write("b", "1");
    ASSERT_TRUE(caught_up());
    store_.fail_all(Errc::store_unavailable);
    store_.break_watches();
    erase("a");
    write("c", "1");
    store_.drop_history();
    store_.heal();
    ASSERT_TRUE(caught_up());
    std::vector<std::string> after;
    for (auto it = feed_->journal().after(2); it != feed_->journal().end(); ++it) after.push_back(text(**it));
    EXPECT_THAT(after, ElementsAre("3: b=1", "5: -a c=1"));
}

TEST_F(FeedTest, DoesNotResumeCursorsFromInsideAStretchItHasNotSeen) {
    start_and_catch_up();
    write("a", "1");
    ASSERT_TRUE(caught_up());
    store_.fail_all(Errc::store_unavailable);
    store_.break_watches();
    write("fleeting", "1");  // 3: another node's client may know it
    erase("fleeting");
    write("b", "1");  // 5
    store_.drop_history();
    store_.heal();
    ASSERT_TRUE(caught_up());
    EXPECT_TRUE(feed_->resumable(1));
    EXPECT_TRUE(feed_->resumable(2));
    EXPECT_FALSE(feed_->resumable(3));
    EXPECT_FALSE(feed_->is_void(4)) << "not seen, but of this history";
    EXPECT_FALSE(feed_->resumable(4));
    EXPECT_TRUE(feed_->resumable(5));
    EXPECT_TRUE(feed_->resumable(6));
}

TEST_F(FeedTest, TellsNothingWhenCompactionTookNothingOfItsOwn) {
    write("a", "1");
    start_and_catch_up();
    heard().clear();
    store_.fail_all(Errc::store_unavailable);
    store_.break_watches();
    for (int i = 0; i < 3; ++i) store_.put("/elsewhere", "x");
    store_.drop_history();
    store_.heal();
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("advance 5"));
}

TEST_F(FeedTest, ListsAgainWhenTheWatchItselfSaysCompacted) {
    write("a", "1");
    start_and_catch_up();
    store_.hold_watches();
    write("a", "2");
    write("a", "3");
    store_.drop_history();
    heard().clear();
    store_.release_watches();
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("4: a=3"));
    EXPECT_EQ(feed_->stats().relists, 1U);
}

// Another history

TEST_F(FeedTest, StartsAnewWhenTheStoreHasAnotherEpoch) {
    for (int i = 0; i < 10; ++i) write("a", std::to_string(i));
    start_and_catch_up();
    heard().clear();
    store_.wipe({2});
    write("b", "new");
    store_.break_watches();
    ASSERT_TRUE(until([this] { return feed_->position().epoch == Epoch{2}; }));
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("epoch 2"));
    EXPECT_EQ(held(), expected());
    EXPECT_EQ(feed_->position(), (Position{{2}, 2}));
    EXPECT_EQ(feed_->known_head(), 2);
    EXPECT_EQ(feed_->journal().floor(), 2);
    EXPECT_EQ(feed_->stats().epoch_changes, 1U);
    EXPECT_TRUE(feed_->ready());
    EXPECT_TRUE(feed_->resumable(2));
    write("c", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(heard().back(), "3: c=1");
}

TEST_F(FeedTest, StartsAnewWhenTheStoreWentBack) {
    for (int i = 0; i < 10; ++i) write("a", std::to_string(i));
    start_and_catch_up();
    heard().clear();
    store_.wipe({1});
    write("b", "restored");
    store_.break_watches();
    ASSERT_TRUE(until([this] { return feed_->position().revision == 2; }));
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("epoch 1"));
    EXPECT_EQ(held(), expected());
    EXPECT_FALSE(feed_->resumable(2)) << "whose 2 is it?";
    EXPECT_TRUE(feed_->is_void(2));
    EXPECT_FALSE(feed_->is_void(12));
    EXPECT_FALSE(feed_->resumable(11));
    EXPECT_TRUE(feed_->resumable(12));
}

TEST_F(FeedTest, IsReadyWhenTheStoreIsReplacedBeforeItWas) {
    for (int i = 0; i < 10; ++i) write("a", std::to_string(i));
    store_.hold_watches();
    start();
    ASSERT_TRUE(until([this] { return store_.open_watches() > 0; }));
    store_.wipe({2});
    write("b", "new");
    store_.break_watches();
    store_.release_watches();
    ASSERT_TRUE(until([this] { return feed_->ready(); }));
    EXPECT_EQ(held(), expected());
}

// Exactly once

TEST_F(FeedTest, CountsAndIgnoresWhatItHasApplied) {
    start_and_catch_up();
    write("a", "1");
    write("a", "2");
    ASSERT_TRUE(caught_up());
    heard().clear();
    store_.inject({2, {put_event("/config/a", "1", 2)}});
    store_.inject({3, {put_event("/config/a", "2", 3)}});
    write("b", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("4: b=1"));
    EXPECT_EQ(feed_->stats().duplicates, 2U);
    EXPECT_EQ(feed_->stats().late, 0U);
    EXPECT_EQ(feed_->stats().relists, 0U);
}

TEST_F(FeedTest, CountsLogsAndDiscardsEventsWithoutAKeyOrARevision) {
    start_and_catch_up();
    heard().clear();
    store_.inject({1, {put_event("", "x", 9), put_event("/config/a", "x", 0)}});
    write("b", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_THAT(heard(), ElementsAre("2: b=1"));
    EXPECT_EQ(feed_->stats().discarded, 2U);
    EXPECT_TRUE(log_.contains("discarded events without a key or a revision"));
}

TEST_F(FeedTest, AppliesABatchOfSeveralRevisionsInTheirOrder) {
    make();
    feed_->apply({7,
                  {put_event("/config/a", "3", 7), put_event("/config/a", "1", 5), put_event("/config/b", "2", 6),
                   delete_event("/config/a", 6)}});
    EXPECT_THAT(heard(), ElementsAre("5: a=1", "6: -a b=2", "7: a=3"));
    EXPECT_EQ(feed_->position().revision, 7);
}

TEST_F(FeedTest, MovesToTheBatchsRevisionWhenNothingIsLeft) {
    make();
    feed_->apply({7, {put_event("/config/a", "1", 5)}});
    EXPECT_THAT(heard(), ElementsAre("5: a=1", "advance 7"));
    feed_->apply({6, {}});
    feed_->apply({7, {put_event("/config/a", "1", 5)}});
    EXPECT_EQ(heard().size(), 2U);
    EXPECT_EQ(feed_->stats().duplicates, 1U);
}

TEST_F(FeedTest, MendsALateEventByListingAgain) {
    start_and_catch_up();
    store_.hold_watches();
    write("a", "1");  // 2
    write("b", "1");  // 3
    heard().clear();
    store_.inject({3, {put_event("/config/b", "1", 3)}});
    store_.inject({2, {put_event("/config/a", "1", 2)}});
    store_.release_watches();
    ASSERT_TRUE(until([this] { return feed_->state().size() == 2; }));
    ASSERT_TRUE(caught_up());
    EXPECT_EQ(held(), expected());
    EXPECT_EQ(feed_->stats().late, 1U);
    EXPECT_EQ(feed_->stats().relists, 1U);
    EXPECT_THAT(heard(), ElementsAre("3: b=1", "epoch 1")) << "no revision was left to tell a=1 in: all take the state";
    EXPECT_FALSE(feed_->resumable(3)) << "who was told 3 may lack a";
    write("c", "1");
    ASSERT_TRUE(caught_up());
    EXPECT_TRUE(feed_->resumable(4));
}

// Waiting and listening

Awaitable<> note_wait(Feed& feed, Revision revision, SteadyTime deadline, std::vector<std::string>& notes) {
    const auto done = co_await feed.wait_for(revision, deadline);
    notes.push_back(done ? "reached" : done.error().to_string());
}

TEST_F(FeedTest, WaitsForARevision) {
    start_and_catch_up();
    asio::co_spawn(io_, note_wait(*feed_, 2, clock_.now() + std::chrono::seconds{1}, heard()), asio::detached);
    confcast::test::settle(io_);
    heard().clear();
    write("a", "1");
    ASSERT_TRUE(until([this] { return heard().size() == 2; }));
    EXPECT_THAT(heard(), ElementsAre("2: a=1", "reached")) << "listeners first";
}

TEST_F(FeedTest, WaitsForNothingThatIsThere) {
    write("a", "1");
    start_and_catch_up();
    EXPECT_TRUE(confcast::test::run(io_, feed_->wait_for(2, clock_.now())).has_value());
}

TEST_F(FeedTest, SaysHowFarItIsWhenTheWaitIsOver) {
    start_and_catch_up();
    const auto at_once = confcast::test::run(io_, feed_->wait_for(9, clock_.now()));
    EXPECT_EQ(at_once.error().to_string(), "not_caught_up revision=9 current=1");
    std::vector<std::string> notes;
    asio::co_spawn(io_, note_wait(*feed_, 9, clock_.now() + std::chrono::seconds{1}, notes), asio::detached);
    confcast::test::settle(io_);
    clock_.advance(std::chrono::seconds{1});
    ASSERT_TRUE(until([&] { return !notes.empty(); }));
    EXPECT_THAT(notes, ElementsAre("not_caught_up revision=9 current=1"));
}

class Leaver final : public FeedListener {
  public:
    explicit Leaver(Feed& feed) : feed_(feed) {}
    int told = 0;

  private:
    void on_change(const ChangePtr&) override {
        ++told;
        feed_.remove_listener(*this);
    }
    void on_advance(Revision) override { ++told; }
    void on_epoch(Epoch) override { ++told; }
    Feed& feed_;
};

TEST_F(FeedTest, LetsAListenerLeaveWhileItIsTold) {
    make();
    Leaver first(*feed_);
    Leaver second(*feed_);
    feed_->remove_listener(*listener_);
    feed_->add_listener(first);
    feed_->add_listener(second);
    feed_->add_listener(*listener_);
    feed_->apply({5, {put_event("/config/a", "1", 5)}});
    feed_->apply({6, {put_event("/config/a", "2", 6)}});
    EXPECT_EQ(first.told, 1);
    EXPECT_EQ(second.told, 1);
    EXPECT_THAT(heard(), ElementsAre("5: a=1", "6: a=2"));
}

TEST_F(FeedTest, NeverLogsAValue) {
    options_.anti_entropy = std::chrono::milliseconds{2};
    write("a", "s3cret");
    start_and_catch_up();
    store_.lose_next_revision();
    write("a", "s3cret too");
    ASSERT_TRUE(until([this] { return held() == expected(); }));
    EXPECT_FALSE(log_.contains("s3cret"));
}

}  // namespace
}  // namespace confcast::feed::test
