// Store and WatchStream: the two interfaces every engine implements, and the semantics both promise. test/contract
// puts any implementation through the same suite; whatever differs is a bug.
//
// All calls are made on the one io_context and complete there. Errors that every call may give: store_unavailable
// (detail "reason": the disk is full, the cluster is away), store_timeout, shutting_down after close().
#pragma once

#include <memory>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "confcast/store/types.hpp"

namespace confcast::store {

/// The events of one range from one revision on. Guarantees (etcd documentation, "Watch APIs"):
/// ordered (revisions only grow), unique (no event twice), reliable (no event is left out as long as next() does not
/// fail), atomic (all events of a revision in one batch), resumable (a new watch from last revision + 1 continues),
/// bookmarked (a quiet watch yields a batch without events now and then, or whenever the store's revision has moved on
/// outside the range: everything up to its revision has been seen).
/// A stream that is not read costs a cursor, not a queue: what waits for it stays in the store's history.
class WatchStream {
  public:
    /// Ends the watch; a next() that waits fails with shutting_down (its Result, no exception).
    virtual ~WatchStream() = default;
    /// The next batch. Errors end the stream: compacted (detail "oldest": the oldest readable revision; watch from
    /// oldest + 1 after listing; or "reason": what was said contradicts itself, so that nothing of it is to be relied
    /// on before listing), store_unavailable (resume with a new watch), shutting_down.
    virtual Awaitable<Result<WatchBatch>> next() = 0;
};

class Store {
  public:
    virtual ~Store() = default;

    virtual Awaitable<Result<Status>> status() = 0;
    /// The addresses of a store in the network, in the order they were given, as they are known now: also while it is
    /// away. Empty for a store in this process.
    virtual std::vector<EndpointState> endpoints() const { return {}; }

    /// Linearizable: sees every write acknowledged before the call. `at` below Status::oldest: compacted
    /// (detail "oldest"). `at` beyond the newest revision: future_revision (detail "revision": the newest).
    virtual Awaitable<Result<RangeResult>> range(RangeRequest request) = 0;

    /// Atomic and durable: when it answers, a crash loses nothing of it. A failed compare is not an error but a result
    /// with succeeded == false. A transaction that changes nothing (no puts; deletes of absent keys) makes no revision.
    /// Errors: duplicate_key (detail "key"), too_many_operations (detail "limit"), lease_not_found, and
    /// outcome_unknown when the answer did not come: it may have happened, never retry blindly.
    virtual Awaitable<Result<TransactionResult>> commit(Transaction transaction) = 0;

    /// Opens a watch. A start at or below Status::oldest fails with compacted (here, or at the first next()). A start
    /// beyond the newest revision waits for it.
    virtual Awaitable<Result<std::unique_ptr<WatchStream>>> watch(WatchRequest request) = 0;

    /// For who would like to watch from `wanted` on, to know the past: a start that a watch is soon done with, `wanted`
    /// or later, and never beyond the newest revision. A store that reads its history as fast as its state has nothing
    /// to say against any.
    virtual Awaitable<Result<Revision>> soon_replayed(KeyRange /*range*/, Revision wanted) { co_return wanted; }

    /// Forgets history before `revision`: it becomes Status::oldest. Keys as they are at `revision` stay readable.
    /// Errors: compacted when `revision` is at or below what is already compacted, future_revision beyond the newest.
    virtual Awaitable<Result<>> compact(Revision revision) = 0;

    /// A lease of `ttl_s` seconds (1 .. 9'000'000'000). When it is not kept alive, every key attached to it is deleted
    /// in one revision of its own. After a restart of an embedded store a lease starts anew with its full time (as
    /// etcd's do when the leader changes): it may live longer than granted, never shorter.
    virtual Awaitable<Result<Lease>> grant(std::int64_t ttl_s) = 0;
    /// Starts the lease's time anew. Error: lease_not_found.
    virtual Awaitable<Result<Lease>> keep_alive(LeaseId id) = 0;
    /// Ends the lease now and deletes its keys in one revision. Error: lease_not_found.
    virtual Awaitable<Result<>> revoke(LeaseId id) = 0;

    /// Finishes what is under way, fails what comes later with shutting_down, ends every watch. Idempotent.
    virtual Awaitable<> close() = 0;
};

}  // namespace confcast::store
