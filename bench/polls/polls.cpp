// bench/polls: N long polls wait, then one write wakes them all; JSON with what a wait costs the server. A connection
// that has asked once and is silent is measured first, so that the wait's own part can be told.
#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "confcast/load/http.hpp"
#include "confcast/load/process_stats.hpp"

namespace confcast::load {
namespace {

struct Options {
    Endpoint server;
    pid_t pid = 0;
    std::size_t polls = 10'000;
    bool verify = false;
};

constexpr std::string_view target = "/config/bench/poll";
constexpr std::chrono::seconds patience{30};

ProcessStats read_or_fail(pid_t pid) {
    const auto stats = read_process(pid);
    if (!stats) throw std::runtime_error("there is no process " + std::to_string(pid));
    return *stats;
}

class Bench {
  public:
    explicit Bench(Options options) : options_(std::move(options)), http_(options_.server) {}

    /// False when a poll was not answered with the value that woke it.
    bool run() {
        put("before");
        const auto empty = read_or_fail(options_.pid);
        connect();
        const auto idle = read_or_fail(options_.pid);
        const std::string since(http_.get(target).header("X-Confcast-Revision"));
        const auto held_from = Clock::now();
        hold(since);
        const auto held = read_or_fail(options_.pid);
        const std::chrono::duration<double> hold_time = Clock::now() - held_from;

        const auto written = Clock::now();
        put("after");
        std::size_t right = 0;
        for (Socket& socket : sockets_) right += answer(socket).find("\"after\"") != std::string::npos ? 1U : 0U;
        const std::chrono::duration<double, std::milli> wake_time = Clock::now() - written;
        const auto woken = read_or_fail(options_.pid);

        const auto each = static_cast<double>(options_.polls);
        const auto grown = [each](const ProcessStats& from, const ProcessStats& to) {
            return (static_cast<double>(to.rss_bytes) - static_cast<double>(from.rss_bytes)) / each;
        };
        const auto cpu_us = [each](const ProcessStats& from, const ProcessStats& to) {
            return static_cast<double>(to.cpu_ns - from.cpu_ns) / 1'000.0 / each;
        };
        std::printf(
            "{\"polls\": %zu, \"answered\": %zu, \"server_bytes_per_idle_connection\": %.0f, "
            "\"server_bytes_per_waiting_poll\": %.0f, \"server_cpu_us_to_hold\": %.1f, \"server_cpu_us_to_wake\": "
            "%.1f, "
            "\"hold_seconds\": %.2f, \"last_woken_ms\": %.1f}\n",
            options_.polls, right, grown(empty, idle), grown(empty, held), cpu_us(idle, held), cpu_us(held, woken),
            hold_time.count(), wake_time.count());
        return right == options_.polls;
    }

  private:
    void put(std::string_view value) {
        const auto answer = http_.put(target, value, {{"Content-Type", "text/plain"}});
        if (answer.status / 100 != 2) throw std::runtime_error("PUT: " + answer.body);
    }
    void connect() {
        for (std::size_t i = 0; i < options_.polls; ++i) {
            sockets_.push_back(Socket::connect(options_.server));
            send(sockets_.back(), "/livez");
            answer(sockets_.back());
        }
    }
    /// Returns when the server says that all of them wait.
    void hold(const std::string& since) {
        for (Socket& socket : sockets_) send(socket, std::string(target) + "?wait=60s&since=" + since);
        const auto line = "confcast_push_polls " + std::to_string(options_.polls) + "\n";
        const auto deadline = Clock::now() + patience;
        while (http_.get("/metrics").body.find(line) == std::string::npos)
            if (Clock::now() > deadline) throw std::runtime_error("not all polls are held");
    }
    static void send(Socket& socket, std::string_view what) {
        socket.write_all(http_request("GET", what), Clock::now() + patience);
    }
    static std::string answer(Socket& socket) {
        ResponseReader reader;
        std::array<char, 4'096> bytes;
        const auto deadline = Clock::now() + patience;
        for (;;) {
            const auto n = socket.read_some(bytes);
            if (n == 0U) throw std::runtime_error("the server has closed a connection");
            if (n) reader.feed({bytes.data(), *n});
            if (const auto response = reader.next()) return response->body;
            if (!n && !socket.wait_readable(deadline)) throw std::runtime_error("no answer in time");
        }
    }

    Options options_;
    HttpClient http_;
    std::vector<Socket> sockets_;
};

int run(int argc, char** argv) {
    Options options;
    std::string server = options.server.to_string();
    CLI::App app{"Lets long polls wait and wakes them all, prints JSON", "polls"};
    app.add_option("--server", server, "address of the server, HOST:PORT")->capture_default_str();
    app.add_option("--pid", options.pid, "the server's process id")->required();
    app.add_option("--polls", options.polls, "long polls that wait at once")->capture_default_str();
    app.add_flag("--verify", options.verify, "exit 1 when one was not woken with the new value");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    const auto endpoint = Endpoint::parse(server);
    if (!endpoint || options.polls == 0) {
        std::fprintf(stderr, "polls: --server wants HOST:PORT, --polls at least 1\n");
        return 2;
    }
    options.server = *endpoint;
    if (const auto most = raise_descriptor_limit(); options.polls + 64 > most) {
        std::fprintf(stderr, "polls: --polls needs more descriptors than the %zu that are allowed\n", most);
        return 2;
    }
    const bool verify = options.verify;
    return Bench(std::move(options)).run() || !verify ? 0 : 1;
}

}  // namespace
}  // namespace confcast::load

int main(int argc, char** argv) {
    try {
        return confcast::load::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "polls: %s\n", error.what());
        return 1;
    }
}
