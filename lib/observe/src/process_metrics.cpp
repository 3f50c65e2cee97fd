#include "confcast/observe/process_metrics.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace confcast::observe {

namespace {

std::string read_all(const char* path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// /proc/self/stat as numbers from field 4 on (proc(5)); the second one, the name, may contain anything.
std::vector<double> stat_fields() {
    const std::string stat = read_all("/proc/self/stat");
    const std::size_t name_end = stat.rfind(')');
    std::vector<double> fields;
    if (name_end == std::string::npos || name_end + 4 > stat.size()) return fields;
    std::istringstream rest(stat.substr(name_end + 4));
    for (double field = 0; rest >> field;) fields.push_back(field);
    return fields;
}

double boot_time() {
    const std::string stat = read_all("/proc/stat");
    const std::size_t line = stat.find("\nbtime ");
    return line == std::string::npos ? 0 : std::stod(stat.substr(line + 7));
}

// Not by listing /proc/self/fd (an entry is made for each) nor by asking one by one: with 10,000 descriptors both kept
// the loop for 10 ms and more. poll() says POLLNVAL of each that is not open.
double count_open_fds() {
    const std::string status = read_all("/proc/self/status");
    const std::size_t line = status.find("\nFDSize:");
    const int slots = line == std::string::npos ? 0 : std::stoi(status.substr(line + 8));
    std::array<pollfd, 256> chunk{};  // poll() refuses more than the limit of descriptors, which is hardly lower
    int count = 0;
    for (int begin = 0; begin < slots; begin += static_cast<int>(chunk.size())) {
        const int size = std::min(slots - begin, static_cast<int>(chunk.size()));
        for (int i = 0; i < size; ++i) chunk[static_cast<std::size_t>(i)] = {begin + i, 0, 0};
        if (poll(chunk.data(), static_cast<nfds_t>(size), 0) < 0) return 0;
        for (int i = 0; i < size; ++i) count += (chunk[static_cast<std::size_t>(i)].revents & POLLNVAL) == 0 ? 1 : 0;
    }
    return count;
}

double fd_limit() {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

}  // namespace

ProcessSample sample_process() {
    ProcessSample sample;
    const std::vector<double> fields = stat_fields();
    const auto field = [&fields](std::size_t number) { return fields.at(number - 4); };  // numbered as in proc(5)
    if (fields.size() > 20) {
        const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
        sample.cpu_seconds = (field(14) + field(15)) / ticks;
        sample.threads = field(20);
        sample.start_time = boot_time() + field(22) / ticks;
        sample.virtual_bytes = field(23);
        sample.resident_bytes = field(24) * static_cast<double>(sysconf(_SC_PAGESIZE));
    }
    sample.open_fds = count_open_fds();
    sample.max_fds = fd_limit();
    return sample;
}

void register_process_metrics(Registry& registry) {
    const auto sample = std::make_shared<ProcessSample>();
    // Series are read in the order of their registration: the first one takes the sample.
    registry.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", [sample] {
        *sample = sample_process();
        return sample->cpu_seconds;
    });
    const auto gauge = [&](std::string_view name, std::string_view help, double ProcessSample::* member) {
        registry.gauge(name, help, [sample, member] { return (*sample).*member; });
    };
    gauge("process_resident_memory_bytes", "Resident memory size in bytes.", &ProcessSample::resident_bytes);
    gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", &ProcessSample::virtual_bytes);
    gauge("process_open_fds", "Number of open file descriptors.", &ProcessSample::open_fds);
    gauge("process_max_fds", "Maximum number of open file descriptors.", &ProcessSample::max_fds);
    gauge("process_threads", "Number of threads.", &ProcessSample::threads);
    gauge("process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.",
          &ProcessSample::start_time);
}

}  // namespace confcast::observe
