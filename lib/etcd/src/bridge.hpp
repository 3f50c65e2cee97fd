// Between gRPC's threads and the loop: counts what is under way on both sides, so that the store can end in order.
#pragma once

#include <condition_variable>
#include <mutex>

#include "confcast/base/async.hpp"
#include "confcast/base/notifier.hpp"

namespace confcast::etcd {

/// Shared by the store and every call; a call that gRPC holds keeps it alive.
class Bridge {
  public:
    explicit Bridge(const Executor& executor) : executor_(executor), idle_(executor) {}

    const Executor& executor() const { return executor_; }

    /// On the loop, when a call starts.
    void begin() {
        ++open_;
        const std::lock_guard lock(mutex_);
        ++held_;
    }
    /// On gRPC's thread: its last word of the call has been posted. Nothing of the call is touched there any more.
    void let_go() {
        const std::lock_guard lock(mutex_);
        if (--held_ == 0) none_held_.notify_all();
    }
    /// On the loop, by what was posted.
    void end() {
        if (--open_ == 0) idle_.notify_all();
    }

    /// Returns when no call is open.
    static Awaitable<> until_idle(std::shared_ptr<Bridge> self) {
        while (self->open_ > 0) co_await self->idle_.wait();
    }
    /// Blocks until gRPC holds nothing: at most a call's deadline.
    void wait_until_let_go() {
        std::unique_lock lock(mutex_);
        none_held_.wait(lock, [this] { return held_ == 0; });
    }

  private:
    Executor executor_;
    Notifier idle_;
    std::size_t open_ = 0;  // touched on the loop only
    std::mutex mutex_;
    std::condition_variable none_held_;
    std::size_t held_ = 0;
};

}  // namespace confcast::etcd
