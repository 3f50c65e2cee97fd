#include "writes.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace confcast::etcd {
namespace {

/// The longest that a write waits for others' calls, however short a call's time is. Of a batch's writes the last has
/// not much more time than the first, then.
std::chrono::milliseconds longest_wait(const EtcdOptions& options) {
    return std::min(std::chrono::milliseconds{100}, options.call_timeout / 4);
}

CoalescerLimits limits_of(const EtcdOptions& options) {
    CoalescerLimits limits;
    // etcd (3.4.23) does not ask whether a user may do what a transaction in a transaction does.
    limits.conditions = options.user.empty() && options.tls.certificate.empty();
    return limits;
}

constexpr auto call_txn = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.kv->async()->Txn(context, request, response, std::move(done));
};

using Handler = asio::async_result<asio::use_awaitable_t<Executor>, void()>::handler_type;

}  // namespace

/// A write and the coroutine that waits for its result.
struct Writes::Waiting : QueuedWrite {
    using QueuedWrite::QueuedWrite;
    Result<store::TransactionResult> result = Errc::internal;
    std::optional<Handler> handler;
    std::weak_ptr<Call> call;  // since it is under way

    void finish(Result<store::TransactionResult> what) {
        if (!handler) return;
        result = std::move(what);
        auto resume = std::move(*handler);
        handler.reset();
        std::move(resume)();
    }
};

/// A call is under way as long as it lives; then those that have waited for it go.
class Writes::Turn {
  public:
    explicit Turn(std::shared_ptr<Writes> writes) : writes_(std::move(writes)) { writes_->coalescer_.began(); }
    ~Turn() {
        writes_->coalescer_.ended();
        if (!writes_->core_->closed()) writes_->start(writes_->coalescer_.take());
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    std::shared_ptr<Writes> writes_;
};

/// A batch on its way. When nobody waits for it any more, it is given up.
struct Writes::Call {
    WriteBatch batch;
    std::size_t awaited = 0;
    asio::cancellation_signal stop;
    std::optional<Turn> turn;
};

Writes::Writes(std::shared_ptr<Core> core)
    : core_(std::move(core)), coalescer_(limits_of(core_->options())), patience_(core_->bridge()->executor()) {}

Awaitable<Result<store::TransactionResult>> Writes::commit(std::shared_ptr<Writes> self,
                                                           store::Transaction transaction) {
    if (self->core_->closed()) co_return Error(Errc::shutting_down);
    const auto sound = check(transaction);
    if (!sound) co_return sound.error();
    const SteadyTime now = self->core_->clock().now();
    if (!self->may_share(transaction)) {
        auto done = co_await send_one(self->core_, transaction, self->end_of(now));
        co_return done;
    }
    if (self->coalescer_.is_free()) {
        const Turn turn(self);
        auto done = co_await send_one(self->core_, transaction, self->end_of(now));
        co_return done;
    }
    const auto waiting = std::make_shared<Waiting>(std::move(transaction), now);
    co_await wait(self, waiting);
    co_return std::move(waiting->result);
}

bool Writes::may_share(const store::Transaction& transaction) const {
    const EtcdOptions& options = core_->options();
    if (!options.coalesce_writes || (transaction.puts.empty() && transaction.deletes.empty())) return false;
    if (options.needs_own_revision && options.needs_own_revision(transaction)) return false;
    return coalescer_.fits(transaction);
}

Awaitable<Result<store::TransactionResult>> Writes::send_one(std::shared_ptr<Core> core,
                                                             const store::Transaction& transaction,
                                                             SteadyTime deadline) {
    const bool changes = !transaction.puts.empty() || !transaction.deletes.empty();
    const auto answer =
        co_await core->ask<pb::TxnResponse>(to_txn(transaction, core->options().probe_key),
                                            changes ? Effect::writes : Effect::reads, call_txn, deadline, nullptr);
    if (!answer) co_return answer.error();
    core->history().saw(answer->header().cluster_id(), answer->header().revision());
    auto result = from_txn(transaction, *answer);
    if (result.succeeded && !result.puts.empty() && !reads_its_puts(transaction)) {
        const auto states =
            co_await core->ask<pb::TxnResponse>(to_states(transaction, result.revision), Effect::reads, call_txn);
        if (states) take_states(result, *states);
    }
    co_return result;
}

Awaitable<> Writes::wait(std::shared_ptr<Writes> self, std::shared_ptr<Waiting> write) {
    auto initiate = [&](Handler handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(self), gone = std::weak_ptr(write)](asio::cancellation_type) {
                const auto writes = weak.lock();
                const auto one = gone.lock();
                if (writes && one) writes->abandon(one);
            });
        write->handler.emplace(std::move(handler));
        self->coalescer_.wait(write);
        self->watch_the_oldest();
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(initiate, use_awaitable);
}

