// Fan-out: one write that everybody gets, against a bare loop of writes; and what connections cost.
#include <string>

#include "fanout/run.hpp"
#include "program.hpp"

namespace confcast::compare {
namespace {

constexpr Target cpu_target{Sense::at_most, 1.12};
constexpr Target last_target{Sense::at_most, 1.15};
constexpr Target large_target{Sense::at_most, 1.15};
constexpr Target burst_target{Sense::at_most, 1.5};
constexpr Target handshake_target{Sense::at_most, 1.5};
constexpr Target idle_bytes_target{Sense::at_most, 2'000};
constexpr Target idle_cpu_target{Sense::at_most, 2};

struct Case {
    std::size_t clients;
    std::size_t payload;
    std::size_t in_flight;
    std::size_t publications;
    double slow = 0;
    std::size_t filters = 1;
};

fanout::Report measure(const Program& server, const Case& one, double idle) {
    fanout::Options options;
    options.server = server.endpoint();
    options.server_pid = server.pid();
    options.clients = one.clients;
    options.payload = one.payload;
    options.in_flight = one.in_flight;
    options.publications = one.publications;
    options.slow_percent = one.slow;
    options.filters = one.filters;
    options.keys = one.filters;
    options.idle = idle;
    fanout::Run run(options);
    fanout::Report report = run.execute();
    if (!report.flawless()) throw std::runtime_error("fan-out was not flawless: " + report.to_json(options));
    return report;
}

std::string size_of(std::size_t bytes) {
    return bytes < 1024 ? std::to_string(bytes) + " B" : std::to_string(bytes / 1024) + " KiB";
}

std::string name_of(const Case& one) {
    return "fan-out " + std::to_string(one.clients) + " x " + size_of(one.payload) +
           (one.in_flight > 1 ? ", " + std::to_string(one.in_flight) + " in flight" : "") +
           (one.slow > 0 ? ", 1 % slow" : "") +
           (one.filters > 1 ? ", " + std::to_string(one.filters) + " filters each" : "");
}

struct Measured {
    Rounds cpu;
    Rounds last;
    Rounds handshake;
    std::vector<double> idle_bytes;
    std::vector<double> idle_cpu;
    double slow_closed = 0;
};

Measured measure(Bench& bench, const Case& one, double idle) {
    Measured measured;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) {
        fanout::Report limit;
        {
            const Limit raw(bench.options(), "raw_fanout",
                            one.in_flight > 1 ? std::vector<std::string>{"--batched"} : std::vector<std::string>{});
            limit = measure(raw, one, 0);
        }
        const Server server(bench, name_of(one));
        const auto report = measure(server, one, idle);
        measured.cpu.add(*report.cpu_us_per_delivery, *limit.cpu_us_per_delivery);
        measured.last.add(report.last_subscriber.percentile(0.99), limit.last_subscriber.percentile(0.99));
        measured.handshake.add(*report.cpu_us_per_handshake, *limit.cpu_us_per_handshake);
        measured.idle_bytes.push_back(*report.bytes_per_connection);
        measured.idle_cpu.push_back(report.idle_cpu_us_per_client_second.value_or(0));
        measured.slow_closed += server.metric("confcast_push_closed_slow_total");
    }
    return measured;
}

}  // namespace

void compare_fanout(Bench& bench) {
    const std::size_t many = bench.scaled(10'000, 100);
    const std::size_t some = bench.scaled(1'000, 50);
    const std::size_t few = bench.scaled(100, 20);
    const std::size_t writes = bench.scaled(1, 0);  // a smoke run's publications are few, whoever listens
    const auto publications = [writes](std::size_t usual) { return writes == 0 ? 20 : usual; };

    const Case everybody{many, 256, 1, publications(150)};
    const auto all = measure(bench, everybody, bench.seconds(3));
    bench.add(name_of(everybody) + ": CPU", "us/delivery", all.cpu, cpu_target);
    bench.add(name_of(everybody) + ": last one's p99", "us", all.last, last_target);
    bench.add("handshake", "us", all.handshake, handshake_target);
    bench.add("idle WebSocket: memory", "bytes", median(all.idle_bytes), idle_bytes_target);
    bench.add("idle WebSocket: CPU in a second", "us", median(all.idle_cpu), idle_cpu_target);

    const Case burst{many, 256, 16, publications(480)};
    bench.add(name_of(burst) + ": CPU", "us/delivery", measure(bench, burst, 0).cpu, burst_target);

    struct Wanted {
        Case one;
        std::optional<Target> cpu;
        std::optional<Target> last;
    };
    const std::optional<Target> none;
    for (const auto& [one, cpu, last] : {Wanted{{some, 256, 1, publications(1'000)}, cpu_target, last_target},
                                         Wanted{{some, 1'024, 1, publications(1'000)}, cpu_target, none},
                                         Wanted{{some, 16'384, 1, publications(500)}, large_target, none},
                                         Wanted{{many, 16'384, 1, publications(60)}, large_target, none},
                                         Wanted{{few, 256, 1, publications(2'000)}, none, none},
                                         Wanted{{some, 256, 1, publications(500), 1}, none, none},
                                         Wanted{{some, 256, 1, publications(500), 0, 10}, none, none}}) {
        const auto measured = measure(bench, one, 0);
        bench.add(name_of(one) + ": CPU", "us/delivery", measured.cpu, cpu);
        if (last) bench.add(name_of(one) + ": last one's p99", "us", measured.last, last);
    }
}

}  // namespace confcast::compare
