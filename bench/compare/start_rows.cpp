// A store of 100,000 keys: how soon it serves, what a key costs, and whether lists and joining crowds hold the loop.
#include <stdexcept>
#include <string>

#include "confcast/load/http.hpp"
#include "confcast/load/poller.hpp"
#include "confcast/test/etcd_cluster.hpp"
#include "fanout/swarm.hpp"
#include "program.hpp"
#include "requests/requests.hpp"

namespace confcast::compare {
namespace {

using load::Clock;

constexpr Target start_target{Sense::at_most, 2};
constexpr std::size_t value_bytes = 64;
constexpr const char* prefix = "bench/start/";

double restart_seconds(Server& server) {
    server.end();
    const auto began = Clock::now();
    server.begin();
    return std::chrono::duration<double>(Clock::now() - began).count();
}

std::size_t list_all(const Server& server) {
    load::HttpClient client(server.endpoint());
    constexpr std::string_view name = R"("next_cursor":")";
    std::string cursor;
    std::size_t pages = 0;
    do {
        const auto answer = client.get("/api/v1/config?prefix=bench/&limit=1000" + cursor);
        if (answer.status != 200) throw std::runtime_error("a list was refused: " + answer.body);
        ++pages;
        const auto at = answer.body.rfind(name);
        cursor.clear();
        if (at != std::string::npos)
            cursor = "&cursor=" +
                     answer.body.substr(at + name.size(), answer.body.find('"', at + name.size()) - at - name.size());
    } while (!cursor.empty());
    return pages;
}

/// Counts subscribers that have all pages of their snapshot.
class Joining final : public fanout::SwarmEvents {
  public:
    void on_welcome(std::size_t, std::uint64_t) override {}
    void on_message(std::size_t, load::PushMessage message) override {
        if (message.type == "snapshot" && message.seq_id != 0) ++complete;
    }
    void on_end(std::size_t, std::string_view why) override { throw std::runtime_error(std::string(why)); }
    std::size_t complete = 0;
};

double join_seconds(const Server& server, std::size_t clients) {
    fanout::Options options;
    options.server = server.endpoint();
    options.clients = clients;
    options.connecting = clients;
    load::Poller poller;
    Joining joining;
    fanout::Swarm swarm(options, "/ws?prefix=" + std::string(prefix), poller, joining);
    const auto began = Clock::now();
    while (joining.complete < clients) {
        swarm.connect_some();
        for (const auto& event : poller.wait(100)) swarm.on_event(event.data.u64, event.events);
        if (Clock::now() - began > std::chrono::minutes{3}) throw std::runtime_error("snapshots take too long");
    }
    return std::chrono::duration<double>(Clock::now() - began).count();
}

void on_embedded(Bench& bench, std::size_t keys) {
    Server server(bench, "100,000 keys");
    const auto empty = server.stats().rss_bytes;
    requests::fill(server.endpoint(), prefix, keys, value_bytes);
    std::vector<double> starts;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) starts.push_back(restart_seconds(server));
    const std::string names = std::to_string(keys) + " keys, embedded: ";
    bench.add(names + "start", "s", median(starts), start_target);
    bench.add(names + "memory of a key and its latest change, value of 64 B", "bytes",
              (static_cast<double>(server.stats().rss_bytes) - static_cast<double>(empty)) / static_cast<double>(keys));
    bench.add(names + "pages of the whole list", "pages", static_cast<double>(list_all(server)));
    const std::size_t clients = bench.scaled(1'000, 20);
    bench.add(names + std::to_string(clients) + " join at once, until the last has all", "s",
              join_seconds(server, clients));
    bench.add(names + "longest gap of the loop meanwhile", "ms", server.metric("confcast_loop_lag_peak_seconds") * 1000,
              Target{Sense::at_most, 50});
}

void on_etcd(Bench& bench, std::size_t keys) {
    const test::EtcdCluster etcd({.members = 1});
    Server server(bench, "100,000 keys on etcd", {.store = "etcd:" + etcd.endpoints()});
    requests::fill(server.endpoint(), prefix, keys, value_bytes);
    std::vector<double> starts;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) starts.push_back(restart_seconds(server));
    bench.add(std::to_string(keys) + " keys, etcd: start", "s", median(starts));
}

}  // namespace

void compare_start(Bench& bench) {
    const std::size_t keys = bench.scaled(100'000, 1'000);
    on_embedded(bench, keys);
    if (test::EtcdCluster::missing().empty()) on_etcd(bench, keys);
}

}  // namespace confcast::compare
