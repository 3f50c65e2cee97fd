// What a change costs in the push room: finding who wants it, encoding it, handing it to transports.
#include <benchmark/benchmark.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <deque>

#include "confcast/push/entry_json.hpp"
#include "json_text.hpp"
#include "shared_messages.hpp"
#include "snapshot.hpp"
#include "subscription_index.hpp"
#include "wire.hpp"

// NOLINTBEGIN(clang-analyzer-deadcode.DeadStores): `for (auto _ : state)` is how Google Benchmark loops
namespace confcast::push {
namespace {

struct Plain final : Subscriber {};

feed::EntryPtr make_entry(std::string key, std::string value, feed::Revision revision) {
    auto entry = std::make_shared<feed::Entry>();
    entry->key = std::move(key);
    entry->value = std::move(value);
    entry->create_revision = entry->mod_revision = revision;
    entry->version = 1;
    entry->meta.content_type = "application/json";
    return entry;
}

feed::ChangePtr make_change(feed::Revision revision, std::string key, std::size_t value_bytes) {
    auto entry = make_entry(key, std::string(value_bytes, 'v'), revision);
    return std::make_shared<const feed::Change>(
        feed::Change{revision, {feed::KeyChange{std::move(key), std::move(entry)}}});
}

// Ten subscribers match; the argument says how many filters do not. Flat, or something is wrong.
void match_among_filters(benchmark::State& state) {
    SubscriptionIndex index;
    std::deque<Plain> subscribers;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        const std::string text = "other/" + std::to_string(i);
        index.add(subscribers.emplace_back(), i % 2 == 0 ? FilterKind::key : FilterKind::prefix, text);
    }
    for (int i = 0; i < 10; ++i) index.add(subscribers.emplace_back(), FilterKind::prefix, "app/");
    const auto change = make_change(2, "app/service/port", 8);
    std::vector<Subscriber*> out;
    for (auto _ : state) {
        out.clear();
        index.match(*change, out);
        benchmark::DoNotOptimize(out.data());
    }
    for (auto& subscriber : subscribers) index.remove_all(subscriber);
}
BENCHMARK(match_among_filters)->Arg(10)->Arg(1'000)->Arg(100'000);

void encode_entry(benchmark::State& state) {
    const auto entry = make_entry("app/service/port", std::string(static_cast<std::size_t>(state.range(0)), 'v'), 2);
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_entry(out, *entry, false);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encode_entry)->Arg(256)->Arg(16 << 10);

// With its framing: what the first session of a fan-out pays.
void encode_update(benchmark::State& state) {
    const auto change = make_change(2, "app/service/port", static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        UpdateEncoder encoder({{1}, 2}, false);
        encoder.reserve(estimate(change->events.front(), false));
        encoder.add(change->revision, change->events.front());
        const auto message = std::move(encoder).finish();
        benchmark::DoNotOptimize(message->framed(Framing::websocket).data());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encode_update)->Arg(256)->Arg(16 << 10);

// The argument: every how many bytes one must be escaped; 0 = none.
void escape_json(benchmark::State& state) {
    std::string text(4'096, 'v');
    if (state.range(0) != 0)
        for (std::size_t i = 0; i < text.size(); i += static_cast<std::size_t>(state.range(0))) text[i] = '"';
    std::string out;
    for (auto _ : state) {
        out.clear();
        append_json_string(out, text);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(escape_json)->Arg(0)->Arg(64)->Arg(8);

class NullTransport final : public Transport {
  public:
    Framing framing() const override { return Framing::websocket; }
    bool send(std::span<const MessagePtr> messages) override {
        benchmark::DoNotOptimize(messages.back()->framed(Framing::websocket).data());
        return !slow;
    }
    void close(const CloseReason&) override {}
    void abort() override {}
    std::uint64_t bytes_accepted() const override { return 0; }
    std::string_view remote() const override { return "bench"; }

    TransportEvents* events = nullptr;
    bool slow = false;  // its writes are done when it says so
};

/// Has nothing to say until it is cancelled.
class NoWatch final : public store::WatchStream {
  public:
    Awaitable<Result<store::WatchBatch>> next() override {
        SteadyTimer never(co_await asio::this_coro::executor, SteadyTime::max());
        [[maybe_unused]] const auto [ec] = co_await never.async_wait(as_result);
        co_return Errc::shutting_down;
    }
};

/// A feed that changes when it is told to; its store is never asked for anything.
class NoStore final : public store::Store {
  public:
    Awaitable<Result<store::Status>> status() override { co_return store::Status{{1}, 1, 1, 0, "none", ""}; }
    Awaitable<Result<store::RangeResult>> range(store::RangeRequest) override {
        co_return store::RangeResult{1, {}, false};
    }
    Awaitable<Result<store::TransactionResult>> commit(store::Transaction) override { co_return Errc::internal; }
    Awaitable<Result<std::unique_ptr<store::WatchStream>>> watch(store::WatchRequest) override {
        co_return std::make_unique<NoWatch>();
    }
    Awaitable<Result<>> compact(store::Revision) override { co_return Errc::internal; }
    Awaitable<Result<store::Lease>> grant(std::int64_t) override { co_return Errc::internal; }
    Awaitable<Result<store::Lease>> keep_alive(store::LeaseId) override { co_return Errc::internal; }
    Awaitable<Result<>> revoke(store::LeaseId) override { co_return Errc::internal; }
    Awaitable<> close() override { co_return; }
};

class Node {
  public:
    Node() {
        asio::co_spawn(io_.get_executor(), feed.run_replicator(),
                       asio::bind_cancellation_slot(stop_.slot(), [](const std::exception_ptr&) {}));
        while (!feed.ready()) run();
    }
    ~Node() {
        stop_.emit(asio::cancellation_type::terminal);
        run();
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    void put(std::string key, std::string value) {
        store::Event event;
        event.kv = {"/config/" + std::move(key), std::move(value), ++revision_, revision_, 1, 0};
        feed.apply({revision_, {std::move(event)}});
    }
    /// All that is due is done.
    void turn() { run(); }

  private:
    void run() {
        io_.restart();
        io_.poll();
    }

    asio::io_context io_{1};
    asio::cancellation_signal stop_;
    NoStore store_;
    SystemClock clock_;
    NullLog log_;
    feed::Revision revision_ = 1;

  public:
    feed::Feed feed{io_.get_executor(), store_, *store::Layout::make("/config/"), {}, clock_, log_};
    Hub hub{io_.get_executor(), feed, {}, clock_, log_};
};

/// Clients that all want what changes.
class Crowd {
  public:
    Crowd(Node& node, std::int64_t clients) {
        for (std::int64_t i = 0; i < clients; ++i) {
            auto& transport = all.emplace_back();
            transport.events = &node.hub.open(transport, {{{}, {"app/"}}, {}, true, false});
        }
        node.turn();
    }
    std::deque<NullTransport> all;
};

// One change to idle sessions: the hub's whole part of a fan-out. The argument says how many.
void fan_out(benchmark::State& state) {
    Node node;
    const Crowd crowd(node, state.range(0));
    for (auto _ : state) {
        node.put("app/service/port", std::string(256, 'v'));
        node.turn();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(node.hub.stats().updates));
}
BENCHMARK(fan_out)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

// 16 publications in one turn of the loop: one gathered write for each session.
void fan_out_batched(benchmark::State& state) {
    constexpr std::int64_t publications = 16;
    Node node;
    const Crowd crowd(node, state.range(0));
    for (auto _ : state) {
        for (std::int64_t i = 0; i < publications; ++i) node.put("app/service/port", std::string(256, 'v'));
        node.turn();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(node.hub.stats().updates));
}
BENCHMARK(fan_out_batched)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

// The same while every write is in flight, and then these end one by one.
void fan_out_behind(benchmark::State& state) {
    constexpr std::int64_t publications = 16;
    Node node;
    Crowd crowd(node, state.range(0));
    for (auto& transport : crowd.all) transport.slow = true;
    for (auto _ : state) {
        node.put("app/service/port", std::string(256, 'v'));
        node.turn();
        for (std::int64_t i = 1; i < publications; ++i) node.put("app/service/port", std::string(256, 'v'));
        node.turn();
        for (int round = 0; round < 2; ++round)
            for (auto& transport : crowd.all) transport.events->on_sent();
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(node.hub.stats().updates));
}
BENCHMARK(fan_out_behind)->Arg(1'000)->Unit(benchmark::kMicrosecond);

// Among 100,000 settings: a client that comes after a change has a snapshot collected for itself and its first page
// made; the argument says how many others come with it and share both.
void open_to_many_settings(benchmark::State& state) {
    Node node;
    for (int i = 0; i < 100'000; ++i) node.put("app/service-" + std::to_string(i) + "/port", std::string(256, 'v'));
    node.turn();
    for (auto _ : state) {
        node.put("app/service-1/port", std::string(256, 'v'));
        std::deque<NullTransport> transports(static_cast<std::size_t>(state.range(0)));
        for (auto& transport : transports)
            transport.events = &node.hub.open(transport, {{{}, {"app/"}}, {}, true, false});
        state.PauseTiming();
        for (auto& transport : transports) transport.events->on_closed();
        state.ResumeTiming();
    }
}
BENCHMARK(open_to_many_settings)->Arg(1)->Arg(1'000)->Unit(benchmark::kMillisecond);

// What one client that is far behind costs.
void coalesce_1000_keys(benchmark::State& state) {
    Node node;
    for (int i = 0; i < 1'000; ++i) node.put("app/" + std::to_string(i), std::string(256, 'v'));
    HubStats stats;
    HubOptions options;
    SubscriptionIndex index;
    Plain who;
    index.add(who, FilterKind::prefix, "app/");
    for (auto _ : state) {
        Allowance allowance(options);
        SharedMessages fresh(node.feed, options, stats, allowance);
        const auto update = fresh.coalesced(1, 1, {who.filters(), nullptr, false});
        benchmark::DoNotOptimize(update.message->json().data());
    }
    state.SetItemsProcessed(state.iterations() * 1'000);
    index.remove_all(who);
}
BENCHMARK(coalesce_1000_keys)->Unit(benchmark::kMicrosecond);

// A snapshot that reads 100,000 settings: the argument says of how many globs that no bytes of a key can rule out.
void collect_globs(benchmark::State& state) {
    feed::State settings;
    std::vector<feed::EntryPtr> entries;
    entries.reserve(100'000);
    for (int i = 0; i < 100'000; ++i)
        entries.push_back(make_entry("app/service-" + std::to_string(i) + "/port", std::string(8, 'v'), 2));
    settings.reset(2, entries);
    SubscriptionIndex index;
    Plain who;
    for (std::int64_t i = 0; i < state.range(0); ++i)
        index.add(who, FilterKind::glob, "**/service-" + std::to_string(i) + "*/port");
    for (auto _ : state) benchmark::DoNotOptimize(collect(settings, who.filters()).data());
    index.remove_all(who);
}
BENCHMARK(collect_globs)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

// A page of the clients' list among 10,000 sessions of ten filters each: how long the loop is held. The argument is the
// page's limit; 0 = a query that nobody answers, which looks at all of them.
void page_of_clients(benchmark::State& state) {
    Node node;
    std::deque<NullTransport> transports(10'000);
    std::size_t n = 0;
    for (auto& transport : transports) {
        Subscription subscription;
        subscription.snapshot = false;
        subscription.name = {"client-" + std::to_string(n), {{"zone", "eu"}, {"tier", "front"}}};
        for (int i = 0; i < 10; ++i)
            subscription.filters.prefixes.push_back("tenants/" + std::to_string(n) + "/" + std::to_string(i) + "/");
        transport.events = &node.hub.open(transport, std::move(subscription));
        ++n;
    }
    const bool nobody = state.range(0) == 0;
    ClientQuery query;
    if (nobody) query.labels = {{"zone", "nowhere"}};
    const std::size_t limit = nobody ? 100 : static_cast<std::size_t>(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(node.hub.clients(query, 0, limit).clients.data());
}
BENCHMARK(page_of_clients)->Arg(0)->Arg(100)->Arg(1'000)->Unit(benchmark::kMicrosecond);

// A handshake's part: session, welcome and a snapshot page that is shared.
void open_and_close(benchmark::State& state) {
    Node node;
    for (int i = 0; i < 100; ++i) node.put("app/" + std::to_string(i), std::string(256, 'v'));
    NullTransport other;
    other.events = &node.hub.open(other, {{{}, {"app/"}}, {}, true, false});
    for (auto _ : state) {
        NullTransport transport;
        transport.events = &node.hub.open(transport, {{{}, {"app/"}}, {}, true, false});
        transport.events->on_closed();
    }
}
BENCHMARK(open_and_close);

}  // namespace
}  // namespace confcast::push
// NOLINTEND(clang-analyzer-deadcode.DeadStores)
