// The asynchronous vocabulary: one concrete executor, one awaitable, two ways to await.
// Invariant: everything that is awaited runs on the one io_context of the process (ARCHITECTURE.md, invariant 1).
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace confcast {

namespace asio = boost::asio;

/// The executor of the one io_context. Concrete on purpose: any_io_executor costs an allocation and an indirection.
using Executor = asio::io_context::executor_type;

/// A coroutine that runs on the io_context. Parameters are taken by value, or by reference to what the application
/// owns.
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;

inline constexpr asio::use_awaitable_t<Executor> use_awaitable{};

/// `auto [ec, n] = co_await stream.async_read_some(buffer, as_result);` — no exception for what is expected.
inline constexpr auto as_result = asio::as_tuple(use_awaitable);

using SteadyTime = std::chrono::steady_clock::time_point;
using SystemTime = std::chrono::system_clock::time_point;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace confcast
