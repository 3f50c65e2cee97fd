// How a write gets to etcd: at once when none is under way, else with those that wait as well (coalescer.hpp).
// Lives on the loop. Invariant: every write is answered once, within the call's time of when it came.
#pragma once

#include <memory>

#include "coalescer.hpp"
#include "core.hpp"

namespace confcast::etcd {

class Writes : public std::enable_shared_from_this<Writes> {
  public:
    explicit Writes(std::shared_ptr<Core> core);

    /// Store::commit().
    static Awaitable<Result<store::TransactionResult>> commit(std::shared_ptr<Writes> self,
                                                              store::Transaction transaction);
    /// Those that wait end with shutting_down. What is under way goes on.
    void close();

  private:
    struct Call;
    struct Waiting;
    class Turn;

    bool may_share(const store::Transaction& transaction) const;
    /// One write, as a transaction of its own.
    static Awaitable<Result<store::TransactionResult>> send_one(std::shared_ptr<Core> core,
                                                                const store::Transaction& transaction,
                                                                SteadyTime deadline);
    static Awaitable<> wait(std::shared_ptr<Writes> self, std::shared_ptr<Waiting> write);
    static Awaitable<> run_call(std::shared_ptr<Writes> self, std::shared_ptr<Call> call);

    SteadyTime end_of(SteadyTime since) const { return since + core_->options().call_timeout; }
    void start(std::vector<WriteBatch> batches);
    void start(WriteBatch batch);
    static void finish(const WriteBatch& batch, const Result<store::TransactionResult>& result);
    /// Whoever waits for long does not wait for calls that are not answered.
    void watch_the_oldest();
    void abandon(const std::shared_ptr<Waiting>& write);

    std::shared_ptr<Core> core_;
    Coalescer coalescer_;
    SteadyTimer patience_;
    bool watching_ = false;
};

}  // namespace confcast::etcd
