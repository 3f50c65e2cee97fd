#include "waiters.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace confcast::feed {

class Waiters::Wait {
  public:
    explicit Wait(SteadyTime until) : deadline(until) {}
    virtual ~Wait() = default;
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    virtual void complete(Executor executor, bool reached) = 0;
    SteadyTime deadline;
};

template <class Handler>
class Waiters::WaitWith final : public Wait {
  public:
    WaitWith(SteadyTime until, Handler handler) : Wait(until), handler_(std::move(handler)) {}
    void complete(Executor executor, bool reached) override {
        asio::post(executor, [handler = std::move(handler_), reached]() mutable { std::move(handler)(reached); });
    }

  private:
    Handler handler_;
};

Waiters::Waiters(Executor executor, const Clock& clock)
    : executor_(executor), clock_(clock), sweeper_(executor), self_(std::make_shared<Waiters*>(this)) {}
Waiters::~Waiters() = default;

Awaitable<bool> Waiters::wait(Revision revision, SteadyTime deadline) {
    auto initiate = [this, revision, deadline](auto handler) {
        using Handler = decltype(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        const Key key{revision, ++last_};
        waiting_.emplace(key, std::make_unique<WaitWith<Handler>>(deadline, std::move(handler)));
        // By key: the slot may be told once more after the wait is over.
        if (slot.is_connected())
            slot.assign([this, key](asio::cancellation_type) {
                if (const auto it = waiting_.find(key); it != waiting_.end()) finish(it, false);
            });
        arm();
    };
    return asio::async_initiate<const asio::use_awaitable_t<Executor>&, void(bool)>(std::move(initiate), use_awaitable);
}

void Waiters::finish(Waiting::iterator it, bool reached) {
    const auto wait = std::move(it->second);
    waiting_.erase(it);
    wait->complete(executor_, reached);
}

void Waiters::complete(Revision revision) {
    while (!waiting_.empty() && waiting_.begin()->first.first <= revision) finish(waiting_.begin(), true);
}

void Waiters::arm() {
    if (std::exchange(armed_, true)) return;
    sweeper_.expires_after(sweep_every);
    sweeper_.async_wait([weak = std::weak_ptr(self_)](const boost::system::error_code& ec) {
        const auto self = weak.lock();
        if (!ec && self) (*self)->sweep();
    });
}

void Waiters::sweep() {
    armed_ = false;
    const SteadyTime now = clock_.now();
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        const auto current = it++;
        if (current->second->deadline <= now) finish(current, false);
    }
    if (!waiting_.empty()) arm();
}

}  // namespace confcast::feed
