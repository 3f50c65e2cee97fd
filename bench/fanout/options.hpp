// What a run of the generator is asked to do.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "confcast/load/socket.hpp"

namespace confcast::fanout {

struct Options {
    load::Endpoint server;
    pid_t server_pid = 0;  // 0 = unknown: no figures of the server
    std::size_t clients = 1'000;
    std::size_t connecting = 64;  // handshakes under way at once
    std::size_t publications = 0;
    double seconds = 0;  // used when publications is 0
    std::size_t warmup = 20;
    std::size_t in_flight = 1;  // closed loop: publications that not everybody has yet
    double rate = 0;            // per second; 0 = closed loop
    std::size_t payload = 256;
    std::size_t keys = 1;
    std::size_t filters = 1;  // of each: the run's prefix, then others that match all, a part or nothing of it
    double slow_percent = 0;
    double slow_pause = 1.0;     // seconds that a slow client does not read, again and again
    std::size_t slow_bytes = 0;  // that it reads between two pauses; 0 = what is there
    double idle = 0;             // seconds of silence before the first publication, to measure what silence costs
    double patience = 15;        // seconds without any delivery after which what is missing is lost
    std::string path = "/ws";
    bool verify = false;
    std::function<void(std::size_t publications)> on_progress{};  // called now and then while it publishes
};

}  // namespace confcast::fanout
