// What filters cost that don't match: a change grows with those that do, never with the others.
#include <memory>
#include <string>
#include <vector>

#include "confcast/load/websocket.hpp"
#include "program.hpp"
#include "requests/requests.hpp"

namespace confcast::compare {
namespace {

constexpr Target matching_target{Sense::at_most, 1.1};
constexpr std::size_t filters_each = 100;  // the most that a stream has unless told otherwise

// A third each of keys, prefixes and globs, of namespaces that nobody writes to.
std::string target_of(std::size_t client) {
    std::string target = "/ws?snapshot=false";
    for (std::size_t i = 0; i < filters_each; ++i) {
        const std::string name = std::to_string(client) + "-" + std::to_string(i);
        constexpr const char* kinds[] = {"&key=idle/", "&prefix=idle/p", "&glob=idle/*/"};
        target += kinds[i % 3] + name;
    }
    return target;
}

using Listeners = std::vector<std::unique_ptr<load::WebSocketClient>>;

Listeners listen(const load::Endpoint& server, std::size_t clients) {
    Listeners all;
    for (std::size_t i = 0; i < clients; ++i)
        all.push_back(std::make_unique<load::WebSocketClient>(server, target_of(i)));
    return all;
}

double cpu_per_write(Bench& bench, const Server& server) {
    requests::Options options;
    options.server = server.endpoint();
    options.server_pid = server.pid();
    options.seconds = bench.seconds(3);
    options.choices = requests::puts("bench/match/", 1'024, 256);
    return *requests::run(options).cpu_us_per_request;
}

}  // namespace

void compare_matching(Bench& bench) {
    const std::size_t clients = bench.scaled(1'000, 10);
    Rounds cpu;
    std::vector<double> bytes;
    for (std::size_t round = 0; round < bench.options().rounds; ++round) {
        const Server server(bench, "matching");
        const Listeners one = listen(server.endpoint(), 1);
        const double few = cpu_per_write(bench, server);
        const auto before = server.stats().rss_bytes;
        const Listeners many = listen(server.endpoint(), clients);
        const auto after = server.stats().rss_bytes;
        bytes.push_back((static_cast<double>(after) - static_cast<double>(before)) /
                        static_cast<double>(clients * filters_each));
        cpu.add(cpu_per_write(bench, server), few);
    }
    const std::string filters = std::to_string(clients * filters_each);
    bench.add("a write that none of " + filters + " filters matches, to one with 100: CPU", "us/write", cpu,
              matching_target);
    bench.add("memory of a filter, its share of a connection included", "bytes", median(bytes));
}

}  // namespace confcast::compare
