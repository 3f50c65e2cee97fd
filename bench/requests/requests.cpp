#include "requests.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <random>
#include <stdexcept>

#include "confcast/load/http.hpp"
#include "confcast/load/poller.hpp"
#include "confcast/load/process_stats.hpp"

namespace confcast::requests {
namespace {

using load::Clock;
using namespace std::chrono_literals;

Clock::duration duration_of(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

struct Answer {
    std::size_t size = 0;  // 0 = it is not all there
    bool good = false;
};

Answer answer_in(std::string_view bytes) {
    constexpr std::string_view length = "\r\nContent-Length: ";
    constexpr std::string_view status_at = "HTTP/1.1 ";
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return {};
    std::size_t body = 0;
    if (const auto at = bytes.substr(0, end).find(length); at != std::string_view::npos)
        std::from_chars(bytes.data() + at + length.size(), bytes.data() + end, body);
    const std::size_t size = end + 4 + body;
    if (bytes.size() < size) return {};
    return {size, bytes.starts_with(status_at) && bytes[status_at.size()] == '2'};
}

class Crowd {
  public:
    explicit Crowd(const Options& options) : options_(options), connections_(options.connections) {
        if (options.choices.empty()) throw std::runtime_error("there is nothing to request");
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            connections_[i].socket = load::Socket::connect(options.server);
            poller_.add(connections_[i].socket.fd(), i, EPOLLIN);
        }
    }

    Report run() {
        for (Connection& connection : connections_) ask(connection);
        pump_until(Clock::now() + duration_of(options_.warmup));
        const auto before = server();
        report_ = {};
        measuring_ = true;
        const auto began = Clock::now();
        pump_until(began + duration_of(options_.seconds));
        report_.seconds = std::chrono::duration<double>(Clock::now() - began).count();
        const auto after = server();
        report_.per_second = static_cast<double>(report_.requests) / report_.seconds;
        if (before && after && report_.requests > 0)
            report_.cpu_us_per_request =
                static_cast<double>(after->cpu_ns - before->cpu_ns) / 1000.0 / static_cast<double>(report_.requests);
        return std::move(report_);
    }

  private:
    struct Connection {
        load::Socket socket;
        std::string rest;  // of an answer that did not come in one piece
        Clock::time_point asked;
    };

    void ask(Connection& connection) {
        const std::string& request = options_.choices[dice_() % options_.choices.size()];
        connection.asked = Clock::now();
        connection.socket.write_all(request, connection.asked + 10s);
    }

    void pump_until(Clock::time_point end) {
        while (Clock::now() < end)
            for (const auto& event : poller_.wait(100)) on_readable(connections_[event.data.u64]);
    }

    void on_readable(Connection& connection) {
        const auto n = connection.socket.read_some(buffer_);
        if (!n) return;
        if (*n == 0) throw std::runtime_error("the server ended a connection");
        std::string_view bytes(buffer_.data(), *n);
        if (!connection.rest.empty()) bytes = connection.rest.append(bytes);
        const Answer answer = answer_in(bytes);
        if (answer.size == 0) {
            if (connection.rest.empty()) connection.rest = bytes;
            return;
        }
        connection.rest.clear();
        if (measuring_) {
            ++report_.requests;
            if (!answer.good) ++report_.failures;
            report_.answer_bytes = answer.size;
            report_.latencies.add(Clock::now() - connection.asked);
        }
        ask(connection);
    }

    std::optional<load::ProcessStats> server() const {
        return options_.server_pid > 0 ? load::read_process(options_.server_pid) : std::nullopt;
    }

    const Options& options_;
    load::Poller poller_;
    std::vector<Connection> connections_;
    std::array<char, 64U << 10U> buffer_;
    std::minstd_rand dice_{20261};
    Report report_;
    bool measuring_ = false;
};

}  // namespace

Report run(const Options& options) { return Crowd(options).run(); }

void fill(const load::Endpoint& server, std::string_view prefix, std::size_t count, std::size_t bytes) {
    constexpr std::size_t at_once = 64;  // of one transaction (docs/configuration.md, max_operations)
    load::HttpClient client(server);
    const std::string value(bytes, 'x');
    for (std::size_t next = 0; next < count;) {
        std::string body = R"({"put":[)";
        for (std::size_t i = 0; i < at_once && next < count; ++i, ++next) {
            if (i > 0) body += ',';
            body += R"({"key":")" + std::string(prefix) + std::to_string(next) + R"(","value":")" + value + R"("})";
        }
        const auto answer =
            client.request("POST", "/api/v1/txn", {{"Content-Type", "application/json"}}, body.append("]}"));
        if (answer.status / 100 != 2) throw std::runtime_error("a transaction was refused: " + answer.body);
    }
}

std::vector<std::string> gets(std::string_view prefix, std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(load::http_request("GET", "/config/" + std::string(prefix) + std::to_string(i)));
    return all;
}

std::vector<std::string> puts(std::string_view prefix, std::size_t count, std::size_t bytes) {
    std::vector<std::string> all;
    const std::string value(bytes, 'x');
    for (std::size_t i = 0; i < count; ++i)
        all.push_back(load::http_request("PUT", "/config/" + std::string(prefix) + std::to_string(i),
                                         {{"Content-Type", "text/plain"}}, value));
    return all;
}

std::string Report::to_json(const Options& options) const {
    std::array<char, 512> text;
    const int size = std::snprintf(
        text.data(), text.size(),
        "{\"connections\": %zu, \"seconds\": %.2f, \"requests\": %llu, \"failures\": %llu, \"per_second\": %.0f, "
        "\"p50_us\": %.0f, \"p99_us\": %.0f, \"answer_bytes\": %zu, \"server_cpu_us_per_request\": %.2f}\n",
        options.connections, seconds, static_cast<unsigned long long>(requests),
        static_cast<unsigned long long>(failures), per_second, latencies.percentile(0.5), latencies.percentile(0.99),
        answer_bytes, cpu_us_per_request.value_or(0));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace confcast::requests
