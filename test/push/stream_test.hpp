// A node in a box: a store in memory, its feed, a hub, connections that write when told. Time stands still.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "confcast/base/task_group.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/test/memory_store.hpp"
#include "fake_transport.hpp"

namespace confcast::push::test {

using confcast::test::MemoryStore;

/// A feed with its hub on somebody's store.
class Node {
  public:
    Node(asio::io_context& io, store::Store& store, const Clock& clock, Log& log, feed::FeedOptions feed_options,
         HubOptions hub_options)
        : group_(io.get_executor(), log),
          feed(io.get_executor(), store, *store::Layout::make("/config/"), feed_options, clock, log),
          hub(io.get_executor(), feed, std::move(hub_options), clock, log) {
        group_.spawn("replicator", feed.run_replicator());
    }
    void stop() { group_.cancel(); }

  private:
    TaskGroup group_;

  public:
    feed::Feed feed;
    Hub hub;
};

class StreamTest : public ::testing::Test {
  protected:
    StreamTest() {
        feed_options.anti_entropy = std::chrono::milliseconds{0};
        feed_options.backoff_min = feed_options.backoff_max = std::chrono::milliseconds{0};
        hub_options.server = "test";
    }
    ~StreamTest() override {
        if (node_) node_->stop();
        run();
    }

    /// The node, made and ready at the first call: options are set before.
    Node& node() {
        if (!node_) {
            node_ = std::make_unique<Node>(io, store, clock, log, feed_options, hub_options);
            while (!node_->feed.ready()) run();
            node_->hub.tick();
        }
        return *node_;
    }
    /// A node that has not got as far as its first list.
    Node& unready_node() {
        node_ = std::make_unique<Node>(io, store, clock, log, feed_options, hub_options);
        return *node_;
    }
    Hub& hub() { return node().hub; }
    feed::Revision head() { return node().feed.position().revision; }
    std::string epoch() { return node().feed.position().epoch.to_string(); }

    /// Lets everything happen that can happen now.
    void run() {
        io.restart();
        io.poll();
    }
    feed::Revision put(std::string_view key, std::string_view value) {
        node();
        const auto revision = store.put("/config/" + std::string(key), value);
        run();
        return revision;
    }
    feed::Revision remove(std::string_view key) {
        node();
        const auto revision = store.remove("/config/" + std::string(key));
        run();
        return revision;
    }
    /// All in one revision.
    feed::Revision put_all(const std::vector<std::string>& keys, std::string_view value) {
        node();
        store::Transaction txn;
        for (const auto& key : keys) txn.puts.push_back({"/config/" + key, std::string(value)});
        const auto revision = store.commit_now(txn).revision;
        run();
        return revision;
    }

    FakeTransport& open(Subscription subscription) {
        auto& transport = transports_.emplace_back();
        EXPECT_TRUE(hub().check(subscription).has_value());
        transport.events = &hub().open(transport, std::move(subscription));
        return transport;
    }
    /// Open, past its welcome and snapshot, nothing in flight and nothing to take.
    FakeTransport& open_quiet(Subscription subscription) {
        auto& transport = open(std::move(subscription));
        transport.complete_all();
        transport.take();
        return transport;
    }
    static Subscription prefix(std::string text) {
        Subscription s;
        s.filters.prefixes.push_back(std::move(text));
        return s;
    }
    static Subscription key(std::string text) {
        Subscription s;
        s.filters.keys.push_back(std::move(text));
        return s;
    }
    static Subscription since(Subscription s, feed::Revision revision) {
        s.since = Since{std::nullopt, revision};
        return s;
    }
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        hub().tick();
    }

    asio::io_context io{1};
    ManualClock clock;
    NullLog log;
    MemoryStore store{io.get_executor(), clock};
    feed::FeedOptions feed_options;
    HubOptions hub_options;

  private:
    std::deque<FakeTransport> transports_;  // outlive the hub
    std::unique_ptr<Node> node_;
};

/// "put a/x=1@5", "delete a/y@6": an update in a line.
inline std::vector<std::string> events_of(const Received& update) {
    std::vector<std::string> out;
    for (const json::value& e : update.payload.at("events").as_array()) {
        std::string line(e.at("op").as_string());
        line += ' ';
        line += std::string_view(e.at("key").as_string());
        if (const auto* value = e.as_object().if_contains("value")) line += '=' + std::string(value->as_string());
        out.push_back(line + '@' + std::to_string(e.at("mod_revision").as_int64()));
    }
    return out;
}

/// "a/x=1@5" of a snapshot page.
inline std::vector<std::string> entries_of(const Received& page) {
    std::vector<std::string> out;
    for (const json::value& e : page.payload.at("entries").as_array()) {
        std::string line(e.at("key").as_string());
        if (const auto* value = e.as_object().if_contains("value")) line += '=' + std::string(value->as_string());
        out.push_back(line + '@' + std::to_string(e.at("mod_revision").as_int64()));
    }
    return out;
}

inline std::vector<std::string> types_of(const std::vector<Received>& messages) {
    std::vector<std::string> out;
    out.reserve(messages.size());
    for (const Received& m : messages) out.push_back(m.type);
    return out;
}

}  // namespace confcast::push::test
