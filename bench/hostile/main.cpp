// bench/hostile: drives the real server with honest clients and one attack at a time, and prints what the attack costs
// the honest. Exits 1 when their p99 grows more than threefold, or the server by more than 64 MiB.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <future>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "attacks.hpp"
#include "channel.hpp"
#include "confcast/load/process_stats.hpp"
#include "confcast/test/certificates.hpp"
#include "confcast/test/child_process.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "honest.hpp"

namespace confcast::hostile {
namespace {

using load::Clock;
constexpr double worst_ratio = 3;
constexpr double worst_growth_mib = 64;

struct Options {
    std::string server;
    std::vector<std::string> attacks;
    unsigned seconds = 10;
    unsigned rounds = 3;
    double scale = 1;
    bool verdict = true;
};

class Target {
  public:
    Target(const Options& options, bool tls) : tls_(tls), authority_(files_.path()) {
        endpoint_.port = load::free_port();
        std::vector<std::string> argv{
            options.server, "--listen", endpoint_.to_string(), "--store",
            "sqlite:" + (files_.path() / "store").string(), "--log-level", "error",
            // A bomb is a write, too, as long as it is packed: history is not what is asked for.
            "--journal-bytes", "4MiB"};
        if (tls) {
            const auto issued = authority_.issue("server");
            argv.insert(argv.end(), {"--tls-cert", issued.certificate, "--tls-key", issued.key});
        }
        process_.emplace(std::move(argv), files_.path() / "log");
        wait_ready();
    }

    const load::Endpoint& endpoint() const { return endpoint_; }
    double resident_mib() const {
        const auto stats = load::read_process(process_->pid());
        if (!stats) throw std::runtime_error("the server is gone:\n" + process_->output());
        return static_cast<double>(stats->rss_bytes) / (1U << 20U);
    }
    double cpu_seconds() const {
        const auto stats = load::read_process(process_->pid());
        return stats ? static_cast<double>(stats->cpu_ns) / 1e9 : 0;
    }
    std::map<std::string, double> metrics() const {
        std::map<std::string, double> found;
        std::istringstream lines(Channel(endpoint_, tls_).ask(load::http_request("GET", "/metrics")).body);
        for (std::string line; std::getline(lines, line);) {
            const auto space = line.rfind(' ');
            if (line.starts_with('#') || space == std::string::npos) continue;
            found[line.substr(0, space)] = std::strtod(line.c_str() + space, nullptr);
        }
        return found;
    }

  private:
    void wait_ready() {
        const auto deadline = Clock::now() + std::chrono::seconds{30};
        for (;;) {
            try {
                if (Channel(endpoint_, tls_).ask(load::http_request("GET", "/readyz")).status == 200) return;
            } catch (const std::runtime_error&) {  // not listening yet
            }
            if (process_->wait(std::chrono::milliseconds{20}) || Clock::now() > deadline)
                throw std::runtime_error("the server does not get ready:\n" + process_->output());
        }
    }

