// Runs a coroutine to its end on an io_context, with a guard against a test that would wait for ever.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "confcast/base/async.hpp"

namespace confcast::test {

/// Runs all that is ready now, and what that makes ready, without waiting for any timer.
inline void settle(asio::io_context& io) {
    io.restart();
    io.poll();
}

/// The coroutine's result; its exception is thrown again here. Other work of the io_context runs meanwhile and may be
/// left over. std::runtime_error after `limit` of real time: a hang, not a slow test.
template <class T>
T run(asio::io_context& io, Awaitable<T> coroutine, std::chrono::seconds limit = std::chrono::seconds{60}) {
    std::exception_ptr thrown;
    bool done = false;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    auto pump = [&] {
        io.restart();
        while (!done) {
            if (io.run_one_until(deadline) == 0 && !done)
                throw std::runtime_error(io.stopped() ? "the loop ran empty before the coroutine ended"
                                                      : "a test hangs");
        }
        if (thrown) std::rethrow_exception(thrown);
    };
    if constexpr (std::is_void_v<T>) {
        asio::co_spawn(io.get_executor(), std::move(coroutine), [&](std::exception_ptr e) {
            thrown = e;
            done = true;
        });
        pump();
    } else {
        std::optional<T> result;
        asio::co_spawn(io.get_executor(), std::move(coroutine), [&](std::exception_ptr e, T value) {
            thrown = e;
            result.emplace(std::move(value));
            done = true;
        });
        pump();
        return std::move(*result);
    }
}

}  // namespace confcast::test