void Writes::start(std::vector<WriteBatch> batches) {
    for (WriteBatch& batch : batches) start(std::move(batch));
}

void Writes::start(WriteBatch batch) {
    const auto call = std::make_shared<Call>();
    call->batch = std::move(batch);
    call->awaited = call->batch.size();
    call->turn.emplace(shared_from_this());
    for (const QueuedWritePtr& write : call->batch) static_cast<Waiting&>(*write).call = call;
    const auto ended = [call](const std::exception_ptr& thrown) {
        call->turn.reset();
        // Cancelled, or a bug: whoever still waits must not wait for ever.
        if (thrown) finish(call->batch, Error(Errc::outcome_unknown).with("reason", "the call was given up"));
    };
    asio::co_spawn(core_->bridge()->executor(), run_call(shared_from_this(), call),
                   asio::bind_cancellation_slot(call->stop.slot(), ended));
}

void Writes::finish(const WriteBatch& batch, const Result<store::TransactionResult>& result) {
    for (const QueuedWritePtr& write : batch) static_cast<Waiting&>(*write).finish(result);
}

// The next call goes before the answers of this one do: etcd need not wait for what they lead to.
Awaitable<> Writes::run_call(std::shared_ptr<Writes> self, std::shared_ptr<Call> call) {
    const WriteBatch& batch = call->batch;
    const SteadyTime deadline = self->end_of(batch.front()->since);
    if (batch.size() == 1) {
        auto done = co_await send_one(self->core_, batch.front()->transaction, deadline);
        call->turn.reset();
        finish(batch, done);
        co_return;
    }
    EtcdStats& stats = self->core_->counted();
    ++stats.shared_calls;
    stats.shared_writes += batch.size();
    bool refused = false;
    const auto answer =
        co_await self->core_->ask<pb::TxnResponse>(to_txn(batch), Effect::writes, call_txn, deadline, &refused);
    if (!answer && refused) {
        // One of them is at fault, and none has happened: each gets its own answer.
        for (const QueuedWritePtr& write : batch) self->start(WriteBatch{write});
        co_return;
    }
    if (answer) self->core_->history().saw(answer->header().cluster_id(), answer->header().revision());
    call->turn.reset();
    if (!answer) {
        finish(batch, answer.error());
        co_return;
    }
    auto results = from_txn(batch, *answer);
    if (!results) {
        finish(batch, Error(Errc::outcome_unknown).with("reason", "etcd: the answer has not the question's form"));
        co_return;
    }
    for (std::size_t i = 0; i < batch.size(); ++i) static_cast<Waiting&>(*batch[i]).finish(std::move((*results)[i]));
}

void Writes::watch_the_oldest() {
    const auto oldest = coalescer_.oldest();
    if (watching_ || !oldest) return;
    watching_ = true;
    patience_.expires_at(*oldest + longest_wait(core_->options()));
    patience_.async_wait([weak = weak_from_this()](const boost::system::error_code&) {
        const auto self = weak.lock();
        if (!self || self->core_->closed()) return;
        self->watching_ = false;
        const auto since = self->coalescer_.oldest();
        if (since && *since + longest_wait(self->core_->options()) <= self->core_->clock().now())
            self->start(self->coalescer_.take_anyway());
        self->watch_the_oldest();
    });
}

void Writes::abandon(const std::shared_ptr<Waiting>& write) {
    if (!write->handler) return;
    const auto call = write->call.lock();
    write->gone = true;
    asio::post(core_->bridge()->executor(), [write, sent = call != nullptr] {
        write->finish(sent ? Error(Errc::outcome_unknown).with("reason", "its answer was not waited for")
                           : Error(Errc::store_unavailable).with("reason", "it was given up before it was sent"));
    });
    if (call && --call->awaited == 0) call->stop.emit(asio::cancellation_type::terminal);
}

void Writes::close() {
    patience_.cancel();
    for (const QueuedWritePtr& write : coalescer_.give_up())
        asio::post(core_->bridge()->executor(),
                   [write] { std::static_pointer_cast<Waiting>(write)->finish(Error(Errc::shutting_down)); });
}

}  // namespace confcast::etcd
