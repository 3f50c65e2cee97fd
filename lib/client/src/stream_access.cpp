// By what right the stream is there: its token, renewed in place or at the next connection, and what may be seen with
// it.
#include <algorithm>
#include <utility>

#include "failures.hpp"
#include "stream_machine.hpp"

namespace confcast::client {
namespace {

constexpr std::uint16_t token_expired = 4001;
constexpr unsigned unauthorized = 401;

}  // namespace

// A position belongs to what could be seen when it was reached.
void StreamMachine::use_token() {
    token_ = options_.credential->for_connection();
    offered_tokens_.clear();
    if (seen_with_.value_or(token_) != token_) owned_ = false;
    seen_with_ = token_;
    status_.expires_at.reset();
}

// One at a time would do no better: the server answers in order.
void StreamMachine::authenticate() {
    if (!welcomed_) return;
    const std::string& token = options_.credential->token();
    const std::string& last = offered_tokens_.empty() ? token_ : offered_tokens_.back().second;
    if (token == last) return;
    offered_tokens_.emplace_back(++last_id_, token);
    outbox_.push_back(auth_message(last_id_, token));
}

// What the copy has and is not in the state that follows is no longer to be seen: subscribers hear of deletes.
Result<> StreamMachine::take(Access& access, Revision) {
    if (!welcomed_) return failure_of(FailureKind::bad_answer, "the server speaks of access before its welcome");
    const bool expiring = access.status == "expiring";
    if (access.status == "renewed") {
        const auto answered =
            std::ranges::find(offered_tokens_, access.id, &std::pair<std::int64_t, std::string>::first);
        if (answered != offered_tokens_.end()) {
            seen_with_ = token_ = answered->second;
            offered_tokens_.erase(answered);
        }
    }
    status_.expires_at = expiring ? std::move(access.expires_at) : std::nullopt;
    status_.limited_to = std::move(access.limited_to);
    if (access.snapshot) expect_snapshot(in_force_);
    report();
    if (expiring && options_.credential->renew(token_)) authenticate();
    return {};
}

void StreamMachine::limit(LimitedTo limited_to) {
    if (status_.limited_to == limited_to) return;
    status_.limited_to = std::move(limited_to);
    report();
}

// Once: a source whose every token is refused has none that is good.
bool StreamMachine::comes_with_another_token(const Ending& ending) {
    const bool refused =
        ending.close_code == token_expired || (ending.close_code == 0 && ending.failure.status == unauthorized);
    if (!refused || renewed_) return false;
    renewed_ = options_.credential->renew(token_);
    return renewed_;
}

}  // namespace confcast::client
