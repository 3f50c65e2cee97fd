// The figures of a run, and how they are printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "confcast/load/latencies.hpp"
#include "confcast/load/ledger.hpp"
#include "options.hpp"

namespace confcast::fanout {

struct Report {
    std::size_t clients = 0;  // that were welcomed
    std::uint64_t publications = 0;
    std::uint64_t deliveries = 0;  // measured: publication x subscriber
    double seconds = 0;
    double connect_seconds = 0;
    load::Latencies last_subscriber;
    load::Verdict verdict;
    std::uint64_t errors = 0;  // connections that failed or ended, publications refused
    std::string first_error;
    std::uint64_t coalesced_updates = 0;
    std::uint64_t snapshots = 0;
    // Of the server; only with its process id.
    std::optional<double> cpu_us_per_delivery;
    std::optional<double> cpu_us_per_handshake;
    std::optional<double> bytes_per_connection;
    std::optional<double> idle_cpu_us_per_client_second;
    std::optional<std::uint64_t> rss_bytes;
    double generator_cpu_us_per_delivery = 0;

    bool flawless() const;
    std::string to_json(const Options& options) const;
};

}  // namespace confcast::fanout
