// A restart under a crowd, and a storm of clients that come and go.
#include <stdexcept>
#include <string>
#include <thread>

#include "comeback/crowd.hpp"
#include "confcast/load/http.hpp"
#include "program.hpp"

namespace confcast::compare {
namespace {

using namespace std::chrono_literals;
using load::Clock;

constexpr std::size_t storm_waves = 5;

void put(const Server& server, std::string_view value) {
    const auto answer =
        load::HttpClient(server.endpoint()).put("/config/bench/x", value, {{"Content-Type", "text/plain"}});
    if (answer.status / 100 != 2) throw std::runtime_error("PUT: " + answer.body);
}

void restart_under(Bench& bench, std::size_t clients) {
    Server server(bench, "resume", {.flags = {"--drain-timeout", "3s"}});
    put(server, "before");
    comeback::Crowd crowd(server.endpoint(), clients);
    crowd.connect(60s);
    server.leave();
    const auto began = Clock::now();
    while (crowd.record().back.size() < clients && Clock::now() - began < 60s) {
        crowd.pump(10ms);
        if (server.has_ended()) {
            server.begin();
            put(server, "after");
        }
    }
    for (const auto end = Clock::now() + 500ms; Clock::now() < end;) crowd.pump(10ms);
    const auto& record = crowd.record();
    if (record.back.size() < clients || record.updates < clients)
        throw std::runtime_error("only " + std::to_string(record.back.size()) + " came back, and " +
                                 std::to_string(record.updates) + " heard what was written meanwhile");
    bench.add(std::to_string(clients) + " back after a restart: with a snapshot", "clients",
              static_cast<double>(record.snapshots), Target{Sense::at_most, 0});
    bench.add(std::to_string(clients) + " back after a restart: messages encoded for all", "messages",
              server.metric("confcast_push_encoded_total"), Target{Sense::at_most, 2});
}

void storm(Bench& bench, std::size_t clients) {
    const Server server(bench, "storm");
    put(server, "before");
    const auto wave = [&server](std::size_t size) {
        comeback::Crowd crowd(server.endpoint(), size);
        crowd.connect(60s);
    };
    const auto is_gone = [&server] { return server.metric("confcast_push_sessions") == 0; };
    const auto wait_gone = [&] {
        const auto deadline = Clock::now() + 30s;
        while (!is_gone() && Clock::now() < deadline) load::HttpClient(server.endpoint()).get("/livez");
        if (!is_gone()) throw std::runtime_error("sessions of clients that are gone are still there");
    };
    // One that comes and goes first: what a server makes once, at its first client, is no cost of each.
    wave(1);
    wait_gone();
    const auto before = server.stats().rss_bytes;
    for (std::size_t i = 0; i < storm_waves; ++i) wave(clients / storm_waves);
    wait_gone();
    // What is free goes back to the system a moment later.
    std::this_thread::sleep_for(2s);
    Rounds memory;
    memory.add(static_cast<double>(server.stats().rss_bytes) / (1U << 20U), static_cast<double>(before) / (1U << 20U));
    bench.add("memory after " + std::to_string(clients) + " clients have come and gone, to before", "MiB", memory,
              Target{Sense::at_most, 1.1});
}

}  // namespace

void compare_resume(Bench& bench) {
    const std::size_t clients = bench.scaled(10'000, 100);
    restart_under(bench, clients);
    storm(bench, clients);
}

}  // namespace confcast::compare
