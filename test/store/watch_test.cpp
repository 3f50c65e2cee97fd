// What the embedded store adds to the contract of watches.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "embedded_fixture.hpp"

namespace confcast::test {
namespace {

class EmbeddedWatch : public EmbeddedTest {
  protected:
    std::unique_ptr<store::WatchStream> watch(store::Revision start) {
        return run(db().watch({store::KeyRange::prefix(""), start})).value();
    }
};

Awaitable<> note_batches(store::WatchStream& stream, std::vector<std::string>& notes) {
    for (;;) {
        const auto batch = co_await stream.next();
        if (!batch) co_return;
        notes.push_back("seen " + std::to_string(batch->revision));
    }
}

TEST_F(EmbeddedWatch, HasItsBatchBeforeTheWriterHasItsAnswer) {
    open();
    auto stream = watch(2);
    std::vector<std::string> notes;
    asio::co_spawn(io, note_batches(*stream, notes), asio::detached);
    for (int i = 0; i < 50; ++i) {
        asio::co_spawn(io, db().commit(put_of("a", "v")), [&](const std::exception_ptr&, const auto& result) {
            const auto mine = "seen " + std::to_string(result->revision);
            EXPECT_THAT(notes, testing::Contains(mine));
            notes.push_back("answered");
        });
    }
    io.restart();
    while (std::ranges::count(notes, "answered") < 50) io.run_one();
}

TEST_F(EmbeddedWatch, MayOutliveItsStore) {
    open();
    auto stream = watch(2);
    std::vector<std::string> notes;
    asio::co_spawn(io, note_batches(*stream, notes), asio::detached);
    io.restart();
    io.poll();
    store.reset();
    EXPECT_EQ(run(stream->next()).error().code(), Errc::shutting_down);
    stream.reset();
    io.restart();
    io.run_for(std::chrono::seconds{5});
    EXPECT_TRUE(io.stopped());
}

TEST_F(EmbeddedWatch, ChangesFromMemoryToDiskAndBackWithoutAGap) {
    options.watch_revisions = 16;
    open();
    auto stream = watch(2);
    store::Revision position = 1;
    int written = 0;
    for (const int burst : {5, 100, 1, 17, 16, 15, 300}) {
        std::vector<store::Transaction> writes;
        for (int i = 0; i < burst; ++i) writes.push_back(put_of("a", std::to_string(written++)));
        commit_all(writes);
        while (position < 1 + written) {
            const auto batch = run(stream->next());
            ASSERT_TRUE(batch);
            ASSERT_EQ(batch->revision, position + 1);
            ASSERT_EQ(batch->events.at(0).kv.value, std::to_string(position - 1));
            ++position;
        }
    }
}

TEST_F(EmbeddedWatch, BytesBoundTheMemoryToo) {
    options.watch_bytes = 50'000;
    open();
    for (int i = 0; i < 20; ++i) put("a" + std::to_string(i), std::string(20'000, 'v'));
    auto stream = watch(2);
    for (int i = 0; i < 20; ++i) {
        const auto batch = run(stream->next());
        ASSERT_TRUE(batch);
        EXPECT_EQ(batch->events.at(0).kv.key, "a" + std::to_string(i));
    }
}

TEST_F(EmbeddedWatch, FarBehindACompactionIsToldTheOldestRevision) {
    options.watch_revisions = 4;
    open();
    auto stream = watch(2);
    for (int i = 0; i < 100; ++i) put("a", "v");
    ASSERT_TRUE(run(db().compact(50)));
    const auto batch = run(stream->next());
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().code(), Errc::compacted);
    EXPECT_EQ(batch.error().number("oldest"), 50);
    EXPECT_EQ(run(stream->next()).error().code(), Errc::compacted) << "an ended stream stays ended";
}

TEST_F(EmbeddedWatch, ReadsALongHistoryInPagesOfWholeRevisions) {
    open();
    std::vector<store::Transaction> writes;
    for (int i = 0; i < 60; ++i) {
        store::Transaction transaction;
        for (int j = 0; j < 100; ++j) transaction.puts.push_back({"k" + std::to_string(j), "v", 0});
        writes.push_back(std::move(transaction));
    }
    commit_all(writes);
    reopen();
    auto stream = watch(2);
    for (store::Revision revision = 2; revision <= 61; ++revision) {
        const auto batch = run(stream->next());
        ASSERT_TRUE(batch);
        ASSERT_EQ(batch->revision, revision);
        ASSERT_EQ(batch->events.size(), 100U);
    }
}

}  // namespace
}  // namespace confcast::test
