// What Prometheus' own linter says, on machines that have it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "confcast/base/clock.hpp"
#include "confcast/observe/loop_monitor.hpp"
#include "confcast/observe/process_metrics.hpp"
#include "confcast/observe/request_metrics.hpp"
#include "exposition_parser.hpp"

namespace confcast::observe {
namespace {

struct Everything {
    Everything() {
        register_process_metrics(registry);
        monitor.register_in(registry);
        requests.observe("GET", "/config/*key", 200, 0.001);
        requests.observe("PUT", "/config/*key", 503, 12);
    }
    SystemClock clock;
    Registry registry;
    LoopMonitor monitor{clock};
    RequestMetrics requests{registry};
};

TEST(Exposition, OfEverythingTogetherIsStrict) {
    const auto families = parse_exposition(Everything().registry.expose());
    EXPECT_EQ(families.size(), 7U + 4U + 2U);
}

TEST(Exposition, PleasesPromtool) {
    if (std::system("command -v promtool > /dev/null 2>&1") != 0)
        GTEST_SKIP() << "promtool (package prometheus) is not installed";
    const std::string path = testing::TempDir() + "confcast_exposition_" + std::to_string(getpid());
    std::ofstream(path) << Everything().registry.expose();
    const std::string command = "promtool check metrics < " + path + " 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string said;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) said += buffer.data();
    EXPECT_EQ(pclose(pipe), 0) << said;
    EXPECT_EQ(said, "");
    std::remove(path.c_str());
}

}  // namespace
}  // namespace confcast::observe
