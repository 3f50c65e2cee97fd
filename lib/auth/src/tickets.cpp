#include "confcast/auth/tickets.hpp"

#include <utility>

#include "confcast/base/base64.hpp"
#include "digest.hpp"

namespace confcast::auth {

namespace {
constexpr std::size_t ticket_bytes = 32;
constexpr std::size_t ticket_characters = 43;
}  // namespace

std::optional<std::string> Tickets::issue(PrincipalPtr principal, SteadyTime now) {
    drop_ended(now);
    if (tickets_.size() >= max_outstanding) return std::nullopt;
    std::size_t& held = per_principal_[principal->id];
    if (held >= max_per_principal) return std::nullopt;
    std::string text = base64url_encode(random_bytes(ticket_bytes));
    tickets_.push_back({sha256(text), std::move(principal), now + time_to_live});
    by_digest_.emplace(tickets_.back().digest, std::prev(tickets_.end()));
    ++held;
    return text;
}

PrincipalPtr Tickets::redeem(std::string_view text, SteadyTime now) {
    drop_ended(now);
    if (text.size() != ticket_characters) return nullptr;
    const auto found = by_digest_.find(sha256(text));
    if (found == by_digest_.end()) return nullptr;
    PrincipalPtr whose = found->second->principal;
    drop(found->second);
    return whose;
}

void Tickets::drop_ended(SteadyTime now) {
    while (!tickets_.empty() && now >= tickets_.front().ends) drop(tickets_.begin());
}

void Tickets::drop(List::iterator ticket) {
    const auto held = per_principal_.find(ticket->principal->id);
    if (--held->second == 0) per_principal_.erase(held);
    by_digest_.erase(ticket->digest);
    tickets_.erase(ticket);
}

}  // namespace confcast::auth
