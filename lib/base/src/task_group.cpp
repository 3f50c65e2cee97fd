#include "confcast/base/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace confcast {

void TaskGroup::spawn(std::string name, Awaitable<> child) {
    const auto it = children_.emplace(children_.end());
    it->name = std::move(name);
    auto on_end = [this, it](const std::exception_ptr& thrown) {
        if (thrown) {
            try {
                std::rethrow_exception(thrown);
            } catch (const boost::system::system_error& e) {
                if (e.code() != asio::error::operation_aborted) {
                    ++failures_;
                    log_.error("task", "a task ended with an error", {{"task", it->name}, {"error", e.what()}});
                }
            } catch (const std::exception& e) {
                ++failures_;
                log_.error("task", "a task ended with an error", {{"task", it->name}, {"error", e.what()}});
            } catch (...) {
                ++failures_;
                log_.error("task", "a task ended with an unknown error", {{"task", it->name}});
            }
        }
        children_.erase(it);
        if (children_.empty()) idle_.notify_all();
    };
    asio::co_spawn(executor_, std::move(child), asio::bind_cancellation_slot(it->stop.slot(), std::move(on_end)));
}

void TaskGroup::cancel() {
    // A child that ends at once removes itself: step on before it is told.
    for (auto it = children_.begin(); it != children_.end();) (it++)->stop.emit(asio::cancellation_type::terminal);
}

Awaitable<bool> TaskGroup::join(SteadyTime deadline) {
    while (!children_.empty()) {
        const bool in_time = co_await idle_.wait_until(deadline);
        if (!in_time) co_return children_.empty();
    }
    co_return true;
}

}  // namespace confcast
