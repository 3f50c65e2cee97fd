// For what happens in another process: there is nobody here to be woken by.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace confcast::test {

/// Asks again and again; false when it does not become true in time.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds limit = std::chrono::seconds{60}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

}  // namespace confcast::test
