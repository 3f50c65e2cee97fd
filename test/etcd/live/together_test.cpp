// Writes that go together, on a real etcd: many writers at once get what each would get alone, and a watch sees the
// same.
#include <map>
#include <set>

#include "live_test.hpp"

namespace confcast::etcd {
namespace {

using store::Compare;
using store::Transaction;
using store::TransactionResult;
using testing::HasSubstr;

Transaction put_of(std::string key, std::string value, store::LeaseId lease = 0) {
    Transaction transaction;
    transaction.puts.push_back({std::move(key), std::move(value), lease});
    return transaction;
}
Transaction create_of(const std::string& key, std::string value) {
    Transaction transaction = put_of(key, std::move(value));
    transaction.compares.push_back({key, Compare::Relation::equal, 0});
    return transaction;
}

class Together : public LiveTest {
  protected:
    using Outcome = std::optional<Result<TransactionResult>>;

    void begin(test::EtcdSetup setup = {}) {
        process_.emplace(std::move(setup));
        open(sharing());
        wait_until_it_answers();
    }
    EtcdOptions sharing() const {
        EtcdOptions options = options_for({process_->endpoint()});
        options.coalesce_writes = true;
        return options;
    }
    static Awaitable<> commit(EtcdStore& store, Transaction transaction, Outcome& outcome) {
        outcome = co_await store.commit(std::move(transaction));
    }
    /// All at once; the results in the same order.
    std::vector<Result<TransactionResult>> commit_all(std::vector<Transaction> transactions) {
        std::vector<Outcome> outcomes(transactions.size());
        for (std::size_t i = 0; i < transactions.size(); ++i)
            asio::co_spawn(io_, commit(db(), std::move(transactions[i]), outcomes[i]), asio::detached);
        until([&] { return std::ranges::all_of(outcomes, &Outcome::has_value); });
        std::vector<Result<TransactionResult>> results;
        for (Outcome& outcome : outcomes) results.push_back(std::move(*outcome));
        return results;
    }

    std::optional<test::EtcdProcess> process_;
};

TEST_F(Together, ManyWritersGetWhatEachWouldGetAloneAndAWatchSeesIt) {
    begin();
    const auto start = status().revision + 1;
    auto stream = watch(start);

    // each writes a key of its own, creates one that others want too, and every third deletes one that is not there
    std::vector<Transaction> transactions;
    for (int i = 0; i < 300; ++i) {
        transactions.push_back(put_of("/own/" + std::to_string(i), std::to_string(i)));
        transactions.push_back(create_of("/wanted/" + std::to_string(i % 20), std::to_string(i)));
        if (i % 3 != 0) continue;
        transactions.emplace_back().deletes.push_back("/absent/" + std::to_string(i));
    }
    const auto asked = transactions;
    const auto results = commit_all(std::move(transactions));
    EXPECT_GT(db().stats().shared_writes, 500U);
    EXPECT_LT(db().stats().calls, 200U);

    std::map<std::string, std::string> winners;
    std::map<store::Revision, std::set<std::string>> made;
    store::Revision last = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        ASSERT_TRUE(results[i]) << results[i].error().to_string();
        const TransactionResult& result = *results[i];
        last = std::max(last, result.revision);
        if (asked[i].puts.empty()) {
            EXPECT_EQ(result.deleted, std::vector{false});
            continue;
        }
        const store::Put& put = asked[i].puts.front();
        if (!result.succeeded) {
            EXPECT_FALSE(asked[i].compares.empty());
            EXPECT_GT(result.current.at(0), 0);
            continue;
        }
        if (!asked[i].compares.empty()) EXPECT_TRUE(winners.emplace(put.key, put.value).second) << "two have made it";
        EXPECT_EQ(result.puts.at(0).version, 1);
        EXPECT_EQ(result.puts.at(0).create_revision, result.revision);
        EXPECT_TRUE(made[result.revision].insert(put.key).second);
    }
    EXPECT_EQ(winners.size(), 20U);

    // one batch for each revision, of exactly the writes that were told it
    store::Revision seen = start - 1;
    for (const auto& [revision, keys] : made) {
        auto batch = run(stream->next());
        while (batch && batch->events.empty()) batch = run(stream->next());
        ASSERT_TRUE(batch);
        EXPECT_EQ(batch->revision, revision);
        EXPECT_GT(batch->revision, seen);
        seen = batch->revision;
        std::set<std::string> told;
        for (const store::Event& event : batch->events) {
            told.insert(event.kv.key);
            EXPECT_EQ(event.kv.mod_revision, revision);
        }
        EXPECT_EQ(told, keys);
    }
    EXPECT_EQ(seen, last);
    for (const auto& [key, value] : winners) EXPECT_EQ(get(key), value);
}

TEST_F(Together, AWriteAtFaultDoesNotTakeTheOthersWithIt) {
    begin();
    std::vector<Transaction> transactions;
    for (int i = 0; i < 20; ++i) transactions.push_back(put_of("/k" + std::to_string(i), "v", i == 10 ? 4711 : 0));
    const auto results = commit_all(std::move(transactions));
    EXPECT_GT(db().stats().shared_calls, 0U);
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(results[i].has_value(), i != 10) << i;
        if (i == 10 && !results[i]) EXPECT_EQ(results[i].error(), Errc::lease_not_found);
        if (results[i]) EXPECT_EQ(results[i]->puts.at(0).version, 1) << "written twice";
    }
}

