// The contract of store.hpp as a suite that any engine is put through unchanged. An engine is described by an Engine;
// a binary links the store_contract_*.cpp files and instantiates StoreContract with its engines (embedded_engine.cpp).
//
// The tests assume nothing of a store but what store.hpp says: revisions are compared with the one at the start, keys
// live below a prefix of the test's own, so that a store which is shared between tests can be put through it too.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "confcast/store/store.hpp"
#include "confcast/test/run.hpp"

namespace confcast::test {

/// A store under test, and what a test may do to it besides calling it.
class Engine {
  public:
    virtual ~Engine() = default;
    virtual store::Store& store() = 0;
    /// Closes the store and opens the same data again. Streams are destroyed before.
    virtual void reopen() = 0;
    /// Lets this time pass for leases, and returns when the store has ended those that are over: a store with a clock
    /// of ours moves it, a store in real time waits for it.
    virtual Awaitable<> pass(std::chrono::seconds time) = 0;
    /// True when the store is new: nothing has been written to it.
    virtual bool is_fresh() const { return true; }
    /// True when nobody else writes to it during the test.
    virtual bool is_alone() const { return is_fresh(); }
    /// True when what was written is still there after reopen().
    virtual bool is_durable() const { return true; }
};

struct EngineKind {
    std::string name;
    std::function<std::unique_ptr<Engine>(asio::io_context&)> make;
};

class StoreContract : public testing::TestWithParam<EngineKind> {
  public:
    void SetUp() override;
    void TearDown() override;

    store::Store& db() { return engine_->store(); }
    Engine& engine() { return *engine_; }
    asio::io_context& io() { return io_; }
    template <class T>
    T run(Awaitable<T> coroutine) {
        return test::run(io_, std::move(coroutine));
    }

    /// A key of this test.
    std::string k(std::string_view name) const { return prefix_ + std::string(name); }
    /// All keys of this test.
    store::KeyRange all() const { return store::KeyRange::prefix(prefix_); }

    store::Status status();
    store::Revision newest() { return status().revision; }
    /// Commits and expects success.
    store::TransactionResult commit(store::Transaction transaction);
    Result<store::TransactionResult> try_commit(store::Transaction transaction);
    store::Revision put(std::string_view name, std::string_view value, store::LeaseId lease = 0);
    store::Revision remove(std::string_view name);
    std::optional<store::KeyValue> get(std::string_view name, store::Revision at = 0);
    store::RangeResult range(store::RangeRequest request);
    Result<store::RangeResult> try_range(store::RangeRequest request);
    /// name=value of every key of this test, without the prefix.
    std::vector<std::string> listing(store::Revision at = 0);
    store::Lease grant(std::int64_t ttl_s);

    std::unique_ptr<store::WatchStream> watch(store::KeyRange range, store::Revision start);
    /// compacted and the like, wherever the engine says it: at watch() or at the first next().
    Error watch_error(store::KeyRange range, store::Revision start);
    store::WatchBatch next(store::WatchStream& stream);
    /// The next batch with events.
    store::WatchBatch next_events(store::WatchStream& stream);
    /// All batches with events until one (with or without) is at or beyond `revision`.
    std::vector<store::WatchBatch> read_until(store::WatchStream& stream, store::Revision revision);

  private:
    asio::io_context io_{1};
    std::unique_ptr<Engine> engine_;
    std::string prefix_;
};

store::Transaction put_of(std::string key, std::string value, store::LeaseId lease = 0);
store::Transaction delete_of(std::string key);
/// "put a=1" / "del a" of each event; `skip` bytes of each key are left out.
std::vector<std::string> shown(const store::WatchBatch& batch, std::size_t skip);

}  // namespace confcast::test
