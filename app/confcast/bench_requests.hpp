// GETs and PUTs against a server, so many at once, for so long.
#pragma once

#include <functional>
#include <string>

#include "confcast/load/latencies.hpp"
#include "shell.hpp"

namespace confcast::cli {

struct RequestLoad {
    bool writes = false;
    std::size_t in_flight = 16;
    std::chrono::milliseconds duration{5'000};
    std::size_t payload = 256;  // bytes of a value
    std::size_t keys = 100;
    std::string prefix;  // of the keys that are used; a reader makes them first
    std::function<void(std::size_t requests)> on_progress{};
};

struct RequestFigures {
    load::Latencies latencies;
    double seconds = 0;
    std::size_t failures = 0;
    std::string first_failure;
};

/// Throws Stop when nobody answers at all, or on an interrupt.
RequestFigures run_requests(Shell& shell, const RequestLoad& load);

}  // namespace confcast::cli
