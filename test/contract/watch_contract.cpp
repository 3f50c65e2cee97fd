// Watches: ordered, unique, gap-free, whole revisions, bookmarked.
#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::Event;
using store::KeyRange;
using store::Revision;
using store::WatchBatch;
using testing::ElementsAre;
using testing::IsEmpty;

/// Reads batches with events until one is at `last`.
Awaitable<> collect(store::WatchStream& stream, Revision last, std::vector<WatchBatch>& batches, bool& done) {
    for (Revision position = 0; position < last;) {
        auto batch = co_await stream.next();
        if (!batch) break;
        position = batch->revision;
        if (!batch->events.empty()) batches.push_back(std::move(*batch));
    }
    done = true;
}

/// Waits for one answer of next().
Awaitable<> take_one(store::WatchStream& stream, std::optional<Result<WatchBatch>>& into) {
    auto batch = co_await stream.next();
    into.emplace(std::move(batch));
}

TEST_P(StoreContract, AWatchFromNowSeesWhatComes) {
    put("a", "before");
    auto stream = watch(all(), newest() + 1);
    std::optional<Result<WatchBatch>> answer;
    asio::co_spawn(io(), take_one(*stream, answer), asio::detached);
    run(db().status());
    EXPECT_FALSE(answer) << "nothing has happened yet";
    const auto revision = put("a", "after");
    while (!answer) run(db().status());
    ASSERT_TRUE(*answer);
    EXPECT_EQ((*answer)->revision, revision);
    EXPECT_THAT(shown(**answer, k("").size()), ElementsAre("put a=after"));
}

