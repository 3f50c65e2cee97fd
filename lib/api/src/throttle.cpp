#include "throttle.hpp"

#include <algorithm>

namespace confcast::api {
namespace {

std::int64_t whole_seconds(SteadyTime::duration time) {
    return std::chrono::ceil<std::chrono::seconds>(std::max(time, SteadyTime::duration::zero())).count();
}

}  // namespace

Throttle::Throttle(Rate rate) { change(rate); }

void Throttle::change(Rate rate) {
    rate_ = rate;
    if (!is_on()) return;
    rate_.burst = std::max<std::uint32_t>(rate_.burst, 1);
    each_ = SteadyTime::duration(std::chrono::seconds(1)) / static_cast<std::int64_t>(rate_.per_second);
    burst_ = each_ * static_cast<std::int64_t>(rate_.burst);
}

Throttle::Verdict Throttle::take(std::string_view who, SteadyTime now) {
    auto found = full_at_.find(who);
    if (found == full_at_.end()) {
        if (full_at_.size() >= max_remembered) make_room(now);
        found = full_at_.emplace(std::string(who), now).first;
    }
    SteadyTime& full_at = found->second;
    const SteadyTime after = std::max(full_at, now) + each_;
    Verdict verdict;
    verdict.limit = rate_.burst;
    verdict.allowed = after - now <= burst_;
    if (verdict.allowed) full_at = after;
    verdict.remaining = std::max<std::int64_t>((burst_ - (full_at - now)) / each_, 0);
    verdict.reset_s = whole_seconds(full_at - now);
    if (!verdict.allowed) verdict.retry_s = std::max<std::int64_t>(whole_seconds(after - now - burst_), 1);
    return verdict;
}

void Throttle::make_room(SteadyTime now) {
    std::erase_if(full_at_, [now](const auto& one) { return one.second <= now; });
    if (full_at_.size() >= max_remembered) full_at_.erase(full_at_.begin());
}

}  // namespace confcast::api
