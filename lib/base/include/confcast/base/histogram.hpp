// A distribution in fixed buckets. Observing is a few comparisons and three additions; no lock, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace confcast {

class Histogram {
  public:
    static constexpr std::size_t capacity = 20;

    /// Upper bounds, each included in its bucket; the last bucket, for all above, comes by itself. Throws
    /// std::invalid_argument unless 1..capacity finite, strictly ascending bounds are given.
    explicit Histogram(std::span<const double> bounds);

    /// NaN is left out: it belongs nowhere and would spoil the sum.
    void observe(double value) {
        std::size_t bucket = 0;
        while (bucket < size_ && value > bounds_[bucket]) ++bucket;
        if (value != value) return;  // NOLINT(misc-redundant-expression): NaN
        ++counts_[bucket];
        ++count_;
        sum_ += value;
    }

    std::span<const double> bounds() const { return {bounds_.data(), size_}; }
    /// Per bucket, not cumulative; one more than bounds().
    std::span<const std::uint64_t> counts() const { return {counts_.data(), size_ + 1}; }
    std::uint64_t count() const { return count_; }
    double sum() const { return sum_; }

  private:
    std::size_t size_;
    std::array<double, capacity> bounds_{};
    std::array<std::uint64_t, capacity + 1> counts_{};
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

/// Seconds, from 100 µs to 10 s: for answers and deliveries.
inline constexpr std::array latency_bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                           0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};

}  // namespace confcast
