// docs/monitoring: Prometheus takes the rules, they fire when they should, the dashboard and they speak of metrics that
// there are, and each alert has its line in docs/metrics.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <regex>

#include "confcast/test/documented_metrics.hpp"

namespace confcast::observe {
namespace {

using testing::IsSubsetOf;

const std::filesystem::path docs = CONFCAST_DOCS;
const std::filesystem::path monitoring = docs / "monitoring";

std::set<std::string> documented() {
    std::set<std::string> names;
    for (const auto& [name, metric] : test::documented_metrics(test::text_of(docs / "metrics.md"))) names.insert(name);
    return names;
}

std::set<std::string> all_of(const std::string& text, const std::string& pattern) {
    const std::regex expression(pattern);
    std::set<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) found.insert(at->str(1));
    return found;
}

TEST(Monitoring, SpeaksOfMetricsThatThereAre) {
    const auto known = documented();
    ASSERT_GT(known.size(), 80U);
    for (const char* file : {"alerts.yml", "alerts_test.yml", "dashboard.json"}) {
        const auto used = test::metric_names_in(test::text_of(monitoring / file));
        EXPECT_GT(used.size(), 8U) << file;
        EXPECT_THAT(used, IsSubsetOf(known)) << file;
    }
}

TEST(Monitoring, EveryAlertSaysWhatToDo) {
    const auto alerts = all_of(test::text_of(monitoring / "alerts.yml"), R"(alert: (\w+))");
    const std::string text = test::text_of(docs / "metrics.md");
    EXPECT_EQ(all_of(text, R"(\| `(Confcast\w+)` \|)"), alerts);
    EXPECT_THAT(all_of(text, R"(see `(Confcast\w+)`)"), IsSubsetOf(alerts));
}

void expect_good(const std::string& command) {
    if (std::system("command -v promtool > /dev/null 2>&1") != 0)
        GTEST_SKIP() << "promtool (package prometheus) is not installed";
    FILE* pipe = popen(("cd '" + monitoring.string() + "' && " + command + " 2>&1").c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said += buffer.data();
    EXPECT_EQ(pclose(pipe), 0) << said;
}

TEST(Monitoring, PrometheusTakesTheRules) { expect_good("promtool check rules alerts.yml"); }
TEST(Monitoring, TheRulesFireWhenTheyShould) { expect_good("promtool test rules alerts_test.yml"); }
TEST(Monitoring, PrometheusTakesTheScrapeConfiguration) {
    expect_good("promtool check config --syntax-only prometheus.yml");
}

}  // namespace
}  // namespace confcast::observe
