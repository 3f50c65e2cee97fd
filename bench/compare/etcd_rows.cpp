// PUT on etcd and the way from a write to a client, against etcd alone; and several processes on one port and one etcd.
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "confcast/test/etcd_cluster.hpp"
#include "fanout/run.hpp"
#include "program.hpp"
#include "requests/requests.hpp"

namespace confcast::compare {
namespace {

// Half of what a tuned server in Go spends (52 us), as a multiple of the bare loop on that day (6.7 us).
constexpr Target cpu_target{Sense::at_most, 3.9};
constexpr Target rate_target{Sense::at_least, 1.5};
constexpr Target way_target{Sense::at_most, 1.1};
constexpr std::size_t writers = 64;

bool has_etcd(const Options& options) {
    return test::EtcdCluster::missing().empty() && std::filesystem::exists(options.binaries / "raw_etcd");
}

requests::Report put(Bench& bench, const Program& server) {
    requests::Options options;
    options.server = server.endpoint();
    options.server_pid = server.pid();
    options.connections = writers;
    options.seconds = bench.seconds(3);
    options.choices = requests::puts("bench/put/", 4'096, 256);
    auto report = requests::run(options);
    if (report.failures > 0) throw std::runtime_error("writes failed: " + report.to_json(options));
    return report;
}

double run_raw(const Options& options, const std::string& endpoint, const std::vector<std::string>& more) {
    std::vector<std::string> argv{"raw_etcd", "--endpoint", endpoint};
    argv.insert(argv.end(), more.begin(), more.end());
    return std::strtod(run_limit(options, argv).c_str(), nullptr);
}

void compare_puts(Bench& bench, const std::string& name, const std::vector<std::string>& flags, bool is_judged) {
    const std::string seconds = bench.options().smoke ? "0.2" : "2";
    Rounds cpu;
    Rounds rate;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) {
        const test::EtcdCluster etcd({.members = 1});
        const double calls =
            run_raw(bench.options(), etcd.endpoint(0), {"--puts", std::to_string(writers), "--seconds", seconds});
        requests::Report report;
        {
            const Server server(bench, name, {.store = "etcd:" + etcd.endpoints(), .flags = flags});
            report = put(bench, server);
        }
        const Limit raw(bench.options(), "raw_http", {"--answer", std::to_string(report.answer_bytes)});
        cpu.add(*report.cpu_us_per_request, *put(bench, raw).cpu_us_per_request);
        rate.add(report.per_second, calls);
    }
    bench.add(name + ": CPU, to the bare loop", "us/write", cpu, is_judged ? std::optional(cpu_target) : std::nullopt);
    bench.add(name + ": rate, to etcd called once a write", "1/s", rate,
              is_judged ? std::optional(rate_target) : std::nullopt);
}

fanout::Report deliver(const Server& server, std::size_t clients, std::size_t in_flight, std::size_t publications) {
    fanout::Options options;
    options.server = server.endpoint();
    options.server_pid = server.pid();
    options.clients = clients;
    options.in_flight = in_flight;
    options.publications = publications;
    fanout::Run run(options);
    auto report = run.execute();
    if (!report.flawless()) throw std::runtime_error("fan-out was not flawless: " + report.to_json(options));
    return report;
}

void compare_way(Bench& bench) {
    const std::size_t count = bench.scaled(500, 20);
    Rounds way;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) {
        const test::EtcdCluster etcd({.members = 1, .syncs = true});
        const double limit = run_raw(bench.options(), etcd.endpoint(0), {"--events", std::to_string(count)});
        const Server server(bench, "change to client", {.store = "etcd:" + etcd.endpoints()});
        way.add(deliver(server, 1, 1, count).last_subscriber.percentile(0.5), limit);
    }
    bench.add("change to client, etcd that syncs: p50, to put and event", "us", way, way_target);
}

}  // namespace

void compare_etcd(Bench& bench) {
    if (!has_etcd(bench.options())) return;
    compare_puts(bench, "PUT, etcd, 64 writers", {"--etcd-coalesce-writes", "on"}, true);
    compare_puts(bench, "PUT, etcd, 64 writers, a call each", {}, false);
    compare_way(bench);
}

void compare_processes(Bench& bench) {
    if (!has_etcd(bench.options())) return;
    const std::size_t clients = bench.scaled(2'000, 40);
    const std::size_t publications = bench.scaled(1'000, 20);
    double alone = 0;
    for (const std::size_t processes : {1U, 2U, 4U}) {
        const test::EtcdCluster etcd({.members = 1});
        // They share a port, and the kernel gives each its part of the connections; and all processors with the
        // generator.
        const Server first(
            bench, "processes",
            {.store = "etcd:" + etcd.endpoints(), .flags = {"--reuse-port"}, .cpus = bench.options().all_cpus()});
        std::vector<std::unique_ptr<Server>> others;
        while (others.size() + 1 < processes) others.push_back(std::make_unique<Server>(bench, first));
        const auto report = deliver(first, clients, 16, publications);
        const double rate = static_cast<double>(report.deliveries) / report.seconds;
        if (processes == 1) alone = rate;
        Rounds rates;
        rates.add(rate, alone);
        bench.add("fan-out of " + std::to_string(processes) + " processes on one etcd, to one", "1/s", rates,
                  std::nullopt);
    }
}

}  // namespace confcast::compare
