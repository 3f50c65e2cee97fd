// What the loop holds of the embedded store, and how it learns what the writer did. Touched on the loop only; shared,
// because what a thread has posted may arrive after the store is gone.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "confcast/base/notifier.hpp"
#include "confcast/store/embedded.hpp"
#include "job.hpp"
#include "lease_book.hpp"
#include "log_writer.hpp"
#include "watch_hub.hpp"

namespace confcast::store {

/// One group of writes, done or failed.
struct GroupReport {
    std::vector<std::unique_ptr<Job<LogWriter>>> jobs;
    std::vector<WatchBatch> changes;
    std::optional<Revision> oldest;  // when it moved
    std::string problem;             // why the disk refused it; empty = it did not
    bool scrubbing = false;          // there is more to free
    std::chrono::nanoseconds prepare_took{0};
    std::chrono::nanoseconds commit_took{0};
};

inline constexpr std::array group_bounds{1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0};

struct LoopSide {
    LoopSide(Executor executor, const StoreIdentity& identity, Revision head, RingLimits ring, const Clock& clock,
             Log& logger)
        : hub(executor, head, identity.oldest, ring), leases(clock), log(logger), thread_ended(executor) {}

    /// Watches first, then the answers: a watcher has its batch no later than the writer its answer.
    void on_group(GroupReport report);
    void on_checkpoint_failed(const std::string& reason);
    void on_thread_end();

    WatchHub hub;
    LeaseBook leases;
    EmbeddedStats stats;
    Histogram group_sizes{group_bounds};
    Histogram prepare_seconds{latency_bounds};
    Histogram commit_seconds{latency_bounds};
    std::string problem;
    bool scrubbing = false;
    Log& log;
    Notifier thread_ended;
    int threads_ended = 0;
};

}  // namespace confcast::store
