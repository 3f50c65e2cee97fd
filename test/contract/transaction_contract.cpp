// Revisions, versions, compare-and-set, transactions.
#include <gmock/gmock.h>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::Compare;
using store::KeyValue;
using store::Revision;
using store::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto equal = Compare::Relation::equal;
constexpr auto not_equal = Compare::Relation::not_equal;

TEST_P(StoreContract, AFreshStoreIsEmptyAtRevisionOne) {
    if (!engine().is_fresh()) GTEST_SKIP() << "this store is shared";
    EXPECT_EQ(newest(), 1);
    EXPECT_NE(status().epoch.id, 0U);
    EXPECT_THAT(range({{"", ""}, 0, 0, false}).kvs, IsEmpty());
}

TEST_P(StoreContract, EachPutMakesTheNextRevision) {
    const auto start = newest();
    EXPECT_EQ(put("a", "1"), start + 1);
    EXPECT_EQ(put("b", "1"), start + 2);
    EXPECT_EQ(put("a", "1"), start + 3) << "the same value again is a change too";
    EXPECT_EQ(newest(), start + 3);
}

TEST_P(StoreContract, VersionsCountPutsSinceCreation) {
    const auto start = newest();
    put("a", "1");
    put("a", "2");
    EXPECT_EQ(get("a"), (KeyValue{k("a"), "2", start + 1, start + 2, 2, 0}));
}

TEST_P(StoreContract, APutAfterADeleteCreatesTheKeyAnew) {
    put("a", "1");
    put("a", "2");
    remove("a");
    EXPECT_EQ(get("a"), std::nullopt);
    const auto revision = put("a", "3");
    EXPECT_EQ(get("a"), (KeyValue{k("a"), "3", revision, revision, 1, 0}));
}

TEST_P(StoreContract, ATransactionIsOneRevision) {
    const auto start = newest();
    put("gone", "x");
    Transaction transaction;
    transaction.puts = {{k("b"), "2", 0}, {k("a"), "1", 0}};
    transaction.deletes = {k("gone")};
    const auto result = commit(transaction);
    EXPECT_EQ(result.revision, start + 2);
    EXPECT_EQ(get("a")->mod_revision, start + 2);
    EXPECT_EQ(get("b")->mod_revision, start + 2);
    EXPECT_THAT(listing(), ElementsAre("a=1", "b=2"));
}

TEST_P(StoreContract, PutsAnswerTheirNewStateInTheOrderAskedWithoutValues) {
    const auto created = put("z", "1");
    Transaction transaction;
    transaction.puts = {{k("z"), "2", 0}, {k("a"), "1", 0}};
    const auto result = commit(transaction);
    EXPECT_THAT(result.puts, ElementsAre(KeyValue{k("z"), "", created, result.revision, 2, 0},
                                         KeyValue{k("a"), "", result.revision, result.revision, 1, 0}));
    EXPECT_THAT(result.current, IsEmpty());
}

TEST_P(StoreContract, DeletesAnswerWhetherTheKeyWasThere) {
    put("a", "1");
    Transaction transaction;
    transaction.deletes = {k("x"), k("a"), k("b")};
    EXPECT_THAT(commit(transaction).deleted, ElementsAre(false, true, false));
}

TEST_P(StoreContract, ADeleteOfAnAbsentKeyMakesNoRevision) {
    const auto start = put("a", "1");
    const auto result = commit(delete_of(k("nothing")));
    EXPECT_TRUE(result.succeeded);
    EXPECT_EQ(result.revision, start);
    EXPECT_THAT(result.deleted, ElementsAre(false));
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, ATransactionWithoutOperationsMakesNoRevision) {
    const auto start = put("a", "1");
    EXPECT_EQ(commit({}).revision, start);
    Transaction only_compares;
    only_compares.compares = {{k("a"), equal, start}};
    EXPECT_EQ(commit(only_compares).revision, start);
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, ACompareHoldsAtTheRevisionItNames) {
    const auto revision = put("a", "1");
    auto transaction = put_of(k("a"), "2");
    transaction.compares = {{k("a"), equal, revision}};
    EXPECT_TRUE(commit(transaction).succeeded);
    EXPECT_EQ(get("a")->value, "2");
}

TEST_P(StoreContract, AnAbsentKeyComparesAsRevisionZero) {
    auto create = put_of(k("a"), "1");
    create.compares = {{k("a"), equal, 0}};
    EXPECT_TRUE(try_commit(create)->succeeded);
    EXPECT_FALSE(try_commit(create)->succeeded);
    remove("a");
    EXPECT_TRUE(try_commit(create)->succeeded) << "a deleted key is absent";
}

TEST_P(StoreContract, NotEqualZeroMeansThatTheKeyIsThere) {
    auto replace = put_of(k("a"), "1");
    replace.compares = {{k("a"), not_equal, 0}};
    EXPECT_FALSE(try_commit(replace)->succeeded);
    const auto revision = put("a", "0");
    EXPECT_TRUE(try_commit(replace)->succeeded);
    replace.compares = {{k("a"), not_equal, revision + 1}};
    EXPECT_FALSE(try_commit(replace)->succeeded);
}

TEST_P(StoreContract, AFailedCompareChangesNothingAndTellsWhatIs) {
    const auto a = put("a", "1");
    const auto b = put("b", "1");
    Transaction transaction;
    transaction.compares = {{k("a"), equal, a}, {k("b"), equal, a}, {k("none"), equal, 7}};
    transaction.puts = {{k("a"), "2", 0}};
    transaction.deletes = {k("b")};
    const auto result = try_commit(transaction);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->succeeded);
    EXPECT_THAT(result->current, ElementsAre(a, b, 0));
    EXPECT_EQ(result->revision, b);
    EXPECT_THAT(result->puts, IsEmpty());
    EXPECT_THAT(result->deleted, IsEmpty());
    EXPECT_THAT(listing(), ElementsAre("a=1", "b=1"));
    EXPECT_EQ(newest(), b);
}