    bool tls_;
    test::TemporaryDirectory files_;
    test::Authority authority_;
    load::Endpoint endpoint_;
    std::optional<test::ChildProcess> process_;
};

/// Good handshakes at a fixed rate, each on a connection of its own.
std::size_t shake_hands(const load::Endpoint& server, unsigned rate, const std::atomic<bool>& stop) {
    std::size_t done = 0;
    for (auto due = Clock::now(); rate > 0 && !stop; due += std::chrono::microseconds{1'000'000 / rate}) {
        std::this_thread::sleep_until(due);
        try {
            const Channel channel(server, true, "127.0.0.3");
            ++done;
        } catch (const std::runtime_error&) {  // counted by not being counted
        }
    }
    return done;
}

double print_ratio(const char* what, const load::Latencies& before, const load::Latencies& under) {
    const double ratio = before.percentile(0.99) > 0 ? under.percentile(0.99) / before.percentile(0.99) : 0;
    std::printf("  %-10s p50 %8.0f -> %8.0f us   p99 %8.0f -> %8.0f us   x %.2f   (%zu, %zu)\n", what,
                before.percentile(0.5), under.percentile(0.5), before.percentile(0.99), under.percentile(0.99), ratio,
                before.size(), under.size());
    return ratio;
}

void print_changes(const std::map<std::string, double>& before, const std::map<std::string, double>& after) {
    for (const auto& [name, value] : after) {
        const bool wanted = name.starts_with("confcast_http_") || name.starts_with("confcast_limited") ||
                            name.starts_with("confcast_push_");
        const bool detail = name.find("bucket") != std::string::npos || name.find("_sum") != std::string::npos;
        const auto then = before.find(name);
        const double grown = value - (then == before.end() ? 0 : then->second);
        if (wanted && !detail && name.find("_total") != std::string::npos && grown > 0)
            std::printf("    %s +%.0f\n", name.c_str(), grown);
    }
}

/// What an attack did, in all its rounds.
struct Attacked {
    HonestFigures calm, under;
    Tally tally;
    std::size_t handshakes = 0;
    double cpu_seconds = 0, peak_mib = 0, took_seconds = 0;
};

void attack_once(const Options& options, const Plan& plan, const Target& target, Honest& honest, Attacked& all) {
    const double cpu_before = target.cpu_seconds();
    std::atomic<bool> stop = false;
    auto swarm = std::async(std::launch::async, [&] { return attack(target.endpoint(), plan, options.verdict, stop); });
    auto hands = std::async(std::launch::async, [&] { return shake_hands(target.endpoint(), plan.handshakes, stop); });
    const auto began = Clock::now();
    // A plan of so many requests goes on until they are done, for two minutes at most.
    const auto least = began + std::chrono::seconds{plan.most > 0 ? 0 : options.seconds};
    const auto longest = began + std::chrono::seconds{plan.most > 0 ? 120 : options.seconds};
    while (Clock::now() < longest) {
        all.peak_mib = std::max(all.peak_mib, target.resident_mib());
        const auto done = swarm.wait_for(std::chrono::milliseconds{100}) == std::future_status::ready;
        if (done && Clock::now() >= least) break;
    }
    all.took_seconds += std::chrono::duration<double>(Clock::now() - began).count();
    all.under.add(honest.take());
    all.cpu_seconds += target.cpu_seconds() - cpu_before;
    stop = true;
    all.tally.add(swarm.get());
    all.handshakes += hands.get();
}

/// Whether the attack cost no more than it may. Calm and attack take turns, so that what else the machine does meets
/// both.
bool run(const Options& options, const Plan& plan) {
    const Target target(options, plan.tls);
    Honest honest(target.endpoint(), plan.tls, {});
    const auto metrics_before = target.metrics();
    Attacked all;
    double rss_before = 0;
    for (unsigned round = 0; round < options.rounds; ++round) {
        std::this_thread::sleep_for(std::chrono::seconds{1});
        std::ranges::copy(honest.take().failures,
                          std::back_inserter(all.under.failures));  // and no figures: it settles
        std::this_thread::sleep_for(std::chrono::seconds{options.seconds});
        all.calm.add(honest.take());
        if (round == 0) rss_before = target.resident_mib();
        attack_once(options, plan, target, honest, all);
    }
    std::this_thread::sleep_for(std::chrono::seconds{1});
    const double rss_after = target.resident_mib();

    std::printf("%s: %u rounds, %zu connections made, %zu at once, %zu failed, %zu ended by the server, in %.1f s\n",
                plan.name.c_str(), options.rounds, all.tally.made, all.tally.most_open, all.tally.failed,
                all.tally.ended, all.took_seconds);
    if (plan.handshakes > 0) std::printf("  %zu good handshakes beside them\n", all.handshakes);
    double worst = print_ratio("GET", all.calm.gets, all.under.gets);
    worst = std::max(worst, print_ratio("PUT", all.calm.puts, all.under.puts));
    worst = std::max(worst, print_ratio("delivery", all.calm.deliveries, all.under.deliveries));
    std::printf("  memory     %.1f MiB before, %.1f peak, %.1f after   server's CPU %.1f s\n", rss_before, all.peak_mib,
                rss_after, all.cpu_seconds);
    std::printf("  answers   ");
    for (const auto& [what, count] : all.tally.answers) std::printf(" %s: %zu ", what.c_str(), count);
    std::printf("\n");
    print_changes(metrics_before, target.metrics());
    for (const auto& failure : all.calm.failures) std::printf("  FAILED in the calm: %s\n", failure.c_str());
    for (const auto& failure : all.under.failures) std::printf("  FAILED %s\n", failure.c_str());
    const double grown = all.peak_mib - rss_before;
    const bool good = worst <= worst_ratio && grown <= worst_growth_mib && all.under.failures.empty() &&
                      all.calm.failures.empty() && !all.tally.answers.contains("COMPRESSION NEGOTIATED");
    std::printf("  %s: p99 x %.2f (at most %.0f), memory +%.1f MiB (at most %.0f)\n\n", good ? "held" : "NOT HELD",
                worst, worst_ratio, grown, worst_growth_mib);
    std::fflush(stdout);
    return good;
}

int run(int argc, char** argv) {
    Options options;
    CLI::App app{"Attacks a server of its own and says what that costs honest clients", "hostile"};
    app.add_option("--server", options.server, "the confcastd to run")->required()->check(CLI::ExistingFile);
    app.add_option("--attack", options.attacks, "slowloris, flood, garbage, bomb, tls (default: all)");
    app.add_option("--seconds", options.seconds, "how long each part is measured")->capture_default_str();
    app.add_option("--rounds", options.rounds, "calm, then attack, so many times")->capture_default_str();
    app.add_option("--scale", options.scale, "of the attacks' size; 1 is the real thing")->capture_default_str();
    app.add_flag("!--no-verdict", options.verdict, "exit 0 whatever the figures are");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    load::raise_descriptor_limit();
    bool good = true;
    std::size_t ran = 0;
    for (const Plan& plan : plans(options.scale)) {
        if (!options.attacks.empty() && std::ranges::find(options.attacks, plan.name) == options.attacks.end())
            continue;
        good = run(options, plan) && good;
        ++ran;
    }
    if (ran == 0) {
        std::fprintf(stderr, "hostile: no such attack\n");
        return 2;
    }
    return good || !options.verdict ? 0 : 1;
}

}  // namespace
}  // namespace confcast::hostile

int main(int argc, char** argv) {
    try {
        return confcast::hostile::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hostile: %s\n", error.what());
        return 1;
    }
}
