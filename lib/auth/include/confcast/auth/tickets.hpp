// One-time tickets: a browser's WebSocket or EventSource cannot send Authorization, and a token in a query string ends
// in logs. A ticket may, for it is good once and for a moment.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "confcast/auth/principal.hpp"

namespace confcast::auth {

class Tickets {
  public:
    static constexpr std::chrono::seconds time_to_live{30};
    static constexpr std::size_t max_outstanding = 10'000;
    static constexpr std::size_t max_per_principal = 100;

    Tickets() = default;
    Tickets(const Tickets&) = delete;
    Tickets& operator=(const Tickets&) = delete;

    /// 256 random bits as base64url (43 characters), good for time_to_live. nullopt when one of the limits is reached.
    /// Throws std::runtime_error when the system has no random bytes.
    std::optional<std::string> issue(PrincipalPtr principal, SteadyTime now);
    /// Whose it is, once; nullptr otherwise. What that one may do now is for Authenticator::current to say.
    PrincipalPtr redeem(std::string_view text, SteadyTime now);

    std::size_t outstanding() const { return by_digest_.size(); }

  private:
    struct Ticket {
        std::string digest;  // SHA-256: what is kept opens nothing
        PrincipalPtr principal;
        SteadyTime ends;
    };
    using List = std::list<Ticket>;  // the oldest first

    void drop_ended(SteadyTime now);
    void drop(List::iterator ticket);

    List tickets_;
    std::unordered_map<std::string_view, List::iterator> by_digest_;  // keys are into the list
    std::unordered_map<std::string, std::size_t> per_principal_;
};

}  // namespace confcast::auth
