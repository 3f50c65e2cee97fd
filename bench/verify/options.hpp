// What a run of the checker is asked to do.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "confcast/load/socket.hpp"

namespace confcast::verify {

struct Options {
    enum class Store : std::uint8_t { embedded, etcd };

    std::filesystem::path server;           // the binary of confcastd
    std::optional<load::Endpoint> running;  // or one that runs already
    Store store = Store::embedded;
    std::size_t members = 3;  // of etcd: 1 or 3
    std::size_t subscribers = 40;
    std::size_t writers = 4;
    double rate = 250;  // writes a second of all writers together; 0 = as fast as they are answered
    std::chrono::milliseconds duration{20'000};
    std::chrono::milliseconds fault_every{3'000};
    std::chrono::milliseconds patience{30'000};  // for the last change to reach everybody
    std::uint64_t seed = 1;
    std::vector<std::string> faults;        // by name; empty = all that the store allows
    std::vector<std::string> server_flags;  // passed on to confcastd
    std::filesystem::path keep;             // where data and logs are left; empty = a temporary directory
    bool verbose = false;
};

}  // namespace confcast::verify
