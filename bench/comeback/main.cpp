// bench/comeback: a server with N WebSocket clients is restarted; when each was told to leave and when it was back, as
// a histogram and JSON, and whether all resumed and got what was written meanwhile.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "crowd.hpp"

namespace confcast::comeback {
namespace {

using namespace std::chrono_literals;

struct Options {
    std::string binary = "build/release/bin/confcastd";
    std::size_t clients = 10'000;
    std::string drain_timeout = "10s";
    bool verify = false;
};

class Restart {
  public:
    explicit Restart(const Options& options) : options_(options) { endpoint_.port = load::free_port(); }

    bool run() {
        start();
        put("before");
        Crowd crowd(endpoint_, options_.clients);
        crowd.connect(60s);

        const auto began = Clock::now();
        server_->signal(SIGTERM);
        std::optional<Clock::duration> down;
        while (crowd.record().back.size() < options_.clients && Clock::now() - began < 60s) {
            crowd.pump(10ms);
            if (!down && server_->wait(0ms)) {
                down = Clock::now() - began;
                start();
                put("after");
            }
        }
        // What was written while they were away comes right behind the welcome.
        for (const auto end = Clock::now() + 500ms; Clock::now() < end;) crowd.pump(10ms);
        return report(crowd.record(), began, down.value_or(60s));
    }

  private:
    static double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

    void start() {
        server_.emplace(std::vector<std::string>{options_.binary, "--listen", endpoint_.to_string(), "--store",
                                                 "sqlite:" + (directory_.path() / "data").string(), "--drain-timeout",
                                                 options_.drain_timeout, "--log-level", "warning"},
                        directory_.path() / "log");
        for (const auto deadline = Clock::now() + 30s; Clock::now() < deadline;) {
            try {
                if (load::HttpClient(endpoint_).get("/readyz").status == 200) return;
            } catch (const std::runtime_error&) {  // not listening yet
            }
            if (server_->wait(10ms)) break;
        }
        throw std::runtime_error("confcastd does not get ready:\n" + server_->output());
    }
    void put(std::string_view value) {
        const auto answer = load::HttpClient(endpoint_).put("/config/bench/x", value, {{"Content-Type", "text/plain"}});
        if (answer.status / 100 != 2) throw std::runtime_error("PUT: " + answer.body);
    }

    bool report(const Record& record, Clock::time_point began, Clock::duration down) const {
        constexpr auto step = 250ms;
        std::vector<std::size_t> told;
        std::vector<std::size_t> back;
        const auto count = [&](std::vector<std::size_t>& bars, Clock::time_point when) {
            const auto bar = static_cast<std::size_t>((when - began) / step);
            if (bars.size() <= bar) bars.resize(bar + 1);
            ++bars[bar];
        };
        for (const auto when : record.told) count(told, when);
        for (const auto when : record.back) count(back, when);
        const auto bars = std::max(told.size(), back.size());
        told.resize(bars);
        back.resize(bars);
        std::size_t most = 0;
        for (const auto bar : back) most = std::max(most, bar);
        const auto scale = std::max<std::size_t>(most / 50, 1);
        std::fprintf(stderr, "%8s %7s %7s\n", "second", "told", "back");
        for (std::size_t i = 0; i < bars; ++i)
            std::fprintf(stderr, "%8.2f %7zu %7zu %s\n", static_cast<double>(i) * seconds(step), told[i], back[i],
                         std::string(back[i] / scale, '#').c_str());
        const bool good = record.back.size() == options_.clients && record.snapshots == 0 && record.dropped == 0 &&
                          record.updates == options_.clients;
        std::printf(
            "{\"clients\": %zu, \"told\": %zu, \"back\": %zu, \"resumed_with_a_snapshot\": %zu, \"dropped\": %zu, "
            "\"updates\": %zu, \"attempts_refused\": %zu, \"server_left_after_s\": %.2f, \"most_back_per_250_ms\": "
            "%zu, \"good\": %s}\n",
            options_.clients, record.told.size(), record.back.size(), record.snapshots, record.dropped, record.updates,
            record.refused, seconds(down), most, good ? "true" : "false");
        return good;
    }

    const Options& options_;
    test::TemporaryDirectory directory_;
    load::Endpoint endpoint_;
    std::optional<test::ChildProcess> server_;
};

int run(int argc, char** argv) {
    Options options;
    CLI::App app{"Restarts a server under a crowd and prints when each client left and came back", "comeback"};
    app.add_option("--server", options.binary, "the confcastd to start, a path")->capture_default_str();
    app.add_option("--clients", options.clients, "WebSocket clients")->capture_default_str();
    app.add_option("--drain-timeout", options.drain_timeout, "the server's")->capture_default_str();
    app.add_flag("--verify", options.verify, "exit 1 when one did not come back, did not resume or missed the change");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (const auto most = load::raise_descriptor_limit(); options.clients == 0 || options.clients + 64 > most) {
        std::fprintf(stderr, "comeback: --clients must be from 1 to %zu, the descriptors that are allowed less 64\n",
                     most - 64);
        return 2;
    }
    return Restart(options).run() || !options.verify ? 0 : 1;
}

}  // namespace
}  // namespace confcast::comeback

int main(int argc, char** argv) {
    try {
        return confcast::comeback::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "comeback: %s\n", error.what());
        return 1;
    }
}
