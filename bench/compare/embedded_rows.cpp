// PUT on the embedded store: group commit against a transaction and an fsync for each write, on the same disk.
#include <charconv>
#include <string>

#include "program.hpp"
#include "requests/requests.hpp"

namespace confcast::compare {
namespace {

constexpr Target group_target{Sense::at_least, 20};
constexpr const char* prefix = "bench/put/";

struct Written {
    requests::Report report;
    double group = 0;       // transactions in a commit
    double prepare_us = 0;  // the statements before it
    double commit_us = 0;   // fsync included
};

Written write(Bench& bench, std::size_t writers) {
    const Server server(bench, "PUT with " + std::to_string(writers) + " writers");
    requests::Options options;
    options.server = server.endpoint();
    options.server_pid = server.pid();
    options.connections = writers;
    options.seconds = bench.seconds(3);
    options.choices = requests::puts(prefix, 4'096, 256);
    Written written{requests::run(options)};
    if (written.report.failures > 0) throw std::runtime_error("writes failed: " + written.report.to_json(options));
    const double commits = server.metric("confcast_store_commits_total");
    written.group = server.metric("confcast_store_writes_total") / commits;
    written.prepare_us = server.metric("confcast_store_prepare_seconds_sum") * 1e6 / commits;
    written.commit_us = server.metric("confcast_store_commit_seconds_sum") * 1e6 / commits;
    return written;
}

double single_commits_per_second(Bench& bench) {
    const test::TemporaryDirectory directory;
    const std::string seconds = bench.options().smoke ? "0.2" : "2";
    const auto text = run_limit(bench.options(), {"raw_commit", "--file", (directory.path() / "db").string(),
                                                  "--seconds", seconds, "--value", "256"});
    return std::strtod(text.c_str(), nullptr);
}

}  // namespace

void compare_embedded(Bench& bench) {
    for (const std::size_t writers : {1U, 16U, 64U, 256U}) {
        const std::string name = "PUT, embedded, " + std::to_string(writers) + " writers: ";
        Rounds rate;
        std::vector<double> groups;
        std::vector<double> statements;
        std::vector<double> commits;
        std::vector<double> cpu;
        for (std::size_t round = 0; round < bench.options().rounds; ++round) {
            const double limit = single_commits_per_second(bench);
            const Written written = write(bench, writers);
            rate.add(written.report.per_second, limit);
            groups.push_back(written.group);
            statements.push_back(written.prepare_us);
            commits.push_back(written.commit_us);
            cpu.push_back(*written.report.cpu_us_per_request);
        }
        bench.add(name + "rate, to one commit a write", "1/s", rate,
                  writers == 64 ? std::optional(group_target) : std::nullopt);
        bench.add(name + "writes in a commit", "", median(groups));
        bench.add(name + "its statements", "us", median(statements));
        bench.add(name + "a commit, fsync included", "us", median(commits));
        bench.add(name + "CPU", "us/write", median(cpu));
    }
}

}  // namespace confcast::compare
