// A thousand connections that do nothing, and the limit of connections.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "watcher.hpp"

namespace confcast::test {
namespace {

TEST(ManyConnections, AThousandIdleOnesLeaveTheServerQuickAndSmall) {
    load::raise_descriptor_limit();
    const Server server;
    server.http().get("/livez");
    const auto memory_before = server.resident_bytes();
    std::vector<load::Socket> idle;
    std::vector<std::unique_ptr<load::WebSocketClient>> watchers;
    for (int i = 0; i < 500; ++i) {
        idle.push_back(load::Socket::connect(server.endpoint()));
        watchers.push_back(std::make_unique<load::WebSocketClient>(server.endpoint(), "/ws?prefix=app/"));
    }
    EXPECT_EQ(server.http().get("/livez").status, 200U);
    if (!sanitized()) EXPECT_LT(server.resident_bytes() - memory_before, 64U << 20U);

    const auto revision = std::to_string(server.put("app/a", "1"));
    for (auto& watcher : watchers) {
        bool seen = false;
        while (!seen) {
            const auto message = watcher->receive();
            ASSERT_TRUE(message);
            seen = message->find("\"update\"") != std::string::npos && message->find(revision) != std::string::npos;
        }
    }
}

TEST(ManyConnections, AnAddressKeepsAQuarterFreeForOthers) {
    const Server server({.flags = {"--max-connections", "20"}});
    std::vector<load::HttpClient> clients;
    for (int i = 0; i < 15; ++i) {
        clients.push_back(server.http());
        ASSERT_EQ(clients.back().get("/livez").status, 200U) << i;
    }
    const auto refused = server.http().get("/livez");
    EXPECT_EQ(code_of(refused), 50305);
    EXPECT_EQ(refused.header("Retry-After"), "1");
    EXPECT_EQ(envelope_of(refused).at("data").at("limit"), 15);
}

TEST(ManyConnections, TheOneTooManyIsToldAndTheRestLive) {
    const Server server({.flags = {"--max-connections", "20", "--max-connections-per-address", "20"}});
    std::vector<load::HttpClient> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(server.http());
        ASSERT_EQ(clients.back().get("/livez").status, 200U) << i;
    }
    auto refused = server.http();
    EXPECT_EQ(code_of(refused.get("/livez")), 50304);
    EXPECT_EQ(clients.front().get("/livez").status, 200U);

    clients.pop_back();
    // The place is free when the server has seen the end of it.
    unsigned status = 0;
    for (int attempt = 0; attempt < 1'000 && status != 200; ++attempt) {
        auto next = server.http();
        try {
            status = next.get("/livez").status;
        } catch (const std::runtime_error&) {
            status = 0;
        }
    }
    EXPECT_EQ(status, 200U);
}

}  // namespace
}  // namespace confcast::test
