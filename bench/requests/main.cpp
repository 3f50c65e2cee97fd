// bench/requests: GET or PUT on kept connections, JSON with what each cost the server.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "requests.hpp"

namespace {

int run(int argc, char** argv) {
    confcast::requests::Options options;
    std::string server = options.server.to_string();
    std::string prefix = "bench/requests/";
    std::size_t keys = 1;
    std::size_t value = 256;
    bool puts = false;
    CLI::App app{"GET or PUT settings on kept connections, prints JSON", "requests"};
    app.add_option("--server", server, "address of the server, HOST:PORT")->capture_default_str();
    app.add_option("--pid", options.server_pid, "the server's process id: measures its CPU");
    app.add_option("--connections", options.connections, "each has one request under way")->capture_default_str();
    app.add_option("--seconds", options.seconds, "how long")->capture_default_str();
    app.add_option("--keys", keys, "of so many settings, at random")->capture_default_str();
    app.add_option("--prefix", prefix, "what their keys begin with")->capture_default_str();
    app.add_option("--value", value, "bytes of a value")->capture_default_str();
    app.add_flag("--put", puts, "write them; without it they are written once and then read");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const auto endpoint = confcast::load::Endpoint::parse(server);
    if (!endpoint || keys == 0 || options.connections == 0) {
        std::fprintf(stderr, "requests: --server wants HOST:PORT, --keys and --connections at least 1\n");
        return 2;
    }
    options.server = *endpoint;
    if (puts) {
        options.choices = confcast::requests::puts(prefix, keys, value);
    } else {
        confcast::requests::fill(options.server, prefix, keys, value);
        options.choices = confcast::requests::gets(prefix, keys);
    }
    const auto report = confcast::requests::run(options);
    std::fputs(report.to_json(options).c_str(), stdout);
    return report.failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "requests: %s\n", error.what());
        return 1;
    }
}
