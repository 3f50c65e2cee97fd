// All open connections and their deadlines. One coarse timer looks at all of them a few times a second: an operation
// needs no timer of its own, and an idle connection costs one comparison.
#pragma once

#include <chrono>
#include <cstddef>

#include "confcast/base/clock.hpp"
#include "confcast/base/notifier.hpp"
#include "connection.hpp"

namespace confcast::http {

class Connections {
  public:
    Connections(const Executor& executor, const Clock& clock, std::chrono::milliseconds interval)
        : clock_(clock), interval_(interval), timer_(executor), emptied_(executor) {}

    /// The timer runs while there is a connection, so that the loop can run empty.
    void add(Connection& connection);
    /// Called when `connection` has left the list.
    void on_removed();
    /// Between sweeps, from the next one on.
    void set_interval(std::chrono::milliseconds interval) { interval_ = interval; }
    bool empty() const { return list_.empty(); }

    /// Tells everybody whose deadline has passed.
    void sweep();
    void wind_down();
    /// Closes every socket.
    void cut();
    /// Cancels what their coroutines wait for besides. On the loop only: from outside, Asio would post the
    /// cancellation, and find it gone with its connection.
    void cancel();
    /// Returns true when there is none left, false at the deadline.
    Awaitable<bool> wait_until_empty(SteadyTime deadline);
    /// Stops the timer for good.
    void stop();

  private:
    void arm();

    const Clock& clock_;
    std::chrono::milliseconds interval_;
    SteadyTimer timer_;
    Notifier emptied_;
    bool armed_ = false;
    bool stopped_ = false;
    boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> list_;
};

}  // namespace confcast::http
