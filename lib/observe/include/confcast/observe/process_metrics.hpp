// What the kernel knows of this process, under the names that every Prometheus client uses.
#pragma once

#include "confcast/observe/metrics.hpp"

namespace confcast::observe {

/// One look at /proc/self. Zeros where it cannot be read.
struct ProcessSample {
    double cpu_seconds = 0;  // user and system, all threads
    double resident_bytes = 0;
    double virtual_bytes = 0;
    double start_time = 0;  // seconds since the epoch
    double threads = 0;
    double open_fds = 0;
    double max_fds = 0;  // the soft limit
};

/// Costs some tens of microseconds, and about 0.1 µs for each slot of the descriptor table.
ProcessSample sample_process();

/// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
/// process_max_fds, process_threads, process_start_time_seconds. One sample serves them all in an exposition.
void register_process_metrics(Registry& registry);

}  // namespace confcast::observe
