// GET and PUT on kept connections, against a loop that receives and sends the same bytes and knows nothing.
#include <string>

#include "program.hpp"
#include "requests/requests.hpp"

namespace confcast::compare {
namespace {

constexpr Target get_target{Sense::at_most, 1.25};
constexpr std::size_t value_bytes = 256;
constexpr const char* prefix = "bench/get/";

requests::Report measure(Bench& bench, const Program& server, std::vector<std::string> choices,
                         std::size_t connections) {
    requests::Options options;
    options.server = server.endpoint();
    options.server_pid = server.pid();
    options.connections = connections;
    options.seconds = bench.seconds(3);
    options.choices = std::move(choices);
    auto report = requests::run(options);
    if (report.failures > 0) throw std::runtime_error("requests failed: " + report.to_json(options));
    return report;
}

requests::Report measure_limit(Bench& bench, const std::vector<std::string>& choices, std::size_t connections,
                               std::size_t answer_bytes) {
    const Limit raw(bench.options(), "raw_http", {"--answer", std::to_string(answer_bytes)});
    return measure(bench, raw, choices, connections);
}

void compare(Bench& bench, const std::string& name, const std::vector<std::string>& choices, std::size_t connections,
             std::optional<Target> target) {
    Rounds cpu;
    Rounds rate;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) {
        requests::Report report;
        {
            const Server server(bench, name);
            requests::fill(server.endpoint(), prefix, choices.size(), value_bytes);
            report = measure(bench, server, choices, connections);
        }
        const auto limit = measure_limit(bench, choices, connections, report.answer_bytes);
        cpu.add(*report.cpu_us_per_request, *limit.cpu_us_per_request);
        rate.add(report.per_second, limit.per_second);
    }
    bench.add(name + ": CPU", "us/request", cpu, target);
    bench.add(name + ": rate", "1/s", rate, std::nullopt);
}

}  // namespace

void compare_requests(Bench& bench) {
    const std::size_t many = bench.scaled(10'000, 100);
    compare(bench, "GET one key, 64 connections", requests::gets(prefix, 1), 64, get_target);
    compare(bench, "GET of " + std::to_string(many) + " keys, 64 connections", requests::gets(prefix, many), 64,
            get_target);
    compare(bench, "PUT of 1024 keys, 16 connections", requests::puts(prefix, 1'024, value_bytes), 16, std::nullopt);
}

}  // namespace confcast::compare
