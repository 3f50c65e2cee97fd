#include "workshop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace confcast::test {

using namespace std::chrono_literals;
using load::Clock;

ServerSetup on_etcd(const std::string& endpoints) {
    return {.flags = {"--etcd-probe-interval", "200ms", "--etcd-probe-timeout", "200ms", "--etcd-check-interval", "1s",
                      "--bookmark", "200ms"},
            .store = "etcd:" + endpoints};
}

bool is_stale(const Server& server) {
    return !server.http().get("/api/v1/config?limit=1").header("X-Confcast-Stale").empty();
}

std::int64_t put_in_the_end(const Server& server, const std::string& key, const std::string& value) {
    std::int64_t revision = 0;
    const bool done = eventually([&] {
        const auto answer = server.http().put("/config/" + key, value, {{"Content-Type", "text/plain"}});
        if (answer.status / 100 != 2) return false;
        revision = envelope_of(answer).at("data").at("mod_revision").to_number<std::int64_t>();
        return true;
    });
    if (!done) throw std::runtime_error("the store takes no writes");
    return revision;
}

double metric_of(const EtcdCluster& etcd, std::size_t member, const std::string& name) {
    try {
        const auto answer = load::HttpClient({"127.0.0.1", etcd.port(member)}, 2s).get("/metrics");
        const auto found = answer.body.find("\n" + name + " ");
        if (found == std::string::npos) return -1;
        return std::stod(answer.body.substr(found + name.size() + 2));
    } catch (const std::runtime_error&) {  // killed or stopped
        return -1;
    }
}

std::size_t leader_of(const EtcdCluster& etcd) {
    std::size_t leader = 0;
    const bool found = eventually([&] {
        for (leader = 0; leader < etcd.size(); ++leader)
            if (metric_of(etcd, leader, "etcd_server_is_leader") > 0) return true;
        return false;
    });
    if (!found) throw std::runtime_error("etcd has no leader");
    return leader;
}

double watchers_of(const EtcdCluster& etcd) {
    double sum = 0;
    for (std::size_t i = 0; i < etcd.size(); ++i)
        sum += std::max(metric_of(etcd, i, "etcd_debugging_mvcc_watcher_total"), 0.0);
    return sum;
}

std::vector<std::string> keys_of(const json::object& update) {
    std::vector<std::string> keys;
    for (const auto& event : update.at("payload").at("events").as_array())
        keys.push_back((event.at("op").as_string() == "delete" ? "-" : "") + std::string(event.at("key").as_string()));
    return keys;
}

Crowd::Crowd(const Server& server, const std::vector<std::string>& prefixes, const std::string& pairs)
    : prefixes_(prefixes) {
    for (const auto& prefix : prefixes) {
        watchers_.push_back(
            std::make_unique<Watcher>(server, prefix.empty() ? prefix : "prefix=" + prefix, Model(pairs)));
        if (!watchers_.back()->until([](const Model& model) { return model.snapshots() == 1; }))
            throw std::runtime_error("a subscriber gets no snapshot");
    }
}

bool Crowd::until(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
    return eventually(
        [&] {
            for (auto& watcher : watchers_) watcher->drain();
            return condition();
        },
        limit);
}

void Crowd::expect_agreement(const Server& server, std::int64_t revision) {
    for (std::size_t i = 0; i < watchers_.size(); ++i) {
        auto& watcher = *watchers_[i];
        EXPECT_TRUE(watcher.until([&](const Model& model) { return model.position() >= revision; }, 60s))
            << prefixes_[i] << " is at " << watcher.model().position() << " of " << revision << ", closed with "
            << watcher.socket().close_code();
        watcher.drain();
        EXPECT_EQ(watcher.model().entries(), list_all(server, prefixes_[i])) << prefixes_[i];
        EXPECT_EQ(watcher.model().violations(), std::vector<std::string>{}) << prefixes_[i];
    }
}

}  // namespace confcast::test
