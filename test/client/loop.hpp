// Running a loop until something has happened.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "confcast/base/async.hpp"

namespace confcast::client::test {

class LoopTest : public ::testing::Test {
  protected:
    static constexpr std::chrono::seconds patience{60};

    /// Runs the loop until the awaitable is done.
    template <class T>
    T await(Awaitable<T> awaitable) {
        std::optional<T> result;
        std::exception_ptr thrown;
        bool done = false;
        asio::co_spawn(io, std::move(awaitable), [&](std::exception_ptr error, T value) {
            thrown = error;
            if (!error) result.emplace(std::move(value));
            done = true;
        });
        EXPECT_TRUE(until([&] { return done; }));
        if (thrown) std::rethrow_exception(thrown);
        if (!result) throw std::runtime_error("it did not end");
        return std::move(*result);
    }
    /// Runs the loop until the condition holds; false when it does not in time.
    bool until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        io.restart();
        while (!condition()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            if (io.run_one_for(std::chrono::milliseconds{20}) == 0) io.restart();
        }
        return true;
    }
    /// Runs the loop until it has nothing more to do; false when that does not come.
    bool drain() {
        io.restart();
        io.run_for(patience);
        return io.stopped();
    }

    asio::io_context io{1};
};

}  // namespace confcast::client::test
