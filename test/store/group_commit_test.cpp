// Group commit: many writes, one transaction and one fsync, each with its own answer.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <set>

#include "embedded_fixture.hpp"

namespace confcast::test {
namespace {

class GroupCommit : public EmbeddedTest {};

std::vector<store::Transaction> puts(int count, std::size_t bytes = 1) {
    std::vector<store::Transaction> all;
    for (int i = 0; i < count; ++i) all.push_back(put_of("k" + std::to_string(i), std::string(bytes, 'v')));
    return all;
}

TEST_F(GroupCommit, WritesThatWaitTogetherBecomeOneCommit) {
    open();
    const auto results = commit_all(puts(200));
    std::set<store::Revision> revisions;
    for (const auto& result : results) revisions.insert((*result)->revision);
    EXPECT_EQ(revisions.size(), 200U) << "each has its own revision";
    EXPECT_EQ(*revisions.rbegin() - *revisions.begin(), 199);
    const auto stats = db().stats();
    EXPECT_EQ(stats.writes, 200U);
    EXPECT_LE(stats.commits, 20U);
    EXPECT_GE(stats.largest_group, 50U);
    EXPECT_EQ(db().group_sizes().count(), stats.commits);
    EXPECT_DOUBLE_EQ(db().group_sizes().sum(), 200);
    EXPECT_EQ(db().prepare_seconds().count(), stats.commits);
    EXPECT_GT(db().prepare_seconds().sum(), 0);
    EXPECT_EQ(db().commit_seconds().count(), stats.commits);
    EXPECT_GT(db().commit_seconds().sum(), 0);
}

TEST_F(GroupCommit, MaxGroupOfOneIsACommitPerWrite) {
    options.max_group = 1;
    open();
    commit_all(puts(20));
    EXPECT_EQ(db().stats().commits, 20U);
    EXPECT_EQ(db().stats().largest_group, 1U);
}

TEST_F(GroupCommit, AnswersComeInTheOrderAsked) {
    open();
    const auto results = commit_all(puts(100));
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ((*results[i])->revision, static_cast<store::Revision>(i) + 2);
}

TEST_F(GroupCommit, WritesInOneGroupSeeThoseBeforeThem) {
    open();
    std::vector<store::Transaction> chain;
    for (int i = 0; i < 50; ++i) {
        auto next = put_of("a", std::to_string(i));
        next.compares = {{"a", store::Compare::Relation::equal, i == 0 ? 0 : i + 1}};
        chain.push_back(next);
    }
    for (const auto& result : commit_all(chain)) EXPECT_TRUE((*result)->succeeded);
    EXPECT_EQ(get("a"), "49");
    EXPECT_GE(db().stats().largest_group, 10U);
}

TEST_F(GroupCommit, AFailedCompareInAGroupLeavesItsNeighboursAlone) {
    open();
    auto writes = puts(60);
    for (std::size_t i = 0; i < writes.size(); i += 2) writes[i].compares = {{"x", store::Compare::Relation::equal, 9}};
    const auto results = commit_all(writes);
    for (std::size_t i = 0; i < writes.size(); ++i) EXPECT_EQ((*results[i])->succeeded, i % 2 == 1) << i;
    EXPECT_EQ(status().revision, 31);
    EXPECT_EQ(get("k0"), "(none)");
    EXPECT_EQ(get("k1"), "v");
    EXPECT_GE(db().stats().largest_group, 10U);
}

TEST_F(GroupCommit, MoreWaitingWritesThanAllowedAreRefusedAndTheRestIsDone) {
    options.max_queued_writes = 10;
    open();
    int refused = 0;
    int done = 0;
    for (const auto& result : commit_all(puts(2'000))) {
        if (*result) {
            ++done;
            continue;
        }
        EXPECT_EQ(result->error().code(), Errc::store_unavailable);
        EXPECT_THAT(result->error().detail("reason"), testing::HasSubstr("Too many writes"));
        ++refused;
    }
    EXPECT_GE(done, 10);
    EXPECT_GT(refused, 0);
    EXPECT_EQ(status().revision, 1 + done);
    EXPECT_EQ(put("later", "v"), 2 + done) << "and it works on";
}

TEST_F(GroupCommit, MoreWaitingBytesThanAllowedAreRefused) {
    options.max_queued_bytes = 100'000;
    open();
    int done = 0;
    int refused = 0;
    for (const auto& result : commit_all(puts(500, 20'000))) ++(*result ? done : refused);
    EXPECT_GE(done, 4);
    EXPECT_GT(refused, 0);
    EXPECT_EQ(status().revision, 1 + done);
}

TEST_F(GroupCommit, TooManyReadsAreRefused) {
    options.max_queued_reads = 5;
    open();
    int answers = 0;
    int refused = 0;
    for (int i = 0; i < 2'000; ++i) {
        asio::co_spawn(io, db().range({{"", ""}, 0, 0, false}), [&](const std::exception_ptr&, const auto& result) {
            ++answers;
            if (!result) refused += result.error() == Errc::store_unavailable ? 1 : 0;
        });
    }
    io.restart();
    while (answers < 2'000) io.run_one();
    EXPECT_GT(refused, 0);
    EXPECT_LE(refused, 1'995);
}

TEST_F(GroupCommit, AnEmptyKeyIsRefused) {
    open();
    const auto result = try_put("", "v");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::invalid_key);
}

Awaitable<> commit_counted(store::Store& db, store::Transaction transaction, int& begun, int& answered) {
    ++begun;
    [[maybe_unused]] const auto result = co_await db.commit(std::move(transaction));
    ++answered;
}

TEST_F(GroupCommit, AStoreDestroyedWithoutCloseAnswersWhatWaits) {
    open();
    int begun = 0;
    int answered = 0;
    for (const auto& transaction : puts(50))
        asio::co_spawn(io, commit_counted(db(), transaction, begun, answered), asio::detached);
    io.restart();
    while (begun < 50) io.run_one();
    store.reset();
    io.restart();
    io.run_for(std::chrono::seconds{10});
    EXPECT_EQ(answered, 50);
}

}  // namespace
}  // namespace confcast::test