TEST_P(StoreContract, AWatchFromThePastReplaysIt) {
    const auto first = put("a", "1");
    put("b", "1");
    put("a", "2");
    const auto last = remove("b");
    auto stream = watch(all(), first);
    const auto batches = read_until(*stream, last);
    ASSERT_EQ(batches.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(batches[i].revision, first + static_cast<Revision>(i));
    EXPECT_EQ(batches[2].events, (std::vector{Event{Event::Type::put, {k("a"), "2", first, first + 2, 2, 0}}}));
    ASSERT_EQ(batches[3].events.size(), 1U);
    EXPECT_EQ(batches[3].events[0], (Event{Event::Type::del, {k("b"), "", 0, last, 0, 0}}));
}

TEST_P(StoreContract, AWatchFromTheFutureWaitsForIt) {
    const auto start = newest();
    auto stream = watch(all(), start + 3);
    put("a", "1");
    put("a", "2");
    put("a", "3");
    const auto batch = next(*stream);
    EXPECT_EQ(batch.revision, start + 3);
    EXPECT_THAT(shown(batch, k("").size()), ElementsAre("put a=3"));
}

TEST_P(StoreContract, ARevisionComesWholeAndInByteOrder) {
    put("gone", "x");
    const auto start = newest();
    store::Transaction transaction;
    transaction.puts = {{k("z"), "1", 0}, {k("b"), "2", 0}, {k("m"), "3", 0}};
    transaction.deletes = {k("gone")};
    const auto revision = commit(transaction).revision;
    auto stream = watch(all(), start + 1);
    const auto batch = next_events(*stream);
    EXPECT_EQ(batch.revision, revision);
    EXPECT_THAT(shown(batch, k("").size()), ElementsAre("put b=2", "del gone", "put m=3", "put z=1"));
}

TEST_P(StoreContract, AWatchSeesOnlyItsRange) {
    const auto start = newest();
    auto stream = watch(KeyRange::prefix(k("in/")), start + 1);
    put("out", "1");
    store::Transaction both;
    both.puts = {{k("in/a"), "1", 0}, {k("out"), "2", 0}, {k("in0"), "1", 0}};
    commit(both);
    remove("out");
    const auto last = remove("in/a");
    const auto batches = read_until(*stream, last);
    ASSERT_EQ(batches.size(), 2U);
    EXPECT_THAT(shown(batches[0], k("").size()), ElementsAre("put in/a=1"));
    EXPECT_THAT(shown(batches[1], k("").size()), ElementsAre("del in/a"));
}

TEST_P(StoreContract, AWatchOfOneKeySeesThatKeyAlone) {
    const auto start = newest();
    auto stream = watch(KeyRange::single(k("a")), start + 1);
    put("ab", "1");
    put("a", "2");
    EXPECT_THAT(shown(next_events(*stream), k("").size()), ElementsAre("put a=2"));
}

TEST_P(StoreContract, AQuietWatchIsToldThatTheStoreMovedOn) {
    auto stream = watch(KeyRange::prefix(k("quiet/")), newest() + 1);
    put("loud", "1");
    const auto last = put("loud", "2");
    for (Revision position = 0; position < last;) {
        const auto batch = next(*stream);
        EXPECT_THAT(batch.events, IsEmpty());
        EXPECT_GT(batch.revision, position);
        EXPECT_LE(batch.revision, last);
        position = batch.revision;
    }
}

TEST_P(StoreContract, AReplayEndsAtTheNewestRevisionEvenWhenItsTailIsOutside) {
    const auto first = put("in/a", "1");
    put("out", "1");
    const auto last = put("out", "2");
    auto stream = watch(KeyRange::prefix(k("in/")), first);
    EXPECT_EQ(next(*stream).revision, first);
    EXPECT_EQ(next(*stream).revision, last);
}

TEST_P(StoreContract, EveryWatcherSeesEverything) {
    const auto start = newest();
    std::vector<std::unique_ptr<store::WatchStream>> streams;
    for (int i = 0; i < 10; ++i) streams.push_back(watch(all(), start + 1));
    for (int i = 0; i < 20; ++i) put(std::to_string(i), "v");
    for (auto& stream : streams) EXPECT_EQ(read_until(*stream, start + 20).size(), 20U);
}

TEST_P(StoreContract, AWatcherFarBehindMissesNothing) {
    constexpr int revisions = 2'500;
    const auto start = newest();
    auto slow = watch(all(), start + 1);
    int answers = 0;
    for (int i = 0; i < revisions; ++i) {
        auto transaction = put_of(k(std::to_string(i % 50)), std::to_string(i));
        asio::co_spawn(io(), db().commit(transaction), [&](const std::exception_ptr&, auto result) {
            if (result) ++answers;
        });
    }
    while (answers < revisions) run(db().status());
    auto late = watch(all(), start + 1);
    for (auto* stream : {slow.get(), late.get()}) {
        const auto batches = read_until(*stream, start + revisions);
        ASSERT_EQ(batches.size(), static_cast<std::size_t>(revisions));
        for (std::size_t i = 0; i < batches.size(); ++i) {
            ASSERT_EQ(batches[i].revision, start + 1 + static_cast<Revision>(i));
            ASSERT_EQ(batches[i].events.size(), 1U);
            ASSERT_EQ(batches[i].events[0].kv.mod_revision, batches[i].revision);
        }
    }
}

TEST_P(StoreContract, ABacklogOfLargeValuesArrivesWhole) {
    const auto start = newest();
    for (int i = 0; i < 12; ++i) put("big" + std::to_string(i), std::string(700'000, static_cast<char>('a' + i)));
    auto stream = watch(all(), start + 1);
    const auto batches = read_until(*stream, start + 12);
    ASSERT_EQ(batches.size(), 12U);
    for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_EQ(batches[i].events[0].kv.value.size(), 700'000U);
        EXPECT_EQ(batches[i].events[0].kv.value[0], static_cast<char>('a' + i));
    }
}

TEST_P(StoreContract, AWatchResumedAtTheNextRevisionHasNoGapAndNoRepeat) {
    const auto start = newest();
    for (int i = 0; i < 30; ++i) put("a", std::to_string(i));
    Revision position = start;
    for (int i = 0; i < 30; ++i) {
        auto stream = watch(all(), position + 1);
        const auto batch = next(*stream);
        EXPECT_EQ(batch.revision, position + 1);
        EXPECT_EQ(batch.events.at(0).kv.value, std::to_string(i));
        position = batch.revision;
    }
}

TEST_P(StoreContract, AWatchBesideManyWritersSeesEachRevisionOnceInOrder) {
    constexpr int writes = 400;
    const auto start = newest();
    auto stream = watch(all(), start + 1);
    std::vector<WatchBatch> batches;
    bool done = false;
    asio::co_spawn(io(), collect(*stream, start + writes, batches, done), asio::detached);
    for (int i = 0; i < writes; ++i) asio::co_spawn(io(), db().commit(put_of(k("a"), "v")), asio::detached);
    while (!done) run(db().status());
    ASSERT_EQ(batches.size(), static_cast<std::size_t>(writes));
    for (std::size_t i = 0; i < batches.size(); ++i) {
        EXPECT_EQ(batches[i].revision, start + 1 + static_cast<Revision>(i));
        EXPECT_EQ(batches[i].events.at(0).kv.version, static_cast<std::int64_t>(i) + 1);
    }
}

TEST_P(StoreContract, AListAndAWatchFromItsRevisionMeetWithoutAGap) {
    int answers = 0;
    for (int i = 0; i < 100; ++i) {
        asio::co_spawn(io(), db().commit(put_of(k(std::to_string(i)), "v")),
                       [&](const std::exception_ptr&, const auto&) { ++answers; });
    }
    const auto list = range({all(), 0, 0, false});
    auto stream = watch(all(), list.revision + 1);
    while (answers < 100) run(db().status());
    const auto now = newest();
    std::size_t seen = list.kvs.size();
    if (now > list.revision) seen += read_until(*stream, now).size();
    EXPECT_EQ(seen, 100U);
}

TEST_P(StoreContract, WhatFailedIsNeverSeenByAWatch) {
    const auto revision = put("a", "1");
    auto stream = watch(all(), revision + 1);
    auto refused = put_of(k("a"), "2");
    refused.compares = {{k("a"), store::Compare::Relation::equal, 0}};
    EXPECT_FALSE(try_commit(refused)->succeeded);
    commit(delete_of(k("none")));
    put("a", "3");
    EXPECT_THAT(shown(next(*stream), k("").size()), ElementsAre("put a=3"));
}

TEST_P(StoreContract, AStreamThatIsDestroyedEndsItsWait) {
    auto stream = watch(all(), newest() + 1);
    std::optional<Result<WatchBatch>> answer;
    asio::co_spawn(io(), take_one(*stream, answer), asio::detached);
    run(db().status());
    stream.reset();
    while (!answer) run(db().status());
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().code(), Errc::shutting_down);
}

TEST_P(StoreContract, ACancelledWaitEnds) {
    auto stream = watch(all(), newest() + 1);
    bool ended = false;
    asio::cancellation_signal stop;
    std::optional<Result<WatchBatch>> answer;
    asio::co_spawn(io(), take_one(*stream, answer),
                   asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr&) { ended = true; }));
    run(db().status());
    stop.emit(asio::cancellation_type::terminal);
    while (!ended) run(db().status());
    if (answer) EXPECT_FALSE(*answer);
}

TEST_P(StoreContract, AWatchReplaysWhatALaterOneSawLive) {
    const auto start = newest();
    auto live = watch(all(), start + 1);
    for (int i = 0; i < 40; ++i) {
        store::Transaction transaction;
        for (int j = 0; j <= i % 4; ++j) transaction.puts.push_back({k(std::to_string(j)), std::to_string(i), 0});
        if (i % 7 == 6) transaction = delete_of(k("0"));
        commit(transaction);
    }
    const auto seen = read_until(*live, start + 40);
    auto replay = watch(all(), start + 1);
    const auto again = read_until(*replay, start + 40);
    ASSERT_EQ(seen.size(), again.size());
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i].events, again[i].events);
}

}  // namespace
}  // namespace confcast::test
