// The generator of plain HTTP requests on kept connections: a closed loop, one request under way on each. What is sent
// is made before, and of an answer only its status and its length are read: the generator must cost less than what it
// measures.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/load/latencies.hpp"
#include "confcast/load/socket.hpp"

namespace confcast::requests {

struct Options {
    load::Endpoint server;
    pid_t server_pid = 0;  // 0 = unknown: no figures of the server
    std::size_t connections = 64;
    double seconds = 3;
    double warmup = 0.3;               // seconds before, that do not count
    std::vector<std::string> choices;  // whole requests; each connection takes one at random, again and again
};

struct Report {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;  // answered otherwise than 2xx
    double seconds = 0;
    double per_second = 0;
    load::Latencies latencies;
    std::size_t answer_bytes = 0;              // of the latest, head included
    std::optional<double> cpu_us_per_request;  // of the server, all its threads

    std::string to_json(const Options& options) const;
};

/// Throws std::runtime_error when a connection ends, and std::system_error when there is none.
Report run(const Options& options);

/// Writes `count` settings under `prefix`, each with a value of so many bytes, by as few transactions as may be. Throws
/// std::runtime_error when one is refused.
void fill(const load::Endpoint& server, std::string_view prefix, std::size_t count, std::size_t bytes);

/// GET of `count` settings under `prefix`, and PUT of a value of so many bytes to each.
std::vector<std::string> gets(std::string_view prefix, std::size_t count);
std::vector<std::string> puts(std::string_view prefix, std::size_t count, std::size_t bytes);

}  // namespace confcast::requests
