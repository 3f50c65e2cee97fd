// A condition that coroutines of the one io_context wait for. Not thread-safe on purpose: post to notify from outside.
#pragma once

#include "confcast/base/async.hpp"

namespace confcast {

class Notifier {
  public:
    explicit Notifier(const Executor& executor) : timer_(executor, SteadyTime::max()) {}

    /// Wakes all who wait now. Who waits later is not woken: check the condition before each wait.
    void notify_all() { timer_.cancel(); }
    /// Returns after the next notify_all(). Cancellation: returns too (the caller checks its condition and its state).
    Awaitable<> wait();
    /// The same with an end: false when `deadline` came first.
    Awaitable<bool> wait_until(SteadyTime deadline);

  private:
    SteadyTimer timer_;
};

}  // namespace confcast
