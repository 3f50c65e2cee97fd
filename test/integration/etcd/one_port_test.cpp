// Several processes on one port and one etcd are one server.
#include <gtest/gtest.h>

#include <set>

#include "../security/credentials.hpp"
#include "confcast/load/socket.hpp"
#include "workshop.hpp"

namespace confcast::test {
namespace {

ServerSetup on_port(const EtcdCluster& etcd, std::uint16_t port, std::vector<std::string> flags = {}) {
    ServerSetup setup = on_etcd(etcd.endpoints());
    setup.port = port;
    setup.flags.emplace_back("--reuse-port");
    setup.flags.insert(setup.flags.end(), flags.begin(), flags.end());
    return setup;
}

using Watchers = std::vector<std::unique_ptr<Watcher>>;

/// On another connection, wherever that lands, with the position that it has.
void reconnect(const Server& port, std::unique_ptr<Watcher>& watcher) {
    Model model = watcher->model();
    const std::string since = model.since();
    model.reconnect();
    watcher->socket().abort();
    watcher = std::make_unique<Watcher>(port, "prefix=load/&since=" + since, std::move(model));
}

/// All get as far as `revision`, those whose stream has ended after a reconnect; how many that were.
std::size_t follow(const Server& port, Watchers& watchers, std::int64_t revision) {
    std::size_t ended = 0;
    const auto there = [&](const Model& model) { return model.position() >= revision; };
    for (auto& watcher : watchers) {
        if (watcher->until(there)) continue;
        ++ended;
        reconnect(port, watcher);
        EXPECT_TRUE(watcher->until(there));
        EXPECT_EQ(watcher->model().resume(), "changes") << watcher->model().reason();
    }
    return ended;
}

TEST(OnePort, ThreeProcessesAreOneServerAndOneMayDie) {
    const EtcdCluster etcd({.members = 1});
    const std::uint16_t port = load::free_port();
    std::vector<std::unique_ptr<Server>> servers;
    for (int i = 0; i < 3; ++i) servers.push_back(std::make_unique<Server>(on_port(etcd, port)));
    const Server& any = *servers.front();  // the port is that of all

    Watchers watchers;
    for (int i = 0; i < 50; ++i) {
        watchers.push_back(std::make_unique<Watcher>(any, "prefix=load/"));
        ASSERT_TRUE(watchers.back()->next_of("snapshot"));
    }
    const auto write = [&](int count) {
        std::int64_t last = 0;
        for (int i = 0; i < count; ++i)  // each over a connection of its own: through any of them
            last = any.put("load/" + std::to_string(i % 7), std::to_string(last));
        return last;
    };
    // Reconnects while all live: the position is good wherever they land.
    for (int round = 0; round < 3; ++round) {
        ASSERT_EQ(follow(any, watchers, write(20)), 0U);
        const std::int64_t missed = write(20);
        for (std::size_t i = static_cast<std::size_t>(round); i < watchers.size(); i += 3) reconnect(any, watchers[i]);
        ASSERT_EQ(follow(any, watchers, missed), 0U);
    }
    servers[1]->kill();
    const std::int64_t last = write(40);
    const std::size_t moved = follow(any, watchers, last);
    EXPECT_GT(moved, 0U) << "nobody was at the one that died";
    EXPECT_LT(moved, 50U) << "all were at one";
    for (const auto& watcher : watchers) {
        EXPECT_EQ(watcher->model().violations(), std::vector<std::string>{});
        EXPECT_EQ(watcher->model().snapshots(), 1U) << "only the first";
        EXPECT_EQ(watcher->model().entries(), list_all(any, "load/"));
    }
}

TEST(OnePort, ATicketIsGoodOnceWhereverItsOwnerLands) {
    const EtcdCluster etcd({.members = 1});
    const TemporaryDirectory directory;
    const auto file = directory.path() / "credentials.json";
    const auth::NewToken page = new_token("page", {"read:**"});
    write_credentials(file, {page});
    const std::uint16_t port = load::free_port();
    std::vector<std::unique_ptr<Server>> servers;
    for (int i = 0; i < 3; ++i)
        servers.push_back(std::make_unique<Server>(on_port(etcd, port, {"--credentials", file.string()})));
    const load::Endpoint& there = servers.front()->endpoint();
    for (int i = 0; i < 12; ++i) {
        const auto issued = load::HttpClient(there).request("POST", "/api/v1/tickets", bearer(page));
        ASSERT_EQ(issued.status, 201U) << issued.body;
        const std::string ticket(envelope_of(issued).at("data").at("ticket").as_string());
        int opened = 0;
        for (int attempt = 0; attempt < 5; ++attempt) {
            // Server-Sent Events with a filter that is wrong: what is found out about the caller comes first.
            const auto answer = load::HttpClient(there).get("/api/v1/watch?since=nonsense&ticket=" + ticket);
            if (answer.status == 400)
                ++opened;
            else
                EXPECT_EQ(answer.status, 401U) << answer.body;
        }
        EXPECT_EQ(opened, 1);
    }
}

TEST(OnePort, WithoutTheFlagASecondProcessIsRefused) {
    const EtcdCluster etcd({.members = 1});
    const std::uint16_t port = load::free_port();
    const Server first(on_port(etcd, port));
    ServerSetup second = on_etcd(etcd.endpoints());
    second.flags.insert(second.flags.end(), {"--listen", first.endpoint().to_string()});
    EXPECT_THROW(Server{second}, std::runtime_error);
}

}  // namespace
}  // namespace confcast::test
