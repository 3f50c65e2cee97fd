// How often each of many may do something: so many a second, and so many at once after a rest (the generic cell rate
// algorithm: one instant of memory for each). Time is an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "confcast/api/api.hpp"
#include "confcast/base/async.hpp"

namespace confcast::api {

class Throttle {
  public:
    /// Of so many is remembered how they stand. One that is forgotten may begin with a whole burst again.
    static constexpr std::size_t max_remembered = 65'536;

    explicit Throttle(Rate rate);

    /// Another rate from now on; who waits goes on as the old one left it.
    void change(Rate rate);
    bool is_on() const { return rate_.per_second > 0; }

    struct Verdict {
        bool allowed = true;
        std::int64_t limit = 0;      // at once
        std::int64_t remaining = 0;  // at once, from now
        std::int64_t reset_s = 0;    // seconds until all of it is there again
        std::int64_t retry_s = 0;    // refused: seconds until the next one is allowed, at least 1
    };
    /// One more by `who` now: counted when it is allowed. Precondition: is_on().
    Verdict take(std::string_view who, SteadyTime now);

    std::size_t remembered() const { return full_at_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    void make_room(SteadyTime now);

    Rate rate_;
    SteadyTime::duration each_{};
    SteadyTime::duration burst_{};
    std::unordered_map<std::string, SteadyTime, Hash, std::equal_to<>> full_at_;  // when it has its whole burst again
};

}  // namespace confcast::api
