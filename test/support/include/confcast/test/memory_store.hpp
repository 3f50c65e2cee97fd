// A complete store in memory, on the loop, without threads: every promise of store::Store (history at old revisions,
// compaction, watches, leases by the given clock), and faults on demand. For tests only.
//
// Invariant: without a fault it passes the same contract suite as the real stores. Watch batches are delivered through
// the loop, never from inside a call, and a commit's batch reaches a waiting next() before the commit completes.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/store/store.hpp"

namespace confcast::test {

class MemoryStore final : public store::Store {
  public:
    enum class Call : std::uint8_t { status, range, commit, watch, compact, grant, keep_alive, revoke, any };

    /// The clock (which outlives the store) says when leases end; expiry happens at the next call of any kind.
    MemoryStore(Executor executor, const Clock& clock, store::Epoch epoch = {0x1});
    ~MemoryStore() override;
    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;

    Awaitable<Result<store::Status>> status() override;
    Awaitable<Result<store::RangeResult>> range(store::RangeRequest request) override;
    Awaitable<Result<store::TransactionResult>> commit(store::Transaction transaction) override;
    Awaitable<Result<std::unique_ptr<store::WatchStream>>> watch(store::WatchRequest request) override;
    Awaitable<Result<>> compact(store::Revision revision) override;
    Awaitable<Result<store::Lease>> grant(std::int64_t ttl_s) override;
    Awaitable<Result<store::Lease>> keep_alive(store::LeaseId id) override;
    Awaitable<Result<>> revoke(store::LeaseId id) override;
    Awaitable<> close() override;
    std::vector<store::EndpointState> endpoints() const override { return endpoints_; }

    // The same without awaiting, and never failing by an injected fault: how a test says what the store holds.

    /// Commits; throws std::logic_error when the transaction is refused. Watches are told through the loop.
    store::TransactionResult commit_now(const store::Transaction& transaction);
    /// The revision that it made.
    store::Revision put(std::string_view key, std::string_view value, store::LeaseId lease = 0);
    /// The revision that it made, or the newest when the key was not there.
    store::Revision remove(std::string_view key);
    /// Forgets history before `revision`; without an argument everything but the newest state.
    void compact_now(store::Revision revision);
    void drop_history() { compact_now(revision()); }
    store::Revision revision() const;
    store::Revision oldest() const;
    /// What range() would answer for these keys now, all of them, ascending.
    std::vector<store::KeyValue> contents(const store::KeyRange& range = {}) const;
    /// Ends the leases whose time is over, as any call does.
    void tick();

    // Faults.

    /// The next `times` calls of that kind fail with `error` and do nothing.
    void fail_next(std::size_t times, Error error, Call call = Call::any);
    /// Every call fails with `error` until heal(). Open watches stay as they are.
    void fail_all(Error error);
    /// No call fails any more by fail_next(), fail_all() or lose_next_answer().
    void heal();
    /// The next commit happens, and then answers `error` (outcome_unknown as a rule).
    void lose_next_answer(Error error);
    /// Called at the start of each call, before its fault and before it does anything.
    void on_call(std::function<void(Call)> hook);

    /// What endpoints() says from now on.
    void set_endpoints(std::vector<store::EndpointState> endpoints) { endpoints_ = std::move(endpoints); }

    /// Every open watch ends: next() fails with `error`.
    void break_watches(Error error = Errc::store_unavailable);
    /// No watch yields a batch until release_watches(); errors still pass.
    void hold_watches();
    void release_watches();
    /// Puts a batch in front of what each open watch yields next, as it is: repeated, reordered, keyless.
    void inject(const store::WatchBatch& batch);
    /// The next revision is made, but no watch ever yields its events.
    void lose_next_revision();
    /// Whether a quiet watch is told of revisions outside its range (etcd tells only every ten minutes or so).
    void set_bookmarks(bool on);
    /// Another history: nothing in it, revision 1. Open watches stay open and silent, as etcd's do; break them too if
    /// that is what the test is about.
    void wipe(store::Epoch epoch);
    /// status() answers this problem ("" = healthy).
    void set_problem(std::string problem);

    /// Calls of that kind so far, failed ones included.
    std::size_t calls(Call call) const;
    std::size_t open_watches() const;

  private:
    struct Data;
    class Stream;
    Result<> begin(Call call);

    std::shared_ptr<Data> data_;
    std::vector<store::EndpointState> endpoints_;
};

}  // namespace confcast::test
