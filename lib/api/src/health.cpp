#include "health.hpp"

namespace confcast::api {
namespace {

std::string reason_of(const Error& error) {
    const std::string reason = error.detail("reason");
    return reason.empty() ? error.to_string() : reason;
}

}  // namespace

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
}

std::string Health::store_problem() const {
    if (!answered_) return "the store has not been asked yet";
    if (clock_.now() - answered_at_ > timing_.patience) {
        const auto silence = std::chrono::duration_cast<std::chrono::seconds>(clock_.now() - answered_at_);
        return "no answer for " + std::to_string(silence.count()) + " s";
    }
    return failure_.empty() ? status_.problem : failure_;
}

std::vector<Health::Check> Health::checks() const {
    std::vector<Check> all;
    all.push_back({"server", draining_ ? "shutting down" : "", Errc::shutting_down});
    all.push_back({"feed", feed_.ready() ? "" : "the first list of the store has not been read", Errc::not_caught_up});
    all.push_back({"store", store_problem(), Errc::store_unavailable});
    return all;
}

}  // namespace confcast::api
