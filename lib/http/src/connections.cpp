#include "connections.hpp"

#include "shared.hpp"

namespace confcast::http {

void Connections::add(Connection& connection) {
    list_.push_back(connection);
    arm();
}

void Connections::on_removed() {
    if (!list_.empty()) return;
    timer_.cancel();
    emptied_.notify_all();
}

void Connections::arm() {
    if (armed_ || stopped_) return;
    armed_ = true;
    timer_.expires_after(interval_);
    // Whoever is left in the list holds the Shared that holds this.
    timer_.async_wait([this, alive = list_.front().shared](const boost::system::error_code&) {
        armed_ = false;
        if (list_.empty() || stopped_) return;
        sweep();
        if (!list_.empty()) arm();
    });
}

void Connections::sweep() {
    const SteadyTime now = clock_.now();
    // Who is told may leave the list: step on before.
    for (auto it = list_.begin(); it != list_.end();) {
        Connection& connection = *it++;
        if (connection.deadline > now) continue;
        connection.deadline = SteadyTime::max();
        if (connection.activity != nullptr) connection.activity->on_deadline(now);
    }
}

void Connections::wind_down() {
    for (auto it = list_.begin(); it != list_.end();) {
        Connection& connection = *it++;
        if (connection.activity != nullptr) connection.activity->wind_down();
    }
}

void Connections::cut() {
    for (auto it = list_.begin(); it != list_.end();) {
        Connection& connection = *it++;
        connection.cut();
    }
}

void Connections::cancel() {
    for (auto it = list_.begin(); it != list_.end();) {
        Connection& connection = *it++;
        connection.stop.emit(asio::cancellation_type::terminal);
    }
}

Awaitable<bool> Connections::wait_until_empty(SteadyTime deadline) {
    while (!list_.empty()) {
        const bool woken = co_await emptied_.wait_until(deadline);
        if (!woken) break;
    }
    co_return list_.empty();
}

void Connections::stop() {
    stopped_ = true;
    timer_.cancel();
}

}  // namespace confcast::http
