// Many connections that do what no honest client does, from one thread. Where attackers and honest clients share a
// processor, the former's own work must not be taken for the server's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "confcast/load/socket.hpp"

namespace confcast::hostile {

/// What each connection of an attack does. `n` counts the connections that were made.
struct Plan {
    std::string name;
    std::size_t connections = 1;
    std::size_t most = 0;                                         // connections made in all; 0 = while it lasts
    std::function<std::string(std::size_t n)> greeting = {};      // as soon as it is connected
    std::function<std::string(std::size_t n)> after_answer = {};  // once the first bytes have come
    char drip = '\0';                                             // one each second
    bool tls = false;                                             // the server speaks TLS
    unsigned handshakes = 0;                                      // good ones, a second, beside the others
};

struct Tally {
    std::size_t made = 0;
    std::size_t most_open = 0;
    std::size_t failed = 0;                        // could not connect
    std::size_t ended = 0;                         // by the server
    std::map<std::string, std::size_t> answers{};  // "400", "101", …; "close 1002"; "other"

    void add(const Tally& others);
};

/// Runs the plan until it is done or `stop` is set. `idle`: only when nothing else on its processor wants to run.
Tally attack(const load::Endpoint& server, const Plan& plan, bool idle, const std::atomic<bool>& stop);

}  // namespace confcast::hostile
