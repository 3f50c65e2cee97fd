// What a process has used, from /proc.
#pragma once

#include <cstdint>
#include <optional>

#include <sys/types.h>

namespace confcast::load {

struct ProcessStats {
    std::uint64_t cpu_ns = 0;     // on a processor, all threads that live
    std::uint64_t rss_bytes = 0;  // resident memory, exact (smaps_rollup) when we may read that
};

/// nullopt when there is no such process.
std::optional<ProcessStats> read_process(pid_t pid);

}  // namespace confcast::load
