// How long to wait before the next attempt: full jitter, doubling from a least to a most.
#pragma once

#include <algorithm>
#include <chrono>

namespace confcast {

class Backoff {
  public:
    Backoff(std::chrono::milliseconds least, std::chrono::milliseconds most)
        : least_(least), most_(most), ceiling_(least) {}

    /// Between nothing and the ceiling, which then doubles up to the most. `random` is in [0, 1).
    std::chrono::milliseconds next(double random) {
        const auto delay = std::chrono::duration<double, std::milli>(ceiling_) * random;
        ceiling_ = std::min(most_, ceiling_ * 2);
        return std::chrono::ceil<std::chrono::milliseconds>(delay);
    }
    /// All is well again: the next ceiling is the least.
    void reset() { ceiling_ = least_; }

  private:
    std::chrono::milliseconds least_;
    std::chrono::milliseconds most_;
    std::chrono::milliseconds ceiling_;
};

}  // namespace confcast