TEST_P(StoreContract, ACompareMayNameAKeyThatIsNotWritten) {
    const auto lock = put("lock", "me");
    auto transaction = put_of(k("a"), "1");
    transaction.compares = {{k("lock"), equal, lock}};
    EXPECT_TRUE(try_commit(transaction)->succeeded);
    put("lock", "you");
    transaction.puts[0].value = "2";
    EXPECT_FALSE(try_commit(transaction)->succeeded);
    EXPECT_EQ(get("a")->value, "1");
}

TEST_P(StoreContract, AKeyMayBeNamedOnceAmongPutsAndDeletes) {
    const auto start = newest();
    Transaction twice_put;
    twice_put.puts = {{k("a"), "1", 0}, {k("b"), "1", 0}, {k("a"), "2", 0}};
    Transaction put_and_delete = put_of(k("a"), "1");
    put_and_delete.deletes = {k("a")};
    Transaction twice_deleted;
    twice_deleted.deletes = {k("a"), k("a")};
    for (const auto& transaction : {twice_put, put_and_delete, twice_deleted}) {
        const auto result = try_commit(transaction);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), Errc::duplicate_key);
        EXPECT_EQ(result.error().detail("key"), k("a"));
    }
    EXPECT_EQ(newest(), start);
}

TEST_P(StoreContract, ATransactionHasAtMost128Operations) {
    const auto start = newest();
    Transaction transaction;
    for (int i = 0; i < 100; ++i) transaction.puts.push_back({k(std::to_string(i)), "v", 0});
    for (int i = 100; i < 128; ++i) transaction.deletes.push_back(k(std::to_string(i)));
    EXPECT_EQ(commit(transaction).revision, start + 1);
    transaction.deletes.push_back(k("128"));
    const auto result = try_commit(transaction);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Errc::too_many_operations);
    EXPECT_EQ(result.error().number("limit"), 128);
    EXPECT_EQ(newest(), start + 1);
}

TEST_P(StoreContract, OneOfManyCreatorsWins) {
    constexpr int racers = 32;
    const auto start = newest();
    std::vector<std::optional<Result<store::TransactionResult>>> results(racers);
    for (std::size_t i = 0; i < racers; ++i) {
        auto create = put_of(k("a"), std::to_string(i));
        create.compares = {{k("a"), equal, 0}};
        asio::co_spawn(io(), db().commit(create),
                       [&results, i](const std::exception_ptr&, auto result) { results[i].emplace(result); });
    }
    const auto done = [&] { return std::ranges::all_of(results, [](const auto& r) { return r.has_value(); }); };
    while (!done()) run(db().status());
    int winners = 0;
    for (std::size_t i = 0; i < racers; ++i) {
        ASSERT_TRUE(*results[i]);
        if (!(*results[i])->succeeded) {
            EXPECT_THAT((*results[i])->current, ElementsAre(start + 1));
            continue;
        }
        ++winners;
        EXPECT_EQ(get("a")->value, std::to_string(i));
    }
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(newest(), start + 1);
}

Awaitable<> increment(store::Store& db, std::string key, int times, int& finished) {
    while (times > 0) {
        const auto read = co_await db.range({store::KeyRange::single(key), 0, 0, false});
        const auto& kvs = read->kvs;
        const int value = kvs.empty() ? 0 : std::stoi(kvs[0].value);
        auto transaction = put_of(key, std::to_string(value + 1));
        transaction.compares = {{key, equal, kvs.empty() ? 0 : kvs[0].mod_revision}};
        const auto result = co_await db.commit(transaction);
        if (result->succeeded) --times;
    }
    ++finished;
}

TEST_P(StoreContract, CompareAndSetLosesNoIncrement) {
    int finished = 0;
    for (int i = 0; i < 8; ++i) asio::co_spawn(io(), increment(db(), k("n"), 20, finished), asio::detached);
    while (finished < 8) run(db().status());
    EXPECT_EQ(get("n")->value, "160");
    EXPECT_EQ(get("n")->version, 160);
}

TEST_P(StoreContract, ARefusedTransactionDoesNotDisturbItsNeighbours) {
    put("taken", "x");
    const auto start = newest();
    int failed_compares = 0;
    int refused = 0;
    std::vector<Revision> made;
    int answers = 0;
    for (int i = 0; i < 60; ++i) {
        auto transaction = put_of(k(std::to_string(i)), "v");
        if (i % 3 == 1) transaction.compares = {{k("taken"), equal, 0}};
        if (i % 3 == 2) transaction.puts[0].lease = 4711;
        asio::co_spawn(io(), db().commit(transaction), [&](const std::exception_ptr&, auto result) {
            ++answers;
            if (!result)
                refused += result.error() == Errc::lease_not_found ? 1 : 0;
            else if (result->succeeded)
                made.push_back(result->revision);
            else
                ++failed_compares;
        });
    }
    while (answers < 60) run(db().status());
    EXPECT_EQ(failed_compares, 20);
    EXPECT_EQ(refused, 20);
    std::ranges::sort(made);
    ASSERT_EQ(made.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(made[i], start + 1 + static_cast<Revision>(i));
    EXPECT_EQ(listing().size(), 21U);
}

}  // namespace
}  // namespace confcast::test
