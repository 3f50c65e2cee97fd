// Time as an argument: what asks for the time asks a Clock, so that a test can say what time it is.
#pragma once

#include "confcast/base/async.hpp"

namespace confcast {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual SteadyTime now() const = 0;
    virtual SystemTime wall() const = 0;
};

class SystemClock final : public Clock {
  public:
    SteadyTime now() const override { return std::chrono::steady_clock::now(); }
    SystemTime wall() const override { return std::chrono::system_clock::now(); }
};

/// A clock that stands still until it is told to move.
class ManualClock final : public Clock {
  public:
    SteadyTime now() const override { return SteadyTime{} + elapsed_; }
    SystemTime wall() const override { return SystemTime{std::chrono::seconds{1'700'000'000}} + elapsed_; }
    void advance(std::chrono::milliseconds by) { elapsed_ += by; }

  private:
    std::chrono::milliseconds elapsed_{0};
};

}  // namespace confcast
