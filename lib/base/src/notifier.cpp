#include "confcast/base/notifier.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace confcast {

Awaitable<> Notifier::wait() { [[maybe_unused]] const auto [ec] = co_await timer_.async_wait(as_result); }

Awaitable<bool> Notifier::wait_until(SteadyTime deadline) {
    using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    SteadyTimer limit(timer_.get_executor(), deadline);
    const auto done = co_await (timer_.async_wait(as_result) || limit.async_wait(as_result));
    co_return done.index() == 0;
}

}  // namespace confcast
