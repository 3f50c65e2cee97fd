// bench/fanout: N WebSocket subscribers, publications over REST, JSON with what it cost and whether anything was lost.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "run.hpp"

namespace {

using confcast::fanout::Options;

void declare(CLI::App& app, Options& options, std::string& server) {
    app.add_option("--server", server, "address of the server, HOST:PORT")->capture_default_str();
    app.add_option("--pid", options.server_pid, "the server's process id: measures its CPU and memory");
    app.add_option("--clients", options.clients, "WebSocket subscribers")->capture_default_str();
    app.add_option("--connecting", options.connecting, "handshakes under way at once")->capture_default_str();
    app.add_option("--publications", options.publications, "how many to publish (default: 1000, without --seconds)");
    app.add_option("--seconds", options.seconds, "publish for so long instead");
    app.add_option("--warmup", options.warmup, "publications before the measured ones")->capture_default_str();
    app.add_option("--in-flight", options.in_flight, "closed loop: publications under way at once")
        ->capture_default_str();
    app.add_option("--rate", options.rate, "publications per second instead of a closed loop");
    app.add_option("--payload", options.payload, "bytes of each value")->capture_default_str();
    app.add_option("--keys", options.keys, "keys that are written in turn")->capture_default_str();
    app.add_option("--filters", options.filters, "filters of each subscriber: all see everything, by one or by several")
        ->capture_default_str();
    app.add_option("--slow", options.slow_percent, "percent of the subscribers that stop reading again and again");
    app.add_option("--slow-pause", options.slow_pause, "seconds that they stop for")->capture_default_str();
    app.add_option("--slow-bytes", options.slow_bytes, "bytes that they read in between (default: what is there)");
    app.add_option("--idle", options.idle, "seconds of silence first, to measure what silence costs");
    app.add_option("--patience", options.patience, "seconds without a delivery after which the rest is lost")
        ->capture_default_str();
    app.add_option("--path", options.path, "the WebSocket endpoint")->capture_default_str();
    app.add_flag("--verify", options.verify, "exit 1 when anything was lost, repeated, reordered or failed");
}

std::string problem_with(const Options& options, std::size_t descriptors) {
    if (options.clients == 0 || options.connecting == 0 || options.in_flight == 0 || options.keys == 0)
        return "--clients, --connecting, --in-flight and --keys must be at least 1";
    if (options.payload < 24) return "--payload must be at least 24: it carries the publication's number";
    if (options.slow_percent < 0 || options.slow_percent >= 100) return "--slow must be from 0 to below 100";
    if (options.clients + options.in_flight + 128 > descriptors)
        return std::to_string(options.clients) + " clients need more descriptors than the " +
               std::to_string(descriptors) + " that are allowed: raise `ulimit -n`";
    return {};
}

int run(int argc, char** argv) {
    Options options;
    std::string server = options.server.to_string();
    CLI::App app{"Opens WebSocket subscribers, publishes over REST, prints JSON", "fanout"};
    declare(app, options, server);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const auto endpoint = confcast::load::Endpoint::parse(server);
    auto problem = endpoint ? problem_with(options, confcast::load::raise_descriptor_limit())
                            : "--server wants HOST:PORT, not '" + server + "'";
    if (!problem.empty()) {
        std::fprintf(stderr, "fanout: %s\n", problem.c_str());
        return 2;
    }
    options.server = *endpoint;
    if (options.publications == 0 && options.seconds <= 0) options.publications = 1'000;

    confcast::fanout::Run one(options);
    const auto report = one.execute();
    std::fputs(report.to_json(options).c_str(), stdout);
    return options.verify && !report.flawless() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "fanout: %s\n", error.what());
        return 1;
    }
}