TEST_F(Together, WhatIsTooLargeTogetherIsWrittenAlone) {
    begin({.flags = {"--max-request-bytes", "4096"}});
    std::vector<Transaction> transactions;
    for (int i = 0; i < 20; ++i) transactions.push_back(put_of("/k" + std::to_string(i), std::string(1'000, 'v')));
    for (const auto& result : commit_all(std::move(transactions))) {
        ASSERT_TRUE(result) << result.error().to_string();
        EXPECT_EQ(result->puts.at(0).version, 1);
    }
}

TEST_F(Together, OneKeyIsWrittenByAllInTheirOrder) {
    begin();
    std::vector<Transaction> transactions;
    for (int i = 0; i < 100; ++i) transactions.push_back(put_of("/one", std::to_string(i)));
    std::set<store::Revision> revisions;
    for (const auto& result : commit_all(std::move(transactions))) {
        ASSERT_TRUE(result);
        EXPECT_TRUE(revisions.insert(result->revision).second) << "two writes to one key in one revision";
    }
    EXPECT_EQ(run(db().range({store::KeyRange::single("/one"), 0, 0, false}))->kvs.front().version, 100);
}

TEST_F(Together, AWriteThatNeedsARevisionOfItsOwnHasIt) {
    process_.emplace();
    EtcdOptions options = sharing();
    options.needs_own_revision = [](const Transaction& one) { return one.puts.front().value == "alone"; };
    open(std::move(options));
    wait_until_it_answers();
    std::vector<Transaction> transactions;
    for (int i = 0; i < 40; ++i) transactions.push_back(put_of("/k" + std::to_string(i), i % 4 == 0 ? "alone" : "v"));
    const auto results = commit_all(std::move(transactions));
    std::map<store::Revision, int> sharing;
    for (const auto& result : results) ++sharing[result.value().revision];
    for (std::size_t i = 0; i < results.size(); i += 4) EXPECT_EQ(sharing[results[i]->revision], 1);
    EXPECT_LT(sharing.size(), 40U);
}

TEST_F(Together, SwitchedOffEachWriteIsACall) {
    process_.emplace();
    EtcdOptions options = sharing();
    options.coalesce_writes = false;
    open(std::move(options));
    wait_until_it_answers();
    std::vector<Transaction> transactions;
    for (int i = 0; i < 40; ++i) transactions.push_back(put_of("/k" + std::to_string(i), "v"));
    std::set<store::Revision> revisions;
    for (const auto& result : commit_all(std::move(transactions))) revisions.insert(result.value().revision);
    EXPECT_EQ(revisions.size(), 40U);
    EXPECT_EQ(db().stats().shared_calls, 0U);
}

TEST_F(Together, NobodyDoesWithOthersWhatHeMayNotDoAlone) {
    process_.emplace(test::EtcdProcess::users(60));
    process_->enable_users();
    EtcdOptions options = sharing();
    options.user = "confcast";
    options.password = "pass:word";
    open(std::move(options));
    wait_until_it_answers();
    std::vector<Transaction> transactions;
    for (int i = 0; i < 40; ++i) {
        transactions.push_back(put_of("/config/k" + std::to_string(i), "v"));
        if (i % 10 == 0) transactions.push_back(put_of("/elsewhere/p" + std::to_string(i), "v"));
        if (i % 10 == 5) transactions.push_back(create_of("/elsewhere/c" + std::to_string(i), "v"));
        transactions.push_back(create_of("/config/c" + std::to_string(i), "v"));
    }
    const auto asked = transactions;
    const auto results = commit_all(std::move(transactions));
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const bool allowed = asked[i].puts.front().key.starts_with("/config/");
        EXPECT_EQ(results[i].has_value(), allowed) << asked[i].puts.front().key;
        if (!results[i]) EXPECT_THAT(results[i].error().detail("reason"), HasSubstr("permission denied"));
    }
    EXPECT_GT(db().stats().shared_calls, 0U);
}

}  // namespace
}  // namespace confcast::etcd
