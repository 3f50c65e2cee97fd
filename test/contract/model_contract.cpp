// A store against the plainest model of it: every revision's whole state, kept in a vector.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::Compare;
using store::Event;
using store::KeyValue;
using store::Revision;
using store::Transaction;

using State = std::map<std::string, KeyValue>;

struct Model {
    explicit Model(Revision start) : first(start) { states.emplace_back(); }

    Revision first;             // the revision of states[0]
    std::vector<State> states;  // one per revision
    Revision newest() const { return first + static_cast<Revision>(states.size()) - 1; }
    const State& at(Revision revision) const { return states[static_cast<std::size_t>(revision - first)]; }
    const State& now() const { return states.back(); }

    Revision mod_revision(const std::string& key) const {
        const auto it = now().find(key);
        return it == now().end() ? 0 : it->second.mod_revision;
    }
    bool holds(const Compare& compare) const {
        return (mod_revision(compare.key) == compare.mod_revision) == (compare.relation == Compare::Relation::equal);
    }
    /// Whether it succeeds; the next state when it changes something.
    bool apply(const Transaction& transaction) {
        for (const auto& compare : transaction.compares)
            if (!holds(compare)) return false;
        State next = now();
        bool changed = !transaction.puts.empty();
        for (const auto& put : transaction.puts) {
            auto& kv = next[put.key];
            if (kv.version == 0) kv.create_revision = newest() + 1;
            kv = {put.key, put.value, kv.create_revision, newest() + 1, kv.version + 1, put.lease};
        }
        for (const auto& key : transaction.deletes) changed = next.erase(key) == 1 || changed;
        if (changed) states.push_back(std::move(next));
        return true;
    }
    void end_lease(store::LeaseId id) {
        Transaction transaction;
        for (const auto& [key, kv] : now())
            if (kv.lease == id) transaction.deletes.push_back(key);
        apply(transaction);
    }
    std::vector<Event> events(Revision revision) const {
        std::map<std::string, Event> found;
        for (const auto& [key, kv] : at(revision))
            if (kv.mod_revision == revision) found[key] = {Event::Type::put, kv};
        for (const auto& [key, kv] : at(revision - 1))
            if (!at(revision).contains(key)) found[key] = {Event::Type::del, {key, "", 0, revision, 0, 0}};
        std::vector<Event> list;
        for (auto& [key, event] : found) list.push_back(std::move(event));
        return list;
    }
};

class Chooser {
  public:
    explicit Chooser(unsigned seed) : engine_(seed) {}
    std::int64_t below(std::int64_t n) { return std::uniform_int_distribution<std::int64_t>(0, n - 1)(engine_); }
    bool one_in(std::int64_t n) { return below(n) == 0; }

  private:
    std::mt19937 engine_;
};

std::vector<KeyValue> list_of(const State& state, const store::KeyRange& range) {
    std::vector<KeyValue> list;
    for (const auto& [key, kv] : state)
        if (range.contains(key)) list.push_back(kv);
    return list;
}

/// Plays the same random moves on the test's store and on the model.
class Game {
  public:
    explicit Game(StoreContract& test) : t(test) {}

    void play(unsigned seed, int steps);

  private:
    std::string any_key(Chooser& choose) { return t.k(std::string(1, static_cast<char>('a' + choose.below(12)))); }

    Transaction any_transaction(Chooser& choose, const Model& model, const std::vector<store::LeaseId>& leases) {
        Transaction transaction;
        std::map<std::string, bool> used;
        for (auto i = choose.below(3); i > 0; --i) {
            Compare compare;
            compare.key = any_key(choose);
            compare.relation = choose.one_in(4) ? Compare::Relation::not_equal : Compare::Relation::equal;
            compare.mod_revision = choose.one_in(4) ? choose.below(model.newest()) : model.mod_revision(compare.key);
            transaction.compares.push_back(compare);
        }
        for (auto i = choose.below(5); i > 0; --i) {
            const auto key = any_key(choose);
            if (used[key]) continue;
            used[key] = true;
            if (choose.one_in(3)) {
                transaction.deletes.push_back(key);
                continue;
            }
            store::LeaseId lease = 0;
            if (!leases.empty() && choose.one_in(3))
                lease = leases[static_cast<std::size_t>(choose.below(static_cast<std::int64_t>(leases.size())))];
            transaction.puts.push_back({key, std::string(static_cast<std::size_t>(choose.below(40)), 'v'), lease});
        }
        return transaction;
    }

    void compare_range(Chooser& choose, const Model& model, Revision oldest) {
        store::RangeRequest request;
        request.range = choose.one_in(2) ? t.all() : store::KeyRange{any_key(choose), any_key(choose)};
        request.at = choose.one_in(3) ? 0 : oldest + choose.below(model.newest() - oldest + 1);
        request.limit = choose.below(6);
        auto expected = list_of(model.at(request.at == 0 ? model.newest() : request.at), request.range);
        const auto limit = static_cast<std::size_t>(request.limit);
        const bool more = limit != 0 && expected.size() > limit;
        if (more) expected.resize(limit);
        const auto result = t.range(request);
        ASSERT_EQ(result.kvs, expected);
        ASSERT_EQ(result.more, more);
        ASSERT_EQ(result.revision, model.newest());
    }

    void compare_history(const Model& model, Revision from) {
        if (from > model.newest()) return;
        auto stream = t.watch(t.all(), from);
        Revision expected = from;
        for (const auto& batch : t.read_until(*stream, model.newest())) {
            ASSERT_EQ(batch.revision, expected++);
            ASSERT_EQ(batch.events, model.events(batch.revision));
        }
        ASSERT_EQ(expected, model.newest() + 1);
    }

    StoreContract& t;
};

void Game::play(unsigned seed, int steps) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chooser choose(seed);
    Model model(t.newest());
    Revision oldest = model.newest();
    std::vector<store::LeaseId> leases;
    for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
        if (choose.one_in(40)) leases.push_back(t.grant(1'000'000).id);
        if (!leases.empty() && choose.one_in(60)) {
            ASSERT_TRUE(t.run(t.db().revoke(leases.back())));
            model.end_lease(leases.back());
            leases.pop_back();
        }
        if (choose.one_in(50) && model.newest() > oldest) {
            oldest += 1 + choose.below(model.newest() - oldest);
            ASSERT_TRUE(t.run(t.db().compact(oldest)));
        }
        if (choose.one_in(100) && t.engine().is_durable()) t.engine().reopen();
        const auto transaction = any_transaction(choose, model, leases);
        const bool expected = model.apply(transaction);
        const auto result = t.try_commit(transaction);
        ASSERT_TRUE(result) << result.error().to_string();
        ASSERT_EQ(result->succeeded, expected);
        ASSERT_EQ(result->revision, model.newest());
        if (choose.one_in(4)) compare_range(choose, model, oldest);
        if (choose.one_in(30)) compare_history(model, oldest + 1);
    }
    compare_history(model, oldest + 1);
}

TEST_P(StoreContract, AgreesWithTheModelOnEveryAnswer) {
    if (!engine().is_alone()) GTEST_SKIP() << "the model knows of one writer only";
    Game(*this).play(1, 400);
}
TEST_P(StoreContract, AgreesWithTheModelOnAnotherCourse) {
    if (!engine().is_alone()) GTEST_SKIP() << "the model knows of one writer only";
    Game(*this).play(20261123, 400);
}

}  // namespace
}  // namespace confcast::test
