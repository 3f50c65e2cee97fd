#include "confcast/observe/request_metrics.hpp"

#include <gtest/gtest.h>

#include "exposition_parser.hpp"

namespace confcast::observe {
namespace {

using LabelMap = std::map<std::string, std::string>;

struct RequestMetricsTest : testing::Test {
    double requests(const std::string& method, const std::string& route, const std::string& code) const {
        return value_of(registry.expose(), "confcast_http_requests_total",
                        {{"method", method}, {"route", route}, {"code", code}});
    }
    double timed(const std::string& method, const std::string& route) const {
        return value_of(registry.expose(), "confcast_http_request_duration_seconds_count",
                        {{"method", method}, {"route", route}});
    }
    Registry registry;
    RequestMetrics metrics{registry, 3};
};

TEST_F(RequestMetricsTest, ExposesNothingBeforeTheFirstRequest) { EXPECT_EQ(registry.expose(), ""); }

TEST_F(RequestMetricsTest, CountsByMethodRouteAndCode) {
    metrics.observe("GET", "/config/*key", 200, 0.001);
    metrics.observe("GET", "/config/*key", 200, 0.002);
    metrics.observe("GET", "/config/*key", 404, 0.001);
    metrics.observe("PUT", "/config/*key", 200, 0.003);
    EXPECT_EQ(requests("GET", "/config/*key", "200"), 2);
    EXPECT_EQ(requests("GET", "/config/*key", "404"), 1);
    EXPECT_EQ(requests("PUT", "/config/*key", "200"), 1);
    EXPECT_EQ(timed("GET", "/config/*key"), 3);
    EXPECT_EQ(timed("PUT", "/config/*key"), 1);
    EXPECT_DOUBLE_EQ(value_of(registry.expose(), "confcast_http_request_duration_seconds_sum",
                              LabelMap{{"method", "GET"}, {"route", "/config/*key"}}),
                     0.004);
}

TEST_F(RequestMetricsTest, ARequestWithoutARouteIsNone) {
    metrics.observe("GET", "", 404, 0.001);
    EXPECT_EQ(requests("GET", "none", "404"), 1);
}

TEST_F(RequestMetricsTest, TheTextOfARouteCountsNotItsAddress) {
    metrics.observe("GET", std::string("/a/:x"), 200, 0);
    metrics.observe("GET", std::string("/a/:x"), 200, 0);
    EXPECT_EQ(requests("GET", "/a/:x", "200"), 2);
}

TEST_F(RequestMetricsTest, RoutesBeyondTheLimitShareOneSeries) {
    for (int i = 0; i < 100; ++i) metrics.observe("GET", "/route/" + std::to_string(i), 200, 0.001);
    EXPECT_EQ(requests("GET", "/route/2", "200"), 1);
    EXPECT_EQ(requests("other", "other", "200"), 97);
    EXPECT_EQ(timed("other", "other"), 97);
    metrics.observe("GET", "/route/2", 200, 0.001);
    EXPECT_EQ(requests("GET", "/route/2", "200"), 2);
    EXPECT_EQ(registry.size(), 8U);
}

TEST_F(RequestMetricsTest, AStatusThatIsNoneIsZero) {
    for (const unsigned status : {0U, 99U, 600U, 4'000'000'000U}) metrics.observe("GET", "/a", status, 0);
    EXPECT_EQ(requests("GET", "/a", "0"), 4);
}

}  // namespace
}  // namespace confcast::observe
