// Writes that go together get the results that they would have got one by one: random ones, against a model of etcd.
#include <gmock/gmock.h>

#include <random>
#include <set>

#include "coalescer.hpp"
#include "messages.hpp"
#include "txn_model.hpp"

namespace confcast::etcd {
namespace {

using store::Compare;
using store::Transaction;
using store::TransactionResult;

const std::string probe_key = "/probe";

std::string text_of(const TransactionResult& result) {
    std::string text = std::string(result.succeeded ? "done" : "not") + " at " + std::to_string(result.revision);
    for (const store::KeyValue& kv : result.puts)
        text += " " + kv.key + ":" + std::to_string(kv.create_revision) + "," + std::to_string(kv.mod_revision) + "," +
                std::to_string(kv.version) + "," + std::to_string(kv.lease);
    for (const bool deleted : result.deleted) text += deleted ? " deleted" : " absent";
    for (const store::Revision current : result.current) text += " is " + std::to_string(current);
    return text;
}

std::string text_of(const std::map<std::string, mvccpb::KeyValue>& keys) {
    std::string text;
    for (const auto& [key, kv] : keys) text += kv.ShortDebugString() + "\n";
    return text;
}

/// Each write's result twice: of the call that it went in, and of being made alone in its turn.
class Game {
  public:
    explicit Game(unsigned seed) : random_(seed) {
        const std::array limits{CoalescerLimits{}, CoalescerLimits{.operations = 12, .burst = 3},
                                CoalescerLimits{.bytes = 150, .calls = 2},
                                CoalescerLimits{.operations = 20, .conditions = false}};
        limits_ = limits[seed % limits.size()];
        coalescer_.emplace(limits_);
        for (const std::int64_t lease : {1, 2, 3}) etcd_.leases.insert(lease);
        one_by_one_.leases = etcd_.leases;
        keys_ = up_to(2) == 0 ? 3 : 40;  // on few keys all is conflict
    }

    void play(int steps) {
        for (int step = 0; step < steps; ++step) {
            if (up_to(4) != 0)
                arrive();
            else if (coalescer_->calls() > 0)
                coalescer_->ended();
            for (const WriteBatch& batch : up_to(20) == 0 ? coalescer_->take_anyway() : coalescer_->take()) go(batch);
        }
        for (const WriteBatch& batch : coalescer_->take_anyway()) go(batch);
        EXPECT_EQ(text_of(etcd_.keys), text_of(one_by_one_.keys));
    }

    std::size_t together = 0;  // writes that shared a call
    std::size_t refused = 0;   // by a condition, in such a call
    std::size_t at_fault = 0;  // calls that etcd refused as a whole

  private:
    int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
    std::string key() { return "/k" + std::to_string(up_to(keys_ - 1)); }

    Transaction transaction() {
        Transaction made;
        std::set<std::string> named;
        const int size = up_to(9) == 0 ? 5 : 1 + up_to(1);
        for (int i = 0; i < size; ++i) {
            std::string one = key();
            if (!named.insert(one).second) continue;
            const std::int64_t lease = up_to(30) == 0 ? 99 : up_to(3);  // 99 is not granted, 0 is none
            if (up_to(3) == 0)
                made.deletes.push_back(std::move(one));
            else
                made.puts.push_back({std::move(one), std::string(static_cast<std::size_t>(up_to(30)), 'v'), lease});
        }
        for (int i = up_to(5) - 3; i > 0; --i) {
            const std::string one = up_to(1) == 0 ? key() : *named.begin();
            const auto found = etcd_.keys.find(one);
            const std::int64_t now = found == etcd_.keys.end() ? 0 : found->second.mod_revision();
            made.compares.push_back({one, up_to(3) == 0 ? Compare::Relation::not_equal : Compare::Relation::equal,
                                     up_to(2) == 0 ? now - 1 : now});
        }
        return made;
    }

    void arrive() {
        auto write = std::make_shared<QueuedWrite>(transaction(), SteadyTime{} + std::chrono::seconds{++arrived_});
        if (!coalescer_->fits(write->transaction)) return;
        if (coalescer_->is_free())
            go({std::move(write)});
        else
            coalescer_->wait(std::move(write));
    }

    /// As writes.cpp does it.
    void go(const WriteBatch& batch) {
        coalescer_->began();
        look_at(batch);
        if (batch.size() == 1) return go_alone(batch.front()->transaction);
        const TxnModel::Answer answer = etcd_.apply(to_txn(batch));
        if (!answer.refused.empty()) {
            EXPECT_EQ(answer.refused, "etcdserver: requested lease not found");
            ++at_fault;
            for (const QueuedWritePtr& write : batch) go_alone(write->transaction);
            return;
        }
        const auto results = from_txn(batch, answer.response);
        ASSERT_TRUE(results);
        together += batch.size();
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const Transaction& one = batch[i]->transaction;
            if (!(*results)[i].succeeded) ++refused;
            compare(text_of((*results)[i]), one);
        }
    }
    void go_alone(const Transaction& one) {
        const TxnModel::Answer answer = etcd_.apply(to_txn(one, probe_key));
        compare(answer.refused.empty() ? text_of(from_txn(one, answer.response)) : answer.refused, one);
    }
    /// The revision is the only thing that going together may change: it is given.
    void compare(const std::string& result, const Transaction& one) {
        const TxnModel::Answer alone = one_by_one_.apply(to_txn(one, probe_key), etcd_.revision);
        EXPECT_EQ(result, alone.refused.empty() ? text_of(from_txn(one, alone.response)) : alone.refused);
    }

    void look_at(const WriteBatch& batch) {
        std::multiset<std::string> written;
        std::size_t operations = 0;
        for (const QueuedWritePtr& write : batch) {
            operations += operations_of(write->transaction);
            for (const store::Put& put : write->transaction.puts) written.insert(put.key);
            for (const std::string& key : write->transaction.deletes) written.insert(key);
        }
        EXPECT_LE(operations, limits_.operations);
        for (const std::string& key : written) EXPECT_EQ(written.count(key), 1U) << "two writes to " << key;
        for (const QueuedWritePtr& write : batch) {
            for (const store::Put& put : write->transaction.puts) expect_in_turn(put.key, write->since);
            for (const std::string& key : write->transaction.deletes) expect_in_turn(key, write->since);
        }
    }
    void expect_in_turn(const std::string& key, SteadyTime since) {
        SteadyTime& last = last_write_[key];
        EXPECT_LT(last, since) << "a write to " << key << " was overtaken";
        last = since;
    }

    std::mt19937 random_;
    CoalescerLimits limits_;
    std::optional<Coalescer> coalescer_;
    TxnModel etcd_;
    TxnModel one_by_one_;
    int keys_ = 0;
    int arrived_ = 0;
    std::map<std::string, SteadyTime> last_write_;
};

TEST(CoalescingProperty, TogetherAsOneByOne) {
    std::size_t together = 0;
    std::size_t refused = 0;
    std::size_t at_fault = 0;
    for (unsigned seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Game game(seed);
        game.play(150);
        if (testing::Test::HasFailure()) return;
        together += game.together;
        refused += game.refused;
        at_fault += game.at_fault;
    }
    // else it has not tried what it is for
    EXPECT_GT(together, 5'000U);
    EXPECT_GT(refused, 500U);
    EXPECT_GT(at_fault, 50U);
}

}  // namespace
}  // namespace confcast::etcd
