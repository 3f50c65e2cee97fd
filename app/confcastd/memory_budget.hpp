// How much memory this process may take before it refuses work that needs more: asked often, looked at seldom.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "confcast/base/clock.hpp"

namespace confcast::app {

class MemoryBudget {
  public:
    /// `budget` in bytes; 0 = four fifths of the machine's memory, or of the control group's when that has a limit.
    /// The clock outlives it.
    MemoryBudget(std::uint64_t budget, const Clock& clock);

    /// Another one from now on, as above.
    void change(std::uint64_t budget);

    /// Whether more is in use than the budget, as of at most a quarter of a second ago.
    bool is_spent();
    std::uint64_t bytes() const { return budget_; }

  private:
    std::uint64_t budget_ = 0;
    const Clock& clock_;
    SteadyTime look_again_{};
    bool spent_ = false;
};

/// Resident bytes of this process; 0 when the system does not say.
std::uint64_t resident_bytes();

}  // namespace confcast::app
