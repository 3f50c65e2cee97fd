// /metrics of a server that has done everything once: what docs/metrics.md says, no more and no less, and as
// Prometheus' own linter wants it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "confcast/test/documented_metrics.hpp"
#include "listener.hpp"
#include "numbers_of.hpp"
#include "server.hpp"

namespace confcast::test {
namespace {

using testing::UnorderedElementsAreArray;

/// What a server says that it has: name -> type, and the labels that were seen.
std::map<std::string, DocumentedMetric> exposed(const std::string& metrics) {
    std::map<std::string, DocumentedMetric> all;
    std::istringstream lines(metrics);
    std::string name;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# TYPE ")) {
            std::istringstream words(line.substr(7));
            words >> name;
            words >> all[name].type;
        }
        const std::size_t open = line.find('{');
        if (line.starts_with("#") || open == std::string::npos) continue;
        for (std::size_t at = open; at != std::string::npos && line[at] != '}';) {
            const std::size_t equals = line.find('=', at + 1);
            const std::string label = line.substr(at + 1, equals - at - 1);
            if (label != "le") all[name].labels.insert(label);
            at = line.find('"', line.find('"', equals) + 1) + 1;  // no value here has a quote
        }
    }
    return all;
}

bool is_there(const DocumentedMetric& metric, bool etcd) {
    if (metric.only.starts_with("The embedded store")) return !etcd;
    if (metric.only.starts_with("etcd")) return etcd;
    return metric.only.empty();
}

class MetricsTest : public testing::Test {
  protected:
    /// A bit of everything: reads, writes of all kinds, refusals, streams of all transports, a long poll.
    void use() {
        auto client = server.http();
        for (const char* target : {"/config/a", "/nothing", "/config?limit=0", "/readyz", "/api/v1/whoami"})
            client.get(target);
        server.put("app/a", "1");
        server.put("app/a", "2");
        client.request("DELETE", "/config/app/a", {}, "");
        client.request("POST", "/api/v1/notifications", {{"Content-Type", "application/json"}},
                       R"({"topic":"jobs","event_id":"1","timestamp":0,"payload":1})");
    }
    Server server;
    const bool etcd = std::getenv("CONFCAST_TEST_STORE") != nullptr;
    const std::map<std::string, DocumentedMetric> documented =
        documented_metrics(text_of(std::filesystem::path(CONFCAST_DOCS) / "metrics.md"));
};

TEST_F(MetricsTest, AreThoseOfTheDocumentation) {
    use();
    const auto there = exposed(server.http().get("/metrics").body);
    std::vector<std::string> names;
    for (const auto& [name, metric] : there) names.push_back(name);
    std::vector<std::string> expected;
    for (const auto& [name, metric] : documented)
        if (is_there(metric, etcd)) expected.push_back(name);
    EXPECT_THAT(names, UnorderedElementsAreArray(expected));
    for (const auto& [name, metric] : there) {
        const auto said = documented.find(name);
        if (said == documented.end()) continue;
        EXPECT_EQ(metric.type, said->second.type) << name;
        EXPECT_EQ(metric.labels, said->second.labels) << name;
    }
}

TEST_F(MetricsTest, PleasePromtool) {
    if (std::system("command -v promtool > /dev/null 2>&1") != 0)
        GTEST_SKIP() << "promtool (package prometheus) is not installed";
    use();
    const TemporaryDirectory directory;
    const auto file = directory.path() / "metrics";
    std::ofstream(file) << server.http().get("/metrics").body;
    FILE* pipe = popen(("promtool check metrics < " + file.string() + " 2>&1").c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said += buffer.data();
    EXPECT_EQ(pclose(pipe), 0) << said;
    EXPECT_EQ(said, "");
}

TEST_F(MetricsTest, CountWhatWasDone) {
    Listener lines(server, Listener::Kind::lines, "prefix=app/");
    Listener events(server, Listener::Kind::events, "prefix=app/");
    use();
    EXPECT_TRUE(lines.next_of("update"));
    EXPECT_TRUE(events.next_of("update"));
    const std::string metrics = server.http().get("/metrics").body;
    const auto number = [&](const std::string& series) { return number_of(metrics, series); };
    EXPECT_EQ(number(R"(confcast_feed_events_total{op="put"})"), 2);
    EXPECT_EQ(number(R"(confcast_feed_events_total{op="delete"})"), 1);
    EXPECT_EQ(number("confcast_feed_notifications_total"), 1);
    EXPECT_EQ(number(R"(confcast_health_state{state="ready"})"), 1);
    EXPECT_EQ(number(R"(confcast_health_check_failed{check="store"})"), 0);
    EXPECT_EQ(number("confcast_feed_lag_revisions"), 0);
    EXPECT_EQ(number(R"(confcast_push_sessions{transport="sse"})"), 1);
    EXPECT_EQ(number(R"(confcast_push_sessions{transport="ndjson"})"), 1);
    EXPECT_EQ(number("confcast_push_filters"), 1);
    EXPECT_EQ(number("confcast_push_filters_held"), 2);
    EXPECT_GE(number("confcast_push_latency_seconds_count"), 2);
    EXPECT_GE(number("confcast_push_delivery_seconds_sum"), number("confcast_push_latency_seconds_sum"));
    EXPECT_GT(number("process_resident_memory_bytes"), 1e6);
    EXPECT_GT(number("process_open_fds"), 3);
    if (!etcd) {
        EXPECT_GE(number("confcast_store_writes_total"), 4);
        EXPECT_EQ(number("confcast_store_group_size_sum"), number("confcast_store_writes_total"));
    }
}

}  // namespace
}  // namespace confcast::test
