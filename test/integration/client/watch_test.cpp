// Subscriptions against the real server: what they hear, together and through ends of all kinds.
#include "../watcher.hpp"
#include "client_fixture.hpp"

namespace confcast::client::test {
namespace {

using confcast::test::envelope_of;

class Watch : public ClientTest {
  protected:
    Options quick() {
        Options options = to(server);
        options.backoff_max = milliseconds{200};
        return options;
    }
    Server server;
};

TEST_F(Watch, TheStateFirstThenEachChange) {
    server.put("app/a", "1");
    Client client(io, to(server));
    Follower follower;
    const auto subscription = client.watch({.prefixes = {"app/"}}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.changes.size() == 1; }));
    EXPECT_EQ(follower.value("app/a"), "1");
    server.put("other", "x");
    const auto last = server.put("app/b", "2");
    ASSERT_TRUE(until([&] { return follower.changes.size() == 2; }));
    EXPECT_EQ(follower.changes.back().position.revision, last);
    EXPECT_EQ(follower.value("app/b"), "2");
    EXPECT_EQ(client.status().state, StreamState::live);
    EXPECT_EQ(client.status().server, server.endpoint().to_string());
    EXPECT_EQ(follower.violations, std::vector<std::string>{});
}

TEST_F(Watch, ManySubscriptionsAreOneStream) {
    Client client(io, to(server));
    std::vector<Subscription> subscriptions;
    std::vector<std::unique_ptr<Follower>> followers;
    for (int i = 0; i < 30; ++i) {
        followers.push_back(std::make_unique<Follower>());
        subscriptions.push_back(
            client.watch({.globs = {"*/" + std::to_string(i)}}, followers.back()->callback()).value());
        if (i == 10) ASSERT_TRUE(until([&] { return followers.back()->changes.size() == 1; }));
    }
    ASSERT_TRUE(until([&] { return followers.back()->changes.size() == 1; }));
    server.put("a/3", "three");
    server.put("a/29", "last");
    ASSERT_TRUE(until([&] { return followers.back()->changes.size() == 2; }));
    EXPECT_EQ(followers[3]->value("a/3"), "three");
    EXPECT_EQ(followers[4]->changes.size(), 1U);
    const auto clients = envelope_of(server.http().get("/api/v1/clients")).at("data").at("clients").as_array();
    ASSERT_EQ(clients.size(), 1U);
    EXPECT_EQ(clients[0].at("filters").at("globs").as_array().size(), 30U);

    subscriptions.resize(1);
    const auto globs = [&] {
        const auto all = envelope_of(server.http().get("/api/v1/clients")).at("data").at("clients").as_array();
        return all.empty() ? 0 : all[0].at("filters").at("globs").as_array().size();
    };
    EXPECT_TRUE(until([&] { return globs() == 1; }));
}

TEST_F(Watch, ItNamesItselfAndAcknowledges) {
    Options options = to(server);
    options.client_id = "cart-7";
    options.labels = {{"zone", "eu"}, {"rack", ""}};
    options.ack = true;
    Client client(io, options);
    const auto shown = [&] {
        const auto all = envelope_of(server.http().get("/api/v1/clients")).at("data").at("clients").as_array();
        return all.empty() ? boost::json::object() : all[0].as_object();
    };
    const auto subscription = client
                                  .watch({},
                                         [](const Change& change) {
                                             if (change.cause == Change::Cause::update)
                                                 throw std::runtime_error("too big");
                                         })
                                  .value();
    ASSERT_TRUE(until([&] { return shown().contains("ack"); }));
    EXPECT_EQ(shown().at("client_id").as_string(), "cart-7");
    EXPECT_EQ(shown().at("labels").at("zone").as_string(), "eu");
    EXPECT_EQ(shown().at("ack").at("status").as_string(), "applied");
    const auto revision = server.put("k", "v");
    ASSERT_TRUE(until([&] { return shown().at("ack").at("status").as_string() == "failed"; }));
    EXPECT_EQ(shown().at("ack").at("seq_id").as_int64(), revision);
    EXPECT_EQ(shown().at("ack").at("error").as_string(), "too big");
    EXPECT_EQ(shown().at("ack").at("key").as_string(), "k");
}

TEST_F(Watch, AKilledServerThatComesBackMissesNothing) {
    Client client(io, quick());
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    server.put("a", "1");
    ASSERT_TRUE(until([&] { return follower.value("a") == "1"; }));
    server.kill();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::stale; }));
    EXPECT_TRUE(client.status().failure);
    server.start();
    server.put("a", "2");
    server.put("b", "1");
    ASSERT_TRUE(until([&] { return follower.value("b") == "1"; }));
    EXPECT_EQ(follower.value("a"), "2");
    EXPECT_EQ(client.status().state, StreamState::live);
    for (const Change& change : follower.changes) EXPECT_NE(change.cause, Change::Cause::snapshot) << "it resumes";
    EXPECT_EQ(follower.violations, std::vector<std::string>{});
}

TEST_F(Watch, AServerThatLeavesIsLeft) {
    Client client(io, quick());
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    server.signal(SIGTERM);
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::stale; }));
    EXPECT_NE(client.status().failure->message.find("1012"), std::string::npos);
    EXPECT_EQ(server.wait(std::chrono::seconds{30}), 0);
    server.start();
    server.put("a", "1");
    ASSERT_TRUE(until([&] { return follower.value("a") == "1"; }));
}

