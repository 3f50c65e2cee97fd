// The tests' own store keeps the promises of store::Store: what stands on it would prove nothing otherwise.
#include "confcast/test/memory_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/detached.hpp>

#include "confcast/test/run.hpp"

namespace confcast::test {
namespace {

using store::Event;
using store::KeyRange;
using store::WatchBatch;
using testing::ElementsAre;

class AMemoryStore : public testing::Test {
  protected:
    template <class T>
    T wait(Awaitable<T> coroutine) {
        return run(io_, std::move(coroutine));
    }
    std::unique_ptr<store::WatchStream> watch_from(store::Revision start) {
        return wait(store_.watch({KeyRange::prefix("/"), start})).value();
    }
    std::string value_at(std::string_view key, store::Revision at) {
        const auto found = wait(store_.range({KeyRange::single(key), at, 0, false})).value();
        return found.kvs.empty() ? "-" : found.kvs[0].value;
    }

    asio::io_context io_{1};
    ManualClock clock_;
    MemoryStore store_{io_.get_executor(), clock_};
};

TEST_F(AMemoryStore, StartsEmptyAtRevisionOne) {
    const auto status = wait(store_.status()).value();
    EXPECT_EQ(status.revision, 1);
    EXPECT_EQ(status.oldest, 1);
    EXPECT_TRUE(store_.contents().empty());
}

TEST_F(AMemoryStore, KeepsVersionsAndReadsThePast) {
    EXPECT_EQ(store_.put("/a", "1"), 2);
    EXPECT_EQ(store_.put("/a", "2"), 3);
    EXPECT_EQ(store_.remove("/a"), 4);
    EXPECT_EQ(store_.put("/a", "3"), 5);
    EXPECT_EQ(value_at("/a", 1), "-");
    EXPECT_EQ(value_at("/a", 2), "1");
    EXPECT_EQ(value_at("/a", 3), "2");
    EXPECT_EQ(value_at("/a", 4), "-");
    const auto now = store_.contents();
    ASSERT_EQ(now.size(), 1U);
    EXPECT_EQ(now[0], (store::KeyValue{"/a", "3", 5, 5, 1, 0}));
}

TEST_F(AMemoryStore, PagesAndSaysThereIsMore) {
    for (const auto* key : {"/a", "/b", "/c"}) store_.put(key, "x");
    const auto page = wait(store_.range({KeyRange::prefix("/"), 0, 2, true})).value();
    ASSERT_EQ(page.kvs.size(), 2U);
    EXPECT_TRUE(page.more);
    EXPECT_EQ(page.kvs[1].value, "");
    EXPECT_FALSE(wait(store_.range({KeyRange::prefix("/b"), 0, 1, true})).value().more);
}

TEST_F(AMemoryStore, RefusesTheFutureAndTheCompactedPast) {
    store_.put("/a", "1");
    store_.put("/a", "2");
    EXPECT_EQ(wait(store_.range({KeyRange::prefix("/"), 9, 0, false})).error(), Errc::future_revision);
    EXPECT_TRUE(wait(store_.compact(3)).has_value());
    const auto refused = wait(store_.range({KeyRange::prefix("/"), 2, 0, false}));
    EXPECT_EQ(refused.error(), Errc::compacted);
    EXPECT_EQ(refused.error().number("oldest"), 3);
    EXPECT_EQ(value_at("/a", 3), "2");
    EXPECT_EQ(wait(store_.compact(3)).error(), Errc::compacted);
    EXPECT_EQ(wait(store_.compact(4)).error(), Errc::future_revision);
    EXPECT_EQ(wait(store_.watch({KeyRange::prefix("/"), 3})).error(), Errc::compacted);
}

TEST_F(AMemoryStore, ComparesBeforeItChangesAnything) {
    store_.put("/a", "1");
    store::Transaction create;
    create.compares.push_back({"/a", store::Compare::Relation::equal, 0});
    create.puts.push_back({"/a", "2", 0});
    const auto refused = wait(store_.commit(create)).value();
    EXPECT_FALSE(refused.succeeded);
    EXPECT_THAT(refused.current, ElementsAre(2));
    EXPECT_EQ(store_.revision(), 2);
    create.compares[0].mod_revision = 2;
    create.deletes.emplace_back("/absent");
    const auto done = wait(store_.commit(create)).value();
    EXPECT_TRUE(done.succeeded);
    EXPECT_EQ(done.revision, 3);
    EXPECT_THAT(done.deleted, ElementsAre(false));
    EXPECT_EQ(done.puts[0].version, 2);
    EXPECT_EQ(done.puts[0].value, "");
}

TEST_F(AMemoryStore, MakesNoRevisionWhenNothingChanges) {
    EXPECT_EQ(store_.remove("/absent"), 1);
    EXPECT_EQ(store_.revision(), 1);
}

TEST_F(AMemoryStore, RefusesAKeyNamedTwiceAndTooManyOperations) {
    store::Transaction twice;
    twice.puts.push_back({"/a", "1", 0});
    twice.deletes.emplace_back("/a");
    EXPECT_EQ(wait(store_.commit(twice)).error(), Errc::duplicate_key);
    store::Transaction many;
    for (int i = 0; i < 129; ++i) many.puts.push_back({std::to_string(i), "", 0});
    EXPECT_EQ(wait(store_.commit(many)).error(), Errc::too_many_operations);
}

TEST_F(AMemoryStore, WatchYieldsWholeRevisionsInOrder) {
    store_.put("/b", "1");
    store::Transaction both;
    both.puts.push_back({"/b", "2", 0});
    both.puts.push_back({"/a", "2", 0});
    store_.commit_now(both);
    const auto stream = watch_from(2);
    EXPECT_EQ(wait(stream->next()).value().revision, 2);
    const auto second = wait(stream->next()).value();
    EXPECT_EQ(second.revision, 3);
    ASSERT_EQ(second.events.size(), 2U);
    EXPECT_EQ(second.events[0].kv.key, "/a");
}

TEST_F(AMemoryStore, WatchIsBookmarkedWhenTheStoreMovesOnElsewhere) {
    const auto stream = watch_from(2);
    store_.put("elsewhere", "1");
    const auto batch = wait(stream->next()).value();
    EXPECT_EQ(batch.revision, 2);
    EXPECT_TRUE(batch.events.empty());
}

Awaitable<> note_next(store::WatchStream& stream, std::vector<std::string>& notes) {
    const auto batch = co_await stream.next();
    notes.push_back(batch ? "batch " + std::to_string(batch->revision) : batch.error().to_string());
}
Awaitable<> note_commit(store::Store& store, std::vector<std::string>& notes) {
    store::Transaction transaction;
    transaction.puts.push_back({"/k", "v", 0});
    const auto done = co_await store.commit(transaction);
    notes.push_back("committed " + std::to_string(done.value().revision));
}

TEST_F(AMemoryStore, DeliversABatchBeforeItsCommitCompletes) {
    const auto stream = watch_from(2);
    std::vector<std::string> notes;
    asio::co_spawn(io_, note_next(*stream, notes), asio::detached);
    settle(io_);
    EXPECT_TRUE(notes.empty());
    wait(note_commit(store_, notes));
    EXPECT_THAT(notes, ElementsAre("batch 2", "committed 2"));
}

TEST_F(AMemoryStore, EndsAWaitingNextWhenTheStreamIsDestroyed) {
    auto stream = watch_from(2);
    std::vector<std::string> notes;
    asio::co_spawn(io_, note_next(*stream, notes), asio::detached);
    settle(io_);
    stream.reset();
    settle(io_);
    EXPECT_THAT(notes, ElementsAre("shutting_down"));
}

TEST_F(AMemoryStore, DeletesTheKeysOfALeaseThatEnds) {
    const auto lease = wait(store_.grant(10)).value();
    store_.put("/a", "1", lease.id);
    store_.put("/b", "1", lease.id);
    store_.put("/b", "2");  // detached
    clock_.advance(std::chrono::seconds{9});
    EXPECT_TRUE(wait(store_.keep_alive(lease.id)).has_value());
    clock_.advance(std::chrono::seconds{9});
    store_.tick();
    EXPECT_EQ(store_.contents().size(), 2U);
    clock_.advance(std::chrono::seconds{1});
    store_.tick();
    EXPECT_EQ(store_.contents().size(), 1U);
    EXPECT_EQ(store_.revision(), 5);
    EXPECT_EQ(wait(store_.keep_alive(lease.id)).error(), Errc::lease_not_found);
}

TEST_F(AMemoryStore, RevokesALeaseAndRefusesAnUnknownOne) {
    const auto lease = wait(store_.grant(10)).value();
    store_.put("/a", "1", lease.id);
    EXPECT_TRUE(wait(store_.revoke(lease.id)).has_value());
    EXPECT_TRUE(store_.contents().empty());
    EXPECT_EQ(wait(store_.revoke(lease.id)).error(), Errc::lease_not_found);
    store::Transaction with_lease;
    with_lease.puts.push_back({"/a", "1", 99});
    EXPECT_EQ(wait(store_.commit(with_lease)).error(), Errc::lease_not_found);
}

TEST_F(AMemoryStore, FailsAsManyCallsAsItIsTold) {
    store_.fail_next(1, Errc::store_unavailable, MemoryStore::Call::range);
    EXPECT_TRUE(wait(store_.status()).has_value());
    EXPECT_EQ(wait(store_.range({})).error(), Errc::store_unavailable);
    EXPECT_TRUE(wait(store_.range({})).has_value());
    store_.fail_all(Errc::store_timeout);
    EXPECT_EQ(wait(store_.status()).error(), Errc::store_timeout);
    store_.heal();
    EXPECT_TRUE(wait(store_.status()).has_value());
}

TEST_F(AMemoryStore, CanLoseAnAnswerButKeepTheWrite) {
    store_.lose_next_answer(Errc::outcome_unknown);
    store::Transaction put;
    put.puts.push_back({"/a", "1", 0});
    EXPECT_EQ(wait(store_.commit(put)).error(), Errc::outcome_unknown);
    EXPECT_EQ(value_at("/a", 2), "1");
}

TEST_F(AMemoryStore, BreaksHoldsInjectsAndLoses) {
    auto stream = watch_from(2);
    store_.lose_next_revision();
    store_.put("/lost", "1");
    EXPECT_TRUE(wait(stream->next()).value().events.empty());
    store_.inject(WatchBatch{1, {Event{}}});
    EXPECT_EQ(wait(stream->next()).value().events.size(), 1U);
    store_.hold_watches();
    store_.put("/held", "1");
    std::vector<std::string> notes;
    asio::co_spawn(io_, note_next(*stream, notes), asio::detached);
    settle(io_);
    EXPECT_TRUE(notes.empty());
    store_.release_watches();
    settle(io_);
    EXPECT_THAT(notes, ElementsAre("batch 3"));
    store_.break_watches();
    EXPECT_EQ(wait(stream->next()).error(), Errc::store_unavailable);
    EXPECT_EQ(store_.open_watches(), 0U);
}

TEST_F(AMemoryStore, EndsEverythingWhenItCloses) {
    const auto stream = watch_from(2);
    wait(store_.close());
    EXPECT_EQ(wait(stream->next()).error(), Errc::shutting_down);
    EXPECT_EQ(wait(store_.status()).error(), Errc::shutting_down);
    wait(store_.close());
}

}  // namespace
}  // namespace confcast::test
