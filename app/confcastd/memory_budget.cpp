#include "memory_budget.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace confcast::app {
namespace {

constexpr std::chrono::milliseconds look_every{250};

std::uint64_t page_bytes() { return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)); }

/// The control group's limit (v2); the largest number when there is none.
std::uint64_t group_limit() {
    std::uint64_t limit = UINT64_MAX;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        if (!line.starts_with("0::")) continue;
        std::ifstream file("/sys/fs/cgroup" + line.substr(3) + "/memory.max");
        std::uint64_t bytes = 0;
        if (file >> bytes) limit = std::min(limit, bytes);
    }
    return limit;
}

}  // namespace

MemoryBudget::MemoryBudget(std::uint64_t budget, const Clock& clock) : clock_(clock) { change(budget); }

void MemoryBudget::change(std::uint64_t budget) {
    budget_ = budget;
    look_again_ = {};
    if (budget_ != 0) return;
    const std::uint64_t machine = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * page_bytes();
    budget_ = std::min(machine, group_limit()) / 5 * 4;
}

bool MemoryBudget::is_spent() {
    const SteadyTime now = clock_.now();
    if (now < look_again_) return spent_;
    look_again_ = now + look_every;
    spent_ = resident_bytes() > budget_;
    return spent_;
}

std::uint64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    return file >> all >> resident ? resident * page_bytes() : 0;
}

}  // namespace confcast::app
