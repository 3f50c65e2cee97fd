#include "watch_call.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "messages.hpp"

namespace confcast::etcd {
namespace {

std::size_t bytes_of(const store::WatchBatch& batch) {
    std::size_t bytes = sizeof(batch);
    for (const store::Event& event : batch.events) bytes += sizeof(event) + event.kv.key.size() + event.kv.value.size();
    return bytes;
}

}  // namespace

WatchCall::WatchCall(std::shared_ptr<Bridge> bridge, WatchMachine machine, std::size_t buffer_bytes, Listener listener)
    : bridge_(std::move(bridge)),
      machine_(std::move(machine)),
      buffer_bytes_(buffer_bytes),
      listener_(std::move(listener)),
      changed_(bridge_->executor()) {}

void WatchCall::start(const std::shared_ptr<WatchCall>& self, pb::Watch::StubInterface::async_interface& stub,
                      pb::WatchRequest create, const std::string& token) {
    WatchCall& call = *self;
    call.create_ = std::move(create);
    call.self_ = self;
    mark(call.context_, token);
    call.bridge_->begin();
    call.held_ = true;
    stub.Watch(&call.context_, &call);
    call.AddHold();  // reads are started from the loop, outside of reactions
    call.StartWrite(&call.create_);
    call.StartRead(&call.incoming_);
    call.StartCall();
}

void WatchCall::release() {
    if (held_.exchange(false)) RemoveHold();
}

void WatchCall::OnReadDone(bool ok) {
    if (!ok) return release();
    asio::post(bridge_->executor(),
               [self = self_, response = std::move(incoming_)]() mutable { self->take(std::move(response)); });
}

// What is posted may be the last to hold this, and the loop may be gone when this returns.
void WatchCall::OnDone(const grpc::Status& status) {
    const std::shared_ptr<Gate> gate = bridge_->gate();
    const Executor executor = bridge_->executor();
    auto last = [self = std::move(self_), reason = status.error_message()] {
        self->bridge_->end();
        self->obey(self->machine_.on_lost(reason.empty() ? "the stream was closed" : reason));
    };
    asio::post(executor, std::move(last));
    gate->leave();
}

void WatchCall::take(pb::WatchResponse response) {
    if (ended_) return;
    const std::uint64_t duplicates = machine_.duplicates();
    obey(machine_.on_message(from_watch(std::move(response))));
    if (machine_.duplicates() != duplicates && listener_.on_duplicates)
        listener_.on_duplicates(machine_.duplicates() - duplicates);
    if (!ended_) read_on();
}

void WatchCall::obey(WatchAction action) {
    if (ended_) return;
    for (store::WatchBatch& batch : action.batches) {
        waiting_bytes_ += bytes_of(batch);
        batches_.push_back(std::move(batch));
    }
    if (action.failure) {
        ended_ = std::move(action.failure);
        const auto on_lost = std::exchange(listener_.on_lost, nullptr);
        if (on_lost && *ended_ != Errc::shutting_down && ended_->detail("oldest").empty())
            on_lost(ended_->detail("reason"), !machine_.refused());
        context_.TryCancel();
        release();
    }
    changed_.notify_all();
}

// What is not read stays at etcd: HTTP/2's flow control is the limit of what waits here.
void WatchCall::read_on() {
    paused_ = waiting_bytes_ > buffer_bytes_;
    if (!paused_) StartRead(&incoming_);
}

void WatchCall::end(const Error& error) {
    listener_ = {};
    batches_.clear();
    if (ended_) {
        ended_ = error;
        return;
    }
    ended_ = error;
    context_.TryCancel();
    release();
    changed_.notify_all();
}

void WatchCall::lose(std::string_view reason) {
    listener_ = {};
    obey(machine_.on_lost(reason));
}

Awaitable<Result<>> WatchCall::until_created(std::shared_ptr<WatchCall> self, SteadyTime deadline) {
    while (!self->ended_ && !self->machine_.created()) {
        const bool told = co_await self->changed_.wait_until(deadline);
        if (!told) self->obey(self->machine_.on_silence());
    }
    // Told later, by next(), when there is something to give out before.
    if (self->ended_ && self->batches_.empty()) co_return *self->ended_;
    co_return Result<>{};
}

Awaitable<Result<store::WatchBatch>> WatchCall::next(std::shared_ptr<WatchCall> self) {
    while (self->batches_.empty()) {
        if (self->ended_) co_return *self->ended_;
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return Error(Errc::shutting_down);
        co_await self->changed_.wait();
    }
    store::WatchBatch batch = std::move(self->batches_.front());
    self->batches_.pop_front();
    self->waiting_bytes_ -= bytes_of(batch);
    if (self->paused_ && !self->ended_) self->read_on();
    co_return batch;
}

}  // namespace confcast::etcd
