// Exact latencies: every value is kept, so a percentile is a value that happened.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

namespace confcast::load {

class Latencies {
  public:
    void add(std::chrono::nanoseconds value) {
        values_.push_back(value);
        sorted_ = false;
    }
    void add(const Latencies& others) {
        values_.insert(values_.end(), others.values_.begin(), others.values_.end());
        sorted_ = false;
    }
    std::size_t size() const { return values_.size(); }

    /// How many there are in [from, to).
    std::size_t between(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            values_, [&](std::chrono::nanoseconds value) { return value >= from && value < to; }));
    }

    /// Nearest rank: the smallest value that at least `share` (0..1) of all do not exceed, in microseconds; 0 of none.
    double percentile(double share) const {
        if (values_.empty()) return 0;
        if (!sorted_) std::ranges::sort(values_);
        sorted_ = true;
        const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values_.size())));
        return std::chrono::duration<double, std::micro>(values_[std::max<std::size_t>(rank, 1) - 1]).count();
    }

  private:
    mutable std::vector<std::chrono::nanoseconds> values_;
    mutable bool sorted_ = true;
};

}  // namespace confcast::load
