// The machine against the server's own hub: random writes, subscriptions that come and go, connections that break in
// the middle of a batch, two nodes, limits so small that live, folded and paged delivery all happen, and histories that
// are lost or replaced. Each subscriber is held to its promise at every call: what it has been told adds up to the
// store's state at the position that it is told, nothing comes twice, and in the end it has all there is.
#include <gtest/gtest.h>

#include <deque>
#include <list>
#include <memory>
#include <random>

#include "stream_machine.hpp"
#include "stream_test.hpp"  // of test/push: a node in a box

namespace confcast::client::test {
namespace {

using push::test::FakeTransport;
using push::test::MemoryStore;
using push::test::Node;

const std::vector<std::string> all_keys{"a",   "a/1", "a/2", "a/b/1", "a/b/2", "ab",
                                        "b/1", "b/2", "b/3", "c/d/e", "c/d/f", "z"};
const std::vector<Filters> all_filters{{},
                                       {.keys = {"a"}},
                                       {.keys = {"a/1", "z"}},
                                       {.prefixes = {"a/"}},
                                       {.prefixes = {"a"}},
                                       {.prefixes = {"b/", "c/"}},
                                       {.prefixes = {"nothing/"}},
                                       {.globs = {"**/1"}},
                                       {.globs = {"a/**", "c/*/e"}},
                                       {.keys = {"b/2"}, .prefixes = {"a/b/"}, .globs = {"*"}}};

using View = std::map<std::string, std::string>;
/// What the store held at each revision of each history.
struct Truth {
    std::map<std::string, std::map<Revision, View>> of;
    std::string newest;
    View at(const Position& position, const FilterSet& filters) const {
        View view = std::prev(of.at(position.epoch).upper_bound(position.revision))->second;
        std::erase_if(view, [&](const auto& entry) { return !filters.matches(entry.first); });
        return view;
    }
    Position head() const { return {newest, of.at(newest).rbegin()->first}; }
};

struct Seen {
    std::size_t updates = 0;
    std::size_t folded = 0;
    std::size_t differences = 0;
    std::size_t initial = 0;
    std::size_t resumed = 0;
    std::size_t duplicates = 0;
};

class Subscriber {
  public:
    Subscriber(const Truth& truth, Filters filters, Seen& seen)
        : filters(std::move(filters)), truth_(truth), set_(FilterSet::of(this->filters)), seen_(seen) {}

    void take(const Change& change) {
        ASSERT_EQ(!begun_, change.cause == Change::Cause::initial);
        ASSERT_TRUE(change.position.epoch != last_.epoch || change.position.revision >= last_.revision ||
                    change.cause == Change::Cause::snapshot)
            << "positions only grow";
        if (begun_) {
            ASSERT_FALSE(change.events.empty());
        }
        for (const Event& event : change.events) {
            ASSERT_TRUE(set_.matches(event.key)) << event.key;
            const auto known = view_.find(event.key);
            if (event.deleted()) {
                ASSERT_NE(known, view_.end()) << event.key << " was not there";
                view_.erase(known);
                revisions_.erase(event.key);
                continue;
            }
            if (known != view_.end()) {
                ASSERT_NE(revisions_.at(event.key), (Position{change.position.epoch, event.mod_revision})) << event.key;
            }
            view_[event.key] = event.value;
            revisions_[event.key] = {change.position.epoch, event.mod_revision};
        }
        ASSERT_EQ(view_, truth_.at(change.position, set_)) << "at " << change.position.to_string();
        begun_ = true;
        last_ = change.position;
        count(change);
    }
    void expect_converged() const {
        ASSERT_TRUE(begun_);
        ASSERT_EQ(view_, truth_.at(truth_.head(), set_));
    }

    const Filters filters;
    std::uint64_t id = 0;

