#include "confcast/observe/process_metrics.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "exposition_parser.hpp"

namespace confcast::observe {
namespace {

TEST(ProcessMetrics, AreWhatTheKernelSays) {
    const ProcessSample sample = sample_process();
    EXPECT_GT(sample.resident_bytes, 1e6);
    EXPECT_GT(sample.virtual_bytes, sample.resident_bytes);
    EXPECT_GE(sample.threads, 1);
    EXPECT_GE(sample.open_fds, 3);
    EXPECT_GE(sample.max_fds, sample.open_fds);
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_LE(sample.start_time, now + 2);
    EXPECT_GT(sample.start_time, now - 24 * 3600);
}

TEST(ProcessMetrics, OpenDescriptorsAreCountedOneByOne) {
    const double before = sample_process().open_fds;
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(sample_process().open_fds, before + 1);
    close(fd);
    EXPECT_EQ(sample_process().open_fds, before);
}

TEST(ProcessMetrics, CpuTimeGrowsWithWork) {
    const double before = sample_process().cpu_seconds;
    volatile unsigned work = 0;
    const auto spent = [] {
        timespec time{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    for (const double begin = spent(); spent() < begin + 0.03;) work = work + 1;
    EXPECT_GT(sample_process().cpu_seconds, before);
}

TEST(ProcessMetrics, HaveTheStandardNames) {
    Registry registry;
    register_process_metrics(registry);
    const std::string text = registry.expose();
    for (const std::string_view name :
         {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
          "process_open_fds", "process_max_fds", "process_threads", "process_start_time_seconds"})
        EXPECT_GE(value_of(text, name), 0) << name;
    EXPECT_GT(value_of(text, "process_resident_memory_bytes"), 1e6);
}

}  // namespace
}  // namespace confcast::observe
