// The promises of push-protocol.md against everything at once: random writes, slow and fast clients, filters that come
// and go, connections that break in the middle of a write and resume on either of two nodes, and limits so small that
// live, batched, coalesced and snapshot delivery all happen. ModelClient holds the stream to its word at every message.
#include <gtest/gtest.h>

#include <random>

#include "model_client.hpp"
#include "stream_test.hpp"

namespace confcast::push::test {
namespace {

const std::vector<std::string> all_keys{"a",   "a/1", "a/2", "a/b/1", "a/b/2", "ab",
                                        "b/1", "b/2", "b/3", "c/d/e", "c/d/f", "z"};
const std::vector<std::string> all_prefixes{"", "a", "a/", "a/b/", "b/", "c/", "nothing/"};
const std::vector<std::string> all_globs{"**",    "*",      "*/1", "a/*",    "a/**", "**/1", "a/**/1",
                                         "c/*/e", "**/d/*", "a*",  "*/b/**", "b/2",  "x/**"};

struct Seen {
    HubStats stats;
    std::size_t updates = 0;
    std::size_t coalesced = 0;
    std::size_t snapshots = 0;
    std::size_t resumes = 0;
    std::size_t access_news = 0;
};

class Scenario {
  public:
    Scenario(unsigned seed, bool faults) : random_(seed), faults_(faults) {
        feed::FeedOptions feed_options;
        feed_options.anti_entropy = std::chrono::milliseconds{0};
        feed_options.backoff_min = feed_options.backoff_max = std::chrono::milliseconds{0};
        feed_options.journal.max_changes = 2 + below(12);
        feed_options.max_tombstones = 1 + below(8);
        HubOptions hub_options;
        hub_options.page_bytes = 100 + below(600);
        hub_options.batch_messages = 1 + below(4);
        hub_options.batch_bytes = 200 + below(2'000);
        hub_options.coalesce_after = 1 + below(6);
        hub_options.coalesce_max_bytes = 300 + below(3'000);
        hub_options.cache_bytes = below(8'000);
        hub_options.scan_changes = 1 + below(10);
        hub_options.max_filters = 10;
        hub_options.turn_writes = 1 + below(4);
        hub_options.turn_bytes = 1 + below(4'000);
        hub_options.turn_keys = 1 + below(8);
        hub_options.turn_filters = 1 + below(8);
        hub_options.write_timeout = std::chrono::hours{10};
        for (int i = 0; i < 2; ++i)
            nodes_.push_back(std::make_unique<Node>(io_, store_, clock_, log_, feed_options, hub_options));
        begin_history({1});
        settle();
        for (std::size_t n = 1 + below(4); n > 0; --n) {
            clients_.push_back(std::make_unique<Client>(histories_, !faults_, below(3)));
            connect(*clients_.back());
        }
    }
    ~Scenario() {
        for (auto& node : nodes_) node->stop();
        poll();
    }

    void play(std::size_t steps) {
        for (; steps > 0 && !::testing::Test::HasFailure(); --steps) step();
        finish();
    }

    void add_to(Seen& seen) const {
        for (const auto& node : nodes_) {
            const HubStats& s = node->hub.stats();
            seen.stats.resumed_changes += s.resumed_changes;
            seen.stats.resumed_snapshot += s.resumed_snapshot;
            seen.stats.bookmarks += s.bookmarks;
            seen.stats.refused += s.refused;
            seen.stats.snapshots += s.snapshots;
        }
        for (const auto& client : clients_) {
            seen.updates += client->model.updates;
            seen.coalesced += client->model.coalesced;
            seen.snapshots += client->model.snapshots;
            seen.resumes += client->resumes;
            seen.access_news += client->model.access_news;
        }
    }

  private:
    struct Client {
        Client(const Histories& histories, bool exact, std::size_t how_slow)
            : model(histories, exact), slowness(how_slow) {}
        ModelClient model;
        std::size_t slowness;  // 0 = takes everything at once
        std::size_t resumes = 0;
        std::optional<std::set<std::string>> allowed{};
        feed::Revision allowed_since = 0;
        AccessPtr access{};
        Node* node = nullptr;
        std::unique_ptr<FakeTransport> transport;
    };

    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class Choices>
    const auto& pick(const Choices& choices) {
        return choices[below(choices.size())];
    }
    void poll() {
        io_.restart();
        io_.poll();
    }
    void catch_up() {
        const auto behind = [&] {
            return std::ranges::any_of(nodes_, [&](const auto& node) {
                return !node->feed.ready() || node->feed.position() != feed::Position{epoch_, store_.revision()};
            });
        };
        do poll();
        while (behind());
    }
    void settle() {
        catch_up();
        for (auto& node : nodes_) node->hub.tick();
    }

    void step() {
        switch (below(13)) {
            case 0:
            case 1:
            case 2:
            case 3:
                write();
                break;
            case 4:
                for (std::size_t n = below(20); n > 0; --n) write();
                break;
            case 5:
                if (one_in(2))
                    io_.restart(), io_.poll_one();  // one node may get ahead of the other
                else
                    poll();
                break;
            case 6:
                ask(*pick(clients_));
                break;
            case 7:
                reconnect(*pick(clients_));
                break;
            case 8:
                clock_.advance(std::chrono::seconds{below(12)});
                for (auto& node : nodes_) node->hub.tick();
                break;
            case 9:
                if (faults_) fault();
                break;
            case 10:
                change_rights(*pick(clients_));
                break;
            default:
                poll();
        }
        for (auto& client : clients_)
            if (one_in(1 + (client->slowness * 6))) complete(*client);
    }

    void write() {
        store::Transaction txn;
        for (const std::string& key : all_keys) {
            if (!one_in(one_in(10) ? 2 : 12)) continue;
            const std::string store_key = "/config/" + key;
            if (one_in(3))
                txn.deletes.push_back(store_key);
            else
                txn.puts.push_back({store_key, std::string(below(60), 'v')});
        }
        if (txn.puts.empty() && txn.deletes.empty()) txn.puts.push_back({"/config/" + pick(all_keys), "x"});
        if (one_in(20)) txn = {{}, {{"/elsewhere/" + pick(all_keys), "x"}}, {}};
        const auto before = store_.revision();
        const auto result = store_.commit_now(txn);
        if (result.revision == before) return;
        History& history = histories_.now();
        View state = history.states.rbegin()->second;
        auto& change = history.changes[result.revision];
        for (const auto& put : txn.puts) {
            if (!put.key.starts_with("/config/")) continue;
            state[put.key.substr(8)] = result.revision;
            change[put.key.substr(8)] = true;
        }
        for (std::size_t i = 0; i < txn.deletes.size(); ++i) {
            if (!result.deleted[i]) continue;
            state.erase(txn.deletes[i].substr(8));
            change[txn.deletes[i].substr(8)] = false;
        }
        history.states[result.revision] = std::move(state);
    }

    void begin_history(feed::Epoch epoch) {
        epoch_ = epoch;
        histories_.newest = epoch.to_string();
        histories_.now().states[0] = {};
        histories_.now().states[store_.revision()] = {};
    }

    // The store forgets its history while the watches are down: the nodes list again and see only the difference. Or
    // it is another store altogether.
    void fault() {
        store_.break_watches();
        if (one_in(4)) {
            store_.wipe({epoch_.id + 1});
            begin_history({epoch_.id + 1});
        }
        for (std::size_t n = below(6); n > 0; --n) write();
        if (one_in(2)) store_.drop_history();
        settle();
    }

    // As a token's record in the store: it has a revision of its own, and its effect is there before anybody is told of
    // that or of any later one.
    void change_rights(Client& client) {
        catch_up();
        client.allowed_since = store_.put("/config.confcast/auth/x", "y");
        catch_up();
        client.allowed.reset();
        if (!one_in(4)) {
            client.allowed.emplace();
            for (std::size_t n = below(4); n > 0; --n) client.allowed->insert(pick(all_globs));
        }
        client.node->hub.recheck([&](const AccessPtr& then) -> Result<AccessPtr> {
            if (then != client.access) return then;
            return access_of(client);
        });
    }

    AccessPtr access_of(Client& client) {
        Access access;
        if (client.allowed) access.scope = client.node->hub.scope({client.allowed->begin(), client.allowed->end()});
        access.changed = client.allowed_since;
        client.access = std::make_shared<const Access>(std::move(access));
        return client.access;
    }

    FilterSet random_filters() {
        FilterSet out;
        do {
            for (std::size_t n = below(3); n > 0; --n) out.keys.insert(pick(all_keys));
            for (std::size_t n = below(3); n > 0; --n) out.prefixes.insert(pick(all_prefixes));
            for (std::size_t n = below(3); n > 0; --n) out.globs.insert(pick(all_globs));
        } while (out.empty());
        return out;
    }

    void connect(Client& client) {
        Subscription subscription;
        FilterSet filters = client.model.filters();
        const feed::Revision position = client.model.position();
        // "Nothing" cannot be said when a connection is opened.
        const bool resume = position != 0 && !filters.empty() && !one_in(8);
        if (!resume && (filters.empty() || one_in(2))) filters = random_filters();
        subscription.filters.keys.assign(filters.keys.begin(), filters.keys.end());
        subscription.filters.prefixes.assign(filters.prefixes.begin(), filters.prefixes.end());
        subscription.filters.globs.assign(filters.globs.begin(), filters.globs.end());
        subscription.snapshot = !one_in(4);
        subscription.meta_only = one_in(3);
        Node& node = *pick(nodes_);
        client.node = &node;
        subscription.access = access_of(client);
        if (resume) {
            subscription.since = Since{feed::Epoch::parse(client.model.epoch()), position};
            if (subscription.since->epoch == node.feed.position().epoch && one_in(2)) subscription.since->epoch = {};
            ++client.resumes;
        }
        client.model.connect(filters, resume ? position : 0, subscription.snapshot);
        client.transport = std::make_unique<FakeTransport>();
        client.transport->swallows = client.slowness == 0 && one_in(2);
        client.transport->parse = client.transport->swallows;
        ASSERT_TRUE(node.hub.check(subscription).has_value());
        client.transport->events = &node.hub.open(*client.transport, std::move(subscription));
    }

    static void receive(Client& client, std::size_t messages) {
        for (std::size_t i = 0; i < messages; ++i) client.model.receive(read(*client.transport->in_flight[i]));
    }

    void complete(Client& client) {
        if (client.transport->swallows) {
            for (const Received& message : client.transport->take()) client.model.receive(message);
            return;
        }
        if (!client.transport->busy) return;
        receive(client, client.transport->in_flight.size());
        client.transport->complete();
    }

    // Of what was in flight the client got some messages, the rest is lost.
    void reconnect(Client& client) {
        if (client.transport->swallows) complete(client);
        if (client.transport->busy) receive(client, below(client.transport->in_flight.size() + 1));
        client.transport->events->on_closed();
        connect(client);
    }

    void ask(Client& client) {
        json::array keys;
        json::array prefixes;
        json::array globs;
        for (std::size_t n = below(3); n > 0; --n) keys.emplace_back(pick(all_keys));
        for (std::size_t n = below(3); n > 0; --n) prefixes.emplace_back(pick(all_prefixes));
        for (std::size_t n = below(3); n > 0; --n) globs.emplace_back(pick(all_globs));
        json::object message{{"type", one_in(2) ? "subscribe" : "unsubscribe"},
                             {"id", below(1'000)},
                             {"payload", {{"keys", keys}, {"prefixes", prefixes}, {"globs", globs}}}};
        if (one_in(6)) message = {{"type", "ping"}};
        client.transport->say(json::serialize(message));
    }

    void finish() {
        settle();
        const auto busy = [](const auto& client) { return client->transport->busy; };
        while (!::testing::Test::HasFailure() && std::ranges::any_of(clients_, busy)) {
            for (auto& client : clients_) complete(*client);
            poll();
        }
        clock_.advance(std::chrono::seconds{11});
        for (auto& node : nodes_) node->hub.tick();
        poll();
        for (auto& client : clients_) {
            complete(*client);
            client->model.expect_converged(client->allowed);
            EXPECT_EQ(client->model.position(), store_.revision()) << "a quiet subscriber's position moves on";
        }
    }

    std::mt19937 random_;
    bool faults_;
    asio::io_context io_{1};
    ManualClock clock_;
    NullLog log_;
    MemoryStore store_{io_.get_executor(), clock_};
    feed::Epoch epoch_;
    Histories histories_;
    std::vector<std::unique_ptr<Client>> clients_;  // their transports outlive the hubs
    std::vector<std::unique_ptr<Node>> nodes_;
};

Seen play(unsigned scenarios, bool faults) {
    Seen seen;
    for (unsigned seed = 1; seed <= scenarios && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Scenario scenario(seed, faults);
        scenario.play(60);
        scenario.add_to(seen);
    }
    return seen;
}

TEST(StreamProperty, EveryClaimOfAPositionIsTrueInEveryRegime) {
    const Seen seen = play(1'000, false);
    // The test is worth something only when it has been everywhere.
    EXPECT_GT(seen.updates, 1'000U);
    EXPECT_GT(seen.coalesced, 1'000U);
    EXPECT_GT(seen.snapshots, 1'000U);
    EXPECT_GT(seen.resumes, 1'000U);
    EXPECT_GT(seen.stats.resumed_changes, 1'000U);
    EXPECT_GT(seen.stats.resumed_snapshot, 100U);
    EXPECT_GT(seen.stats.bookmarks, 100U);
    EXPECT_GT(seen.stats.refused, 100U);
    EXPECT_GT(seen.access_news, 1'000U);
}

TEST(StreamProperty, NothingIsMissedWhenTheNodeItselfMissedHistoryOrGetsAnother) {
    const Seen seen = play(400, true);
    EXPECT_GT(seen.updates, 1'000U);
    EXPECT_GT(seen.coalesced, 500U);
    EXPECT_GT(seen.snapshots, 500U);
}

}  // namespace
}  // namespace confcast::push::test
