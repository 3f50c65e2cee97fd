// What the configuration says of who may do what, how much and how often.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "confcast/api/api.hpp"

namespace confcast::app {

struct AccessSetup {
    std::string credentials;  // a file; "" = none
    std::string jwt_keys;     // a file; "" = no JWT is taken
    std::string jwt_issuer;
    std::string jwt_audience;
    std::string jwt_claim = "confcast";
    bool stored_tokens = false;       // ask, though nobody but the store holds credentials
    std::string audit;                // "stderr", "off" or a file; "" = stderr when anybody is asked, else off
    std::uint64_t memory_budget = 0;  // bytes; 0 = four fifths of what there is

    /// Whoever comes has to say who it is.
    bool asks() const { return stored_tokens || !credentials.empty() || !jwt_keys.empty(); }
};

class Settings;
void declare_access(Settings& settings, AccessSetup& setup, api::ApiOptions& api);

/// Whether what was said goes together; a problem, or "".
std::string check_access(const AccessSetup& setup, const api::ApiOptions& api, bool no_auth);

}  // namespace confcast::app
