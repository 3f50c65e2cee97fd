// Owns background coroutines: starts them, logs what they throw, asks them to end and waits until they have.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>

#include "confcast/base/async.hpp"
#include "confcast/base/log.hpp"
#include "confcast/base/notifier.hpp"

#include <boost/asio/cancellation_signal.hpp>

namespace confcast {

/// Lives longer than every child: destroy it only after join() has returned or the io_context has run empty.
class TaskGroup {
  public:
    TaskGroup(Executor executor, Log& log) : executor_(executor), log_(log), idle_(executor) {}
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts a child. An exception from it is logged with `name` and counted; it never ends the process.
    void spawn(std::string name, Awaitable<> child);
    /// Asks every child to end (terminal cancellation). Children that are between two awaits see it at the next one.
    void cancel();
    /// Returns when no child is left, or at the deadline: true when none is left.
    Awaitable<bool> join(SteadyTime deadline);

    std::size_t size() const { return children_.size(); }
    std::uint64_t failures() const { return failures_; }

  private:
    struct Child {
        std::string name;
        asio::cancellation_signal stop;
    };

    Executor executor_;
    Log& log_;
    Notifier idle_;
    std::list<Child> children_;
    std::uint64_t failures_ = 0;
};

}  // namespace confcast
