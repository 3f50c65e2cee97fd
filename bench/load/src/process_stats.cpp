#include "confcast/load/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace confcast::load {
namespace {

namespace fs = std::filesystem;

/// schedstat counts nanoseconds; stat only hundredths of a second.
std::uint64_t cpu_of_threads(const fs::path& process) {
    std::uint64_t sum = 0;
    std::error_code ignored;
    for (const auto& thread : fs::directory_iterator(process / "task", ignored)) {
        std::uint64_t on_cpu = 0;
        std::ifstream(thread.path() / "schedstat") >> on_cpu;
        sum += on_cpu;
    }
    return sum;
}

std::uint64_t kilobytes_after(const fs::path& file, const std::string& word) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(word)) return std::stoull(line.substr(word.size())) * 1024;
    return 0;
}

}  // namespace

std::optional<ProcessStats> read_process(pid_t pid) {
    const fs::path process = "/proc/" + std::to_string(pid);
    std::error_code ignored;
    if (!fs::exists(process, ignored)) return std::nullopt;
    ProcessStats stats;
    stats.cpu_ns = cpu_of_threads(process);
    stats.rss_bytes = kilobytes_after(process / "smaps_rollup", "Rss:");
    if (stats.rss_bytes == 0) stats.rss_bytes = kilobytes_after(process / "status", "VmRSS:");
    return stats;
}

}  // namespace confcast::load
