#include "health.hpp"

#include <algorithm>

namespace confcast::api {
namespace {

std::string reason_of(const Error& error) {
    const std::string reason = error.detail("reason");
    return reason.empty() ? error.to_string() : reason;
}

std::string seconds_text(SteadyTime::duration time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

std::string_view name_of(HealthState state) {
    switch (state) {
        case HealthState::starting:
            return "starting";
        case HealthState::ready:
            return "ready";
        case HealthState::degraded:
            return "degraded";
        case HealthState::draining:
            return "draining";
    }
    return "";
}

// Cancellation: ends the timer's wait, and this returns.
Awaitable<> Health::run(Executor executor) {
    SteadyTimer timer(executor);
    for (;;) {
        co_await ask_store();
        timer.expires_after(timing_.interval);
        const auto [ec] = co_await timer.async_wait(as_result);
        if (ec) co_return;
    }
}

Awaitable<> Health::ask_store() {
    Result<store::Status> answer = co_await store_.status();
    answered_ = true;
    answered_at_ = clock_.now();
    failure_.clear();
    if (answer) {
        status_ = std::move(*answer);
    } else {
        failure_ = reason_of(answer.error());
    }
    checks();
}

std::string Health::store_problem() const {
    if (!answered_) return "the store has not been asked yet";
    if (clock_.now() - answered_at_ > timing_.patience) {
        return "no answer for " + seconds_text(clock_.now() - answered_at_);
    }
    return failure_.empty() ? status_.problem : failure_;
}

// Of a node that has not read the store at all another check speaks.
std::string Health::lag_problem() const {
    if (!feed_.ready()) return {};
    if (const auto behind = feed_.behind(); behind > timing_.lag_revisions)
        return std::to_string(behind) + " revisions behind the store";
    const SteadyTime now = clock_.now();
    if (const auto since = feed_.behind_since(); since && now - *since > timing_.lag)
        return "behind the store for " + seconds_text(now - *since);
    if (const auto since = feed_.stale_since(); since && now - *since > timing_.lag)
        return "without a watch on the store for " + seconds_text(now - *since);
    return {};
}

std::vector<Health::Check> Health::look() const {
    std::vector<Check> all;
    all.push_back({"server", draining_ ? "shutting down" : "", Errc::shutting_down});
    all.push_back({"feed", feed_.ready() ? "" : "the first list of the store has not been read", Errc::not_caught_up});
    all.push_back({"store", store_problem(), Errc::store_unavailable});
    all.push_back({"lag", lag_problem(), Errc::not_caught_up});
    return all;
}

std::vector<Health::Check> Health::checks() {
    std::vector<Check> all = look();
    for (std::size_t i = 0; i < all.size(); ++i) {
        Standing& standing = standings_[i];
        const bool passes = all[i].problem.empty();
        if (standing.since == SystemTime{} || standing.passes != passes) standing = {passes, clock_.wall()};
        all[i].since = standing.since;
    }
    return all;
}

bool Health::passes(std::string_view check) const {
    const auto all = look();
    return std::ranges::any_of(all, [check](const Check& one) { return one.name == check && one.problem.empty(); });
}

HealthState Health::state() const {
    if (draining_) return HealthState::draining;
    if (!feed_.ready()) return HealthState::starting;
    return store_problem().empty() && lag_problem().empty() ? HealthState::ready : HealthState::degraded;
}

}  // namespace confcast::api