TEST_F(Watch, WhatVanishedWhileAwayIsADelete) {
    const confcast::test::TemporaryDirectory directory;
    auto first = std::make_unique<Server>(ServerSetup{.directory = directory.path() / "one"});
    first->put("same", "1");
    first->put("gone", "1");
    Server second(ServerSetup{.directory = directory.path() / "two"});
    second.put("x", "to have other revisions");
    second.put("new", "1");
    second.put("same", "1");
    Options options = to({first.get(), &second});
    Client client(io, options);
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.value("gone") == "1"; }));
    first.reset();
    ASSERT_TRUE(until([&] { return follower.value("new") == "1"; }));
    ASSERT_EQ(follower.changes.size(), 2U);
    const Change& difference = follower.changes.back();
    EXPECT_EQ(difference.cause, Change::Cause::snapshot);
    ASSERT_EQ(difference.events.size(), 3U) << "same has the same value";
    EXPECT_TRUE(difference.events[0].deleted());
    EXPECT_EQ(difference.events[0].key, "gone");
    EXPECT_EQ(follower.violations, std::vector<std::string>{});
}

TEST_F(Watch, TheNextServerIsTakenAndKept) {
    const Server dead;  // its port, soon nobody's
    Options options = to({&dead, &server});
    const_cast<Server&>(dead).kill();
    Client client(io, options);
    ASSERT_TRUE(await(client.put("k", "1")));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(await(client.raw({{}, "GET", "/livez"}))->server, server.endpoint().to_string());
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.value("k") == "1"; }));
    EXPECT_EQ(client.status().server, server.endpoint().to_string());
}

TEST_F(Watch, AnOperatorsCloseIsFinalUntilToldOtherwise) {
    Client client(io, quick());
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    EXPECT_EQ(server.http().request("DELETE", "/api/v1/clients/" + client.status().session).status, 200);
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::failed; }));
    EXPECT_NE(client.status().failure->message.find("operator"), std::string::npos);
    client.reconnect();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    server.put("a", "1");
    ASSERT_TRUE(until([&] { return follower.value("a") == "1"; }));
}

TEST_F(Watch, ALoopWithoutSubscribersRunsEmpty) {
    Client client(io, to(server));
    Follower follower;
    {
        const auto subscription = client.watch({}, follower.callback()).value();
        ASSERT_TRUE(until([&] { return follower.changes.size() == 1; }));
    }
    EXPECT_TRUE(drain()) << "nobody watches: no stream is kept";
    EXPECT_EQ(client.status().state, StreamState::idle);
    const auto again = client.watch({}, follower.callback());
    ASSERT_TRUE(until([&] { return follower.changes.size() == 2; }));
    client.close();
    EXPECT_TRUE(drain());
}

TEST_F(Watch, LeavingAndComingAtOnceIsNoFailure) {
    std::vector<std::string> states;
    Options options = to(server);
    options.on_status = [&](const Status& status) { states.emplace_back(name_of(status.state)); };
    Client client(io, options);
    Follower first, second;
    auto subscription = client.watch({}, first.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    subscription.cancel();
    subscription = client.watch({}, second.callback()).value();
    ASSERT_TRUE(until([&] { return second.changes.size() == 1; }));
    server.put("a", "1");
    ASSERT_TRUE(until([&] { return second.value("a") == "1"; }));
    EXPECT_EQ(first.changes.size(), 1U);
    EXPECT_FALSE(client.status().failure);
}

TEST_F(Watch, AfterCloseNobodyIsCalled) {
    Follower follower;
    {
        Client client(io, to(server));
        auto subscription = client.watch({}, follower.callback()).value();
        ASSERT_TRUE(until([&] { return follower.changes.size() == 1; }));
        client.close();
        server.put("a", "1");
    }
    EXPECT_TRUE(drain());
    EXPECT_EQ(follower.changes.size(), 1U);
}

TEST_F(Watch, AServerThatStandsStillIsNoticed) {
    Options options = quick();
    options.silence_timeout = milliseconds{600};
    Client client(io, options);
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return client.status().state == StreamState::live; }));
    server.signal(SIGSTOP);
    EXPECT_TRUE(until([&] { return client.status().state == StreamState::stale; }));
    EXPECT_EQ(client.status().failure->kind, FailureKind::timed_out);
    server.signal(SIGCONT);
    EXPECT_TRUE(until([&] { return client.status().state == StreamState::live; }));
}

TEST_F(Watch, LargeValuesArriveWhole) {
    Client client(io, to(server));
    const std::string large(900'000, 'x');
    for (int i = 0; i < 4; ++i) server.put("large/" + std::to_string(i), large);
    Follower follower;
    const auto subscription = client.watch({}, follower.callback()).value();
    ASSERT_TRUE(until([&] { return follower.state.size() == 4; }));
    server.put("large/0", large + "y");
    ASSERT_TRUE(until([&] { return follower.value("large/0") == large + "y"; }));
}

}  // namespace
}  // namespace confcast::client::test
