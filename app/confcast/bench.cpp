#include <boost/json.hpp>
#include <cmath>
#include <ostream>

#include "bench_requests.hpp"
#include "command.hpp"
#include "confcast/load/socket.hpp"
#include "fanout/run.hpp"
#include "words.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;
using std::chrono::nanoseconds;

std::string shown(nanoseconds time) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    return us < 1000 ? std::to_string(us) + " us" : std::to_string(us / 1000) + " ms";
}

std::string rounded(double number) { return std::to_string(std::llround(number)); }

/// Each row twice as wide as the one before.
void print_histogram(const Output& out, const load::Latencies& latencies) {
    constexpr std::size_t width = 40;
    std::size_t most = 1;
    std::vector<std::pair<nanoseconds, std::size_t>> rows;
    std::size_t seen = 0;
    for (nanoseconds from{0}, to{16'000}; seen < latencies.size(); from = std::exchange(to, 2 * to)) {
        const std::size_t count = latencies.between(from, to);
        seen += count;
        if (count > 0 || !rows.empty()) rows.emplace_back(to, count);
        most = std::max(most, count);
    }
    for (const auto& [to, count] : rows) {
        const std::string label = "< " + shown(to);
        out.stream() << std::string(10 - std::min<std::size_t>(10, label.size()), ' ') << label << "  "
                     << out.green(std::string((width * count + most - 1) / most, '#')) << ' ' << count << '\n';
    }
}

class Bench final : public Command {
  public:
    CommandText text() const override {
        return {
            "bench", "Load a server and show how fast it answers",
            "push: WebSocket subscribers who all get each write; every delivery is checked. get and put: requests, so "
            "many at once. Settings below \"bench/\" are written and left there.",
            "confcast bench push --clients 1000 --seconds 10\n"
            "confcast bench get --in-flight 64 -o json\n"
            "confcast bench put --seconds 5 --payload 1024"};
    }
    void define(CLI::App& app) override {
        app.add_option("WHAT", what_, "push, get or put")->required();
        app.add_option("--seconds", seconds_, "For how long (5)")->type_name("N");
        app.add_option("--in-flight", in_flight_, "Requests, or publications, under way at once (push 1, else 16)")
            ->type_name("N");
        app.add_option("--payload", payload_, "Bytes of each value (256)")->type_name("N");
        app.add_option("--clients", clients_, "push: subscribers (100)")->type_name("N");
    }
    Exit run(Shell& shell) override {
        if (what_ != "push" && what_ != "get" && what_ != "put")
            throw usage_error("there is no bench of \"" + what_ + "\": push, get or put");
        if (seconds_ <= 0 || payload_ < 24 || payload_ > (1U << 20U) || clients_ == 0)
            throw usage_error("--seconds is above 0, --payload from 24 to 1048576, --clients at least 1");
        return what_ == "push" ? push(shell) : requests(shell);
    }

  private:
    void show_progress(Shell& shell, std::size_t done, std::string_view what) {
        const auto now = std::chrono::steady_clock::now();
        if (!shell.error().colours() || now - shown_ < std::chrono::milliseconds{200}) return;
        shown_ = now;
        shell.error().stream() << '\r' << done << ' ' << what << std::flush;
    }
    static void end_progress(Shell& shell) {
        if (shell.error().colours()) shell.error().stream() << "\r\x1b[K" << std::flush;
    }

    Exit requests(Shell& shell) {
        RequestLoad load;
        load.writes = what_ == "put";
        if (in_flight_ > 0) load.in_flight = in_flight_;
        load.duration = std::chrono::milliseconds(std::llround(1000 * seconds_));
        load.payload = payload_;
        load.prefix = "bench/" + what_ + '/';
        load.on_progress = [&](std::size_t done) { show_progress(shell, done, "requests"); };
        const RequestFigures figures = run_requests(shell, load);
        end_progress(shell);
        const auto count = static_cast<double>(figures.latencies.size());
        const json::object document{{"bench", what_},
                                    {"in_flight", load.in_flight},
                                    {"payload_bytes", load.payload},
                                    {"requests", figures.latencies.size()},
                                    {"failures", figures.failures},
                                    {"requests_per_second", std::round(count / figures.seconds)},
                                    {"p50_us", figures.latencies.percentile(0.5)},
                                    {"p99_us", figures.latencies.percentile(0.99)},
                                    {"max_us", figures.latencies.percentile(1)}};
        report(shell, document, figures.latencies,
               rounded(count / figures.seconds) + " requests a second, " + std::to_string(load.in_flight) + " at once");
        if (figures.failures > 0)
            throw Stop{Exit::failed, std::to_string(figures.failures) + " failed: " + figures.first_failure};
        return Exit::ok;
    }

    Exit push(Shell& shell) {
        fanout::Options options;
        std::string server = shell.settings().servers.front();
        if (server.starts_with("http://")) server.erase(0, 7);
        const auto endpoint = load::Endpoint::parse(server);
        if (!endpoint) throw usage_error("bench push wants a server as HOST:PORT, not " + server);
        if (clients_ + 128 > load::raise_descriptor_limit())
            throw usage_error(std::to_string(clients_) + " clients need more file descriptors than are allowed");
        options.server = *endpoint;
        options.clients = clients_;
        options.seconds = seconds_;
        options.payload = payload_;
        if (in_flight_ > 0) options.in_flight = in_flight_;
        options.on_progress = [&](std::size_t done) { show_progress(shell, done, "publications"); };
        shell.ask("GET", "/version");  // a server that is not there is found out by who says so best
        fanout::Run run(options);
        const fanout::Report result = run.execute();
        end_progress(shell);
        const json::object document = json::parse(result.to_json(options)).as_object();
        report(shell, document, result.last_subscriber,
               rounded(static_cast<double>(result.deliveries) / std::max(result.seconds, 1e-9)) +
                   " deliveries a second to " + std::to_string(result.clients) + " clients; lost " +
                   std::to_string(result.verdict.lost) + ", repeated " + std::to_string(result.verdict.repeated) +
                   ", reordered " + std::to_string(result.verdict.reordered));
        if (!result.flawless()) throw Stop{Exit::failed, "not every delivery was right " + result.first_error};
        return Exit::ok;
    }

    static void report(Shell& shell, const json::object& document, const load::Latencies& latencies,
                       const std::string& sentence) {
        if (shell.wants_document()) {
            shell.out().document(document, shell.format(Format::json));
            return;
        }
        shell.out().stream() << sentence << "\n50 % within " << rounded(latencies.percentile(0.5))
                             << " us, 99 % within " << rounded(latencies.percentile(0.99)) << " us\n";
        print_histogram(shell.out(), latencies);
    }

    std::string what_;
    double seconds_ = 5;
    std::size_t in_flight_ = 0;
    std::size_t payload_ = 256;
    std::size_t clients_ = 100;
    std::chrono::steady_clock::time_point shown_;
};

}  // namespace

std::unique_ptr<Command> make_bench() { return std::make_unique<Bench>(); }

}  // namespace confcast::cli
