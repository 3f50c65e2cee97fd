// How a stream ended, and whether the client comes back by itself (docs/push-protocol.md, "Close codes").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "confcast/client/failure.hpp"

namespace confcast::client {

struct Ending {
    Failure failure{};             // never empty: what to tell
    std::uint16_t close_code = 0;  // 0 = no close frame came
    static Ending closed(std::uint16_t code, std::string_view reason);
};

enum class Comeback : std::uint8_t {
    yes,        // with backoff
    elsewhere,  // this server does not want us as we are; another one may
    no          // until somebody mends what is wrong
};

Comeback comeback_after(const Ending& ending);

}  // namespace confcast::client
