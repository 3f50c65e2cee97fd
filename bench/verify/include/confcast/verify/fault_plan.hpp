// Which faults happen when: a function of the seed, so that a run can be repeated.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace confcast::verify {

enum class FaultKind : std::uint8_t {
    kill_server,    // kill -9 and start again
    drain_server,   // SIGTERM and start again
    compact,        // the store forgets its history
    stall_clients,  // some subscribers stop reading for a while
    drop_clients,   // some subscribers lose their connection and stay away for a while
    kill_member,    // kill -9 of a store's member, started again after a while
    stop_member,    // SIGSTOP of a store's member, SIGCONT after a while
};
std::string_view name_of(FaultKind kind);

struct Fault {
    std::chrono::milliseconds at{0};
    FaultKind kind = FaultKind::kill_server;
    std::chrono::milliseconds length{0};  // of what lasts a while
    std::uint64_t dice = 0;               // chooses the members or clients
};

struct FaultPlan {
    std::uint64_t seed = 1;
    std::chrono::milliseconds duration{0};
    std::chrono::milliseconds every{0};  // about; 0 = no faults
    std::vector<FaultKind> kinds;        // each comes once before any comes again
};

/// In the order of time, none in the last part of the duration that is as long as `every`.
std::vector<Fault> make_faults(const FaultPlan& plan);

}  // namespace confcast::verify
