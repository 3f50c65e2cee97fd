// How often something may begin: so many a second, and so many at once after a rest. Time is an argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "confcast/base/async.hpp"

namespace confcast::http {

class Pace {
  public:
    /// `per_second` 0 = as often as one likes.
    Pace(std::size_t per_second, std::size_t at_once)
        : between_(per_second == 0
                       ? SteadyTime::duration::zero()
                       : SteadyTime::duration(std::chrono::seconds(1)) / static_cast<std::int64_t>(per_second)),
          rest_(between_ * static_cast<std::int64_t>(std::max<std::size_t>(at_once, 1))) {}

    /// How long the next one has to wait; zero: it may begin now.
    SteadyTime::duration wait(SteadyTime now) const {
        return std::max(SteadyTime::duration::zero(), paid_until_ + between_ - rest_ - now);
    }
    /// One begins now.
    void begin(SteadyTime now) { paid_until_ = std::max(paid_until_, now) + between_; }

  private:
    SteadyTime::duration between_;
    SteadyTime::duration rest_;
    SteadyTime paid_until_{};  // each takes its time of this; it may be ahead of the clock by what a rest saves
};

}  // namespace confcast::http
