// Random numbers that are the same on every machine: the standard library's distributions are not.
#pragma once

#include <cstddef>
#include <cstdint>

namespace confcast::verify {

/// SplitMix64 (Steele, Lea, Flood 2014): any seed will do, also 0, 1, 2.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    /// An independent one for part number `n`.
    Dice part(std::uint64_t n) const { return Dice(Dice(state_ ^ (n + 1) * 0xD1B54A32D192ED03U).next()); }

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ z >> 30U) * 0xBF58476D1CE4E5B9U;
        z = (z ^ z >> 27U) * 0x94D049BB133111EBU;
        return z ^ z >> 31U;
    }
    /// 0 … n-1. Precondition: n > 0.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool percent(unsigned chance) { return next() % 100 < chance; }

  private:
    std::uint64_t state_;
};

}  // namespace confcast::verify