  private:
    void count(const Change& change) {
        switch (change.cause) {
            case Change::Cause::initial:
                ++seen_.initial;
                return;
            case Change::Cause::snapshot:
                ++seen_.differences;
                return;
            case Change::Cause::update:
                ++(change.coalesced_from ? seen_.folded : seen_.updates);
        }
    }
    const Truth& truth_;
    FilterSet set_;
    Seen& seen_;
    View view_;
    std::map<std::string, Position> revisions_;  // as they were told
    Position last_;
    bool begun_ = false;
};

class Scenario {
  public:
    Scenario(unsigned seed, bool faults, Seen& seen) : random_(seed), faults_(faults), seen_(seen) {
        feed::FeedOptions feed_options;
        feed_options.anti_entropy = std::chrono::milliseconds{0};
        feed_options.backoff_min = feed_options.backoff_max = std::chrono::milliseconds{0};
        feed_options.journal.max_changes = 2 + below(12);
        feed_options.max_tombstones = 1 + below(8);
        push::HubOptions hub_options;
        hub_options.page_bytes = 100 + below(600);
        hub_options.batch_messages = 1 + below(4);
        hub_options.coalesce_after = 1 + below(6);
        hub_options.coalesce_max_bytes = 300 + below(3'000);
        hub_options.scan_changes = 1 + below(10);
        hub_options.write_timeout = std::chrono::hours{10};
        for (int i = 0; i < 2; ++i)
            nodes_.push_back(std::make_unique<Node>(io_, store_, clock_, log_, feed_options, hub_options));
        begin_history({1});
        settle();
        MachineOptions options;
        options.query_bytes = one_in(3) ? 10 + below(60) : 3'000;
        machine_ = std::make_unique<StreamMachine>(options);
        for (std::size_t n = 1 + below(3); n > 0; --n) join();
    }
    ~Scenario() {
        for (auto& node : nodes_) node->stop();
        poll();
    }

    void play(std::size_t steps) {
        for (; steps > 0 && !::testing::Test::HasFailure(); --steps) step();
        finish();
        seen_.duplicates += machine_->duplicates();
    }

  private:
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
    void settle() {
        const auto behind = [&](const auto& node) {
            return !node->feed.ready() || node->feed.position() != feed::Position{epoch_, store_.revision()};
        };
        do poll();
        while (std::ranges::any_of(nodes_, behind));
        for (auto& node : nodes_) node->hub.tick();
    }

    void step() {
        switch (below(12)) {
            case 0:
            case 1:
            case 2:
                return write();
            case 3:
                for (std::size_t n = below(20); n > 0; --n) write();
                return;
            case 4:
                return join();
            case 5:
                return leave();
            case 6:
                return cut();
            case 7:
                clock_.advance(std::chrono::seconds{below(12)});
                for (auto& node : nodes_) node->hub.tick();
                return;
            case 8:
                if (faults_) fault();
                return;
            case 9:
                if (!connected()) connect();
                return;
            default:
                poll();
                receive(1 + below(3));
        }
    }

    void begin_history(store::Epoch epoch) {
        epoch_ = epoch;
        truth_.newest = epoch.to_string();
        truth_.of[truth_.newest] = {{0, {}}, {store_.revision(), {}}};
    }

    void write() {
        store::Transaction txn;
        for (const std::string& key : all_keys) {
            if (!one_in(8)) continue;
            if (one_in(3))
                txn.deletes.push_back("/config/" + key);
            else
                txn.puts.push_back({"/config/" + key, std::string(below(4), 'v')});
        }
        if (txn.puts.empty() && txn.deletes.empty()) txn.puts.push_back({"/config/" + pick(all_keys), "x"});
        const auto before = store_.revision();
        const auto result = store_.commit_now(txn);
        if (result.revision == before) return;
        auto& history = truth_.of[truth_.newest];
        View state = history.rbegin()->second;
        for (const auto& put : txn.puts) state[put.key.substr(8)] = put.value;
        for (const auto& key : txn.deletes) state.erase(key.substr(8));
        history[result.revision] = std::move(state);
    }

    // The store forgets its history while the watches are down, or it is another store altogether.
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

    // --- subscribers

    void join() {
        if (subscribers_.size() >= 6) return;
        auto& subscriber = subscribers_.emplace_back(truth_, pick(all_filters), seen_);
        const auto id = machine_->watch(subscriber.filters, [&](const Change& change) { subscriber.take(change); });
        ASSERT_TRUE(id);
        subscriber.id = *id;
        if (one_in(2)) machine_->deliver_due();
        flush();
    }
    void leave() {
        if (subscribers_.size() < 2) return;
        const auto gone = std::next(subscribers_.begin(), static_cast<std::ptrdiff_t>(below(subscribers_.size())));
        machine_->unwatch(gone->id);
        subscribers_.erase(gone);
        flush();
    }

    // --- the connection

    bool connected() const { return transport_ != nullptr; }

    void connect() {
        const Opening opening = machine_->begin("node");
        push::Subscription subscription;
        const Filters filters = opening.filters.to_filters();
        subscription.filters = {filters.keys, filters.prefixes, filters.globs};
        if (opening.since) {
            const auto since = push::Since::parse(opening.since->to_string());
            ASSERT_TRUE(since) << opening.since->to_string();
            subscription.since = *since;
            ++seen_.resumed;
        }
        Node& node = *pick(nodes_);
        transport_ = &transports_.emplace_back();
        transport_->parse = false;
        ASSERT_TRUE(node.hub.check(subscription).has_value());
        transport_->events = &node.hub.open(*transport_, std::move(subscription));
    }

    void flush() {
        if (!connected()) return;
        for (const std::string& text : machine_->take_outbox()) transport_->say(text);
    }

    void hear(std::size_t messages) {
        for (std::size_t i = 0; i < messages && !::testing::Test::HasFailure(); ++i) {
            const std::string text = transport_->in_flight[i]->json();
            const auto taken = machine_->on_message(text, clock_.now());
            ASSERT_TRUE(taken) << taken.error().message << ": " << text;
        }
    }

    /// So many writes arrive whole.
    void receive(std::size_t writes) {
        for (; writes > 0 && connected() && transport_->busy; --writes) {
            hear(transport_->in_flight.size());
            transport_->complete();
            flush();
            ASSERT_FALSE(transport_->closed) << transport_->closed->text;
        }
    }

    /// Of what was in flight some arrives, the rest is lost.
    void cut() {
        if (!connected()) return;
        if (transport_->busy) hear(below(transport_->in_flight.size() + 1));
        transport_->events->on_closed();
        transport_ = nullptr;
        Ending ending;
        ending.failure.kind = FailureKind::lost;
        machine_->on_ended(std::move(ending), clock_.now());
    }

    void finish() {
        if (::testing::Test::HasFailure()) return;
        machine_->deliver_due();
        settle();
        if (!connected()) connect();
        for (int i = 0; i < 200 && !::testing::Test::HasFailure(); ++i) {
            flush();
            receive(10);
            poll();
        }
        for (const Subscriber& subscriber : subscribers_) subscriber.expect_converged();
        machine_->on_quiet(clock_.now());
        EXPECT_EQ(machine_->status().state, StreamState::live);
    }

    std::mt19937 random_;
    bool faults_;
    Seen& seen_;
    asio::io_context io_{1};
    ManualClock clock_;
    NullLog log_;
    MemoryStore store_{io_.get_executor(), clock_};
    store::Epoch epoch_;
    Truth truth_;
    std::list<Subscriber> subscribers_;
    std::deque<FakeTransport> transports_;  // outlive the hubs
    FakeTransport* transport_ = nullptr;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::unique_ptr<StreamMachine> machine_;
};

Seen play(unsigned scenarios, bool faults) {
    Seen seen;
    for (unsigned seed = 1; seed <= scenarios && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Scenario scenario(seed, faults, seen);
        scenario.play(80);
    }
    return seen;
}

TEST(HubProperty, WhatIsToldIsTheStoresStateAtEveryPosition) {
    const Seen seen = play(400, false);
    // The test is worth something only when it has been everywhere.
    EXPECT_GT(seen.initial, 1'000U);
    EXPECT_GT(seen.updates, 1'000U);
    EXPECT_GT(seen.folded, 300U);
    EXPECT_GT(seen.differences, 300U);
    EXPECT_GT(seen.resumed, 300U);
}

TEST(HubProperty, AlsoWhenHistoriesAreLostAndReplaced) {
    const Seen seen = play(400, true);
    EXPECT_GT(seen.updates, 1'000U);
    EXPECT_GT(seen.differences, 300U);
    EXPECT_GT(seen.resumed, 300U);
}

}  // namespace
}  // namespace confcast::client::test
