// Which writes go to etcd together. Plain values: no gRPC, no loop, no clock of its own.
//
// While a call is under way, writes wait here; when it ends all that wait go at once, as few transactions as may be.
// One etcd transaction makes one revision and looks at every condition before it does anything. Hence the invariant: of
// the writes of one batch none names a key, to write it or to compare it, that another one names to write it. Then each
// gets the answer that it would have got alone, whatever their order.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/store/types.hpp"

namespace confcast::etcd {

/// A write that waits. Whoever waits for it may be gone: then it is not sent.
struct QueuedWrite {
    QueuedWrite(store::Transaction what, SteadyTime when) : transaction(std::move(what)), since(when) {}
    store::Transaction transaction;
    SteadyTime since;
    bool gone = false;
};
using QueuedWritePtr = std::shared_ptr<QueuedWrite>;
/// Never empty, in the order in which they came.
using WriteBatch = std::vector<QueuedWritePtr>;

struct CoalescerLimits {
    std::size_t operations = store::max_transaction_operations;  // of all writes of a batch, conditions' reads included
    std::size_t bytes = 512U << 10U;  // of keys and values; etcd refuses a request of 1.5 MiB
    std::size_t calls = 1;            // as many under way: what comes then waits
    std::size_t burst = 64;           // batches that are let go at once
    bool conditions = true;           // those with a condition too: as transactions in the transaction
};

class Coalescer {
  public:
    explicit Coalescer(CoalescerLimits limits) : limits_(limits) {}

    /// Whether it may go with others at all; else it is sent alone, and is no business of this class.
    bool fits(const store::Transaction& transaction) const;

    /// Nothing is before a write that comes now: it goes at once, alone, between began() and ended().
    bool is_free() const { return waiting_.empty() && calls_ < limits_.calls; }
    void began() { ++calls_; }
    void ended() { --calls_; }
    /// Precondition: fits().
    void wait(QueuedWritePtr write) { waiting_.push_back(std::move(write)); }

    /// What goes now, each batch in a call of its own between began() and ended(). Two writes of one key are in two
    /// batches, the first in the first.
    std::vector<WriteBatch> take();
    /// The same, however many calls are under way.
    std::vector<WriteBatch> take_anyway();
    /// All that wait, for an end that is none of theirs.
    std::deque<QueuedWritePtr> give_up() { return std::exchange(waiting_, {}); }
    /// Since when the one waits that has waited longest.
    std::optional<SteadyTime> oldest();

    std::size_t calls() const { return calls_; }

  private:
    CoalescerLimits limits_;
    std::size_t calls_ = 0;
    std::deque<QueuedWritePtr> waiting_;
};

/// What etcd is asked to do for it when it goes with others.
std::size_t operations_of(const store::Transaction& transaction);

}  // namespace confcast::etcd
