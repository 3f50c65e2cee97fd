#include "loop_side.hpp"

#include <algorithm>

namespace confcast::store {

void LoopSide::on_group(GroupReport report) {
    if (report.problem.empty() != problem.empty()) {
        if (report.problem.empty())
            log.info("store", "writing again");
        else
            log.error("store", "cannot write", {{"reason", report.problem}});
    }
    const bool failed = !report.problem.empty();
    problem = std::move(report.problem);
    scrubbing = report.scrubbing;
    if (!report.jobs.empty()) {
        const std::uint64_t size = report.jobs.size();
        stats.commits += failed ? 0U : 1U;
        stats.writes += failed ? 0U : size;
        stats.failures += failed ? 1U : 0U;
        stats.largest_group = std::max(stats.largest_group, failed ? 0U : size);
        if (!failed) {
            group_sizes.observe(static_cast<double>(size));
            prepare_seconds.observe(std::chrono::duration<double>(report.prepare_took).count());
            commit_seconds.observe(std::chrono::duration<double>(report.commit_took).count());
        }
    }
    if (report.oldest) {
        hub.set_oldest(*report.oldest);
        ++stats.compactions;
    }
    hub.publish(std::move(report.changes));
    for (auto& job : report.jobs) job->finish();
}

void LoopSide::on_checkpoint_failed(const std::string& reason) {
    log.warning("store", "the write-ahead log grows: it cannot be copied into the database", {{"reason", reason}});
}

void LoopSide::on_thread_end() {
    ++threads_ended;
    thread_ended.notify_all();
}

}  // namespace confcast::store
