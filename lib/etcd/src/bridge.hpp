// Between gRPC's threads and the loop: counts what is under way on both sides, so that the store can end in order.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "confcast/base/async.hpp"
#include "confcast/base/notifier.hpp"

namespace confcast::etcd {

/// The part that gRPC's threads touch. They may be the last to hold it, so nothing of the loop is in it.
class Gate {
  public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++held_;
    }
    /// On gRPC's thread: its last word of the call has been posted. Nothing of the loop is touched there any more.
    void leave() {
        const std::lock_guard lock(mutex_);
        if (--held_ == 0) empty_.notify_all();
    }
    /// Blocks until gRPC holds nothing: at most a call's deadline.
    void wait_until_empty() {
        std::unique_lock lock(mutex_);
        empty_.wait(lock, [this] { return held_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t held_ = 0;
};

/// The loop's part, shared by the store and every call.
class Bridge {
  public:
    explicit Bridge(const Executor& executor) : executor_(executor), idle_(executor) {}

    const Executor& executor() const { return executor_; }
    const std::shared_ptr<Gate>& gate() const { return gate_; }

    /// When a call starts.
    void begin() {
        ++open_;
        gate_->enter();
    }
    /// By what gRPC's thread posted last.
    void end() {
        if (--open_ == 0) idle_.notify_all();
    }
    /// Returns when no call is open.
    static Awaitable<> until_idle(std::shared_ptr<Bridge> self) {
        while (self->open_ > 0) co_await self->idle_.wait();
    }

  private:
    Executor executor_;
    Notifier idle_;
    std::size_t open_ = 0;
    std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

}  // namespace confcast::etcd
