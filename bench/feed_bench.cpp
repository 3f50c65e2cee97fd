// What a change costs between the store's watch and the listeners, and what a read costs.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <random>

#include "confcast/feed/feed.hpp"

namespace {

using namespace confcast;  // NOLINT(google-build-using-namespace): a bench is one file
using feed::Revision;

constexpr std::size_t value_bytes = 256;

store::Layout layout() { return store::Layout::make("/config/").value(); }
std::string key_of(std::size_t n) {
    const std::string digits = std::to_string(1'000'000 + n);
    return "services/" + digits.substr(1, 3) + "/settings/" + digits.substr(4);
}
std::string record() {
    store::Metadata meta;
    meta.content_type = "text/plain";
    meta.author = "someone";
    meta.updated_at = SystemTime{std::chrono::seconds{1'700'000'000}};
    return store::encode_metadata(meta);
}

/// Holds `keys` settings and answers range() from memory; its watch never says anything.
class FixedStore final : public store::Store {
  public:
    using Content = std::vector<store::KeyValue>;
    static Content content(std::size_t keys) {
        Content content;
        const auto where = layout();
        for (const bool meta : {true, false})
            for (std::size_t n = 0; n < keys; ++n)
                content.push_back({meta ? where.meta_key(key_of(n)) : where.entry_key(key_of(n)),
                                   meta ? record() : std::string(value_bytes, 'x'), revision_, revision_, 1, 0});
        return content;
    }

    FixedStore(Executor executor, const Content& content) : executor_(executor), kvs_(content) {}

    Awaitable<Result<store::Status>> status() override {
        store::Status told;
        told.epoch = {1};
        told.revision = revision_;
        told.oldest = revision_;
        co_return told;
    }
    Awaitable<Result<store::RangeResult>> range(store::RangeRequest request) override {
        co_await asio::post(executor_, use_awaitable);  // as every store does: others have their turn
        store::RangeResult result;
        result.revision = revision_;
        auto it = std::ranges::lower_bound(kvs_, request.range.begin, {}, &store::KeyValue::key);
        for (; it != kvs_.end() && request.limit-- > 0; ++it) result.kvs.push_back(*it);
        result.more = it != kvs_.end();
        co_return result;
    }
    Awaitable<Result<std::unique_ptr<store::WatchStream>>> watch(store::WatchRequest) override {
        co_return Error(Errc::store_unavailable);
    }
    Awaitable<Result<store::TransactionResult>> commit(store::Transaction) override { co_return Errc::internal; }
    Awaitable<Result<>> compact(Revision) override { co_return Errc::internal; }
    Awaitable<Result<store::Lease>> grant(std::int64_t) override { co_return Errc::internal; }
    Awaitable<Result<store::Lease>> keep_alive(store::LeaseId) override { co_return Errc::internal; }
    Awaitable<Result<>> revoke(store::LeaseId) override { co_return Errc::internal; }
    Awaitable<> close() override { co_return; }

  private:
    Executor executor_;
    static constexpr Revision revision_ = 100;
    const Content& kvs_;
};

struct World {
    explicit World(std::size_t keys)
        : content(FixedStore::content(keys)),
          source(io.get_executor(), content),
          feed(io.get_executor(), source, layout(), {}, clock, log) {
        asio::co_spawn(io, feed.run_replicator(), asio::detached);
        while (!feed.ready()) io.run_one();
    }
    asio::io_context io{1};
    FixedStore::Content content;
    FixedStore source;
    SystemClock clock;
    NullLog log;
    feed::Feed feed;
};

store::WatchBatch batch_of(const store::Layout& where, Revision revision, std::size_t first, std::size_t count,
                           std::size_t keys, bool with_record, const std::string& meta) {
    store::WatchBatch batch{revision, {}};
    batch.events.reserve(count * 2);
    if (with_record)
        for (std::size_t n = 0; n < count; ++n)
            batch.events.push_back({store::Event::Type::put,
                                    {where.meta_key(key_of((first + n) % keys)), meta, revision, revision, 1, 0}});
    for (std::size_t n = 0; n < count; ++n)
        batch.events.push_back(
            {store::Event::Type::put,
             {where.entry_key(key_of((first + n) % keys)), std::string(value_bytes, 'y'), revision, revision, 1, 0}});
    return batch;
}

/// One revision of `events` puts of random keys, out of `keys`, with or without metadata records.
void apply(benchmark::State& state) {
    const auto keys = static_cast<std::size_t>(state.range(2));
    World world(keys);
    const auto where = layout();
    const std::string meta = record();
    const auto events = static_cast<std::size_t>(state.range(0));
    std::mt19937 random(1);
    Revision revision = world.feed.position().revision;
    std::vector<store::WatchBatch> batches;
    for (auto _ : state) {
        if (batches.empty()) {
            state.PauseTiming();
            for (int i = 0; i < 1'000; ++i)
                batches.push_back(batch_of(where, revision + 1'000 - i, random() % (keys - events), events, keys,
                                           state.range(1) != 0, meta));
            revision += 1'000;
            state.ResumeTiming();
        }
        world.feed.apply(std::move(batches.back()));
        batches.pop_back();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(apply)->ArgsProduct({{1, 64}, {0, 1}, {10'000, 100'000}})->ArgNames({"events", "meta", "keys"});

void apply_duplicate(benchmark::State& state) {
    World world(100'000);
    const auto where = layout();
    const auto batch = batch_of(where, 101, 5, 1, 100'000, true, record());
    world.feed.apply(batch);
    for (auto _ : state) world.feed.apply(batch);
}
BENCHMARK(apply_duplicate);

void find(benchmark::State& state) {
    const auto keys = static_cast<std::size_t>(state.range(0));
    World world(keys);
    std::vector<std::string> asked;
    std::mt19937 random(1);
    for (int i = 0; i < 10'000; ++i) asked.push_back(key_of(random() % keys));
    std::size_t n = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(world.feed.state().find(asked[n]));
        if (++n == asked.size()) n = 0;
    }
}
BENCHMARK(find)->Arg(10'000)->Arg(100'000);

/// A page of 100 under a prefix of 1,000 keys.
void scan(benchmark::State& state) {
    World world(100'000);
    for (auto _ : state) {
        std::size_t left = 100;
        world.feed.state().scan("services/042/", "services/042/settings/500", [&](const feed::EntryPtr& entry) {
            benchmark::DoNotOptimize(entry.get());
            return --left > 0;
        });
    }
    state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(scan);

/// The last 1,000 changes of 100,000 keys, as one coalesced update takes them.
void changed_since(benchmark::State& state) {
    World world(100'000);
    const auto where = layout();
    for (Revision revision = 101; revision <= 50'100; ++revision)
        world.feed.apply(
            batch_of(where, revision, static_cast<std::size_t>(revision * 7) % 99'000, 1, 100'000, false, {}));
    for (auto _ : state)
        world.feed.state().changed_since(49'100, [](Revision, const feed::KeyChange& change) {
            benchmark::DoNotOptimize(change.entry.get());
            return true;
        });
    state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(changed_since);

/// From nothing to ready with 100,000 keys and their metadata, the store itself costing next to nothing; the longest
/// time that the loop had no turn is told too.
void start(benchmark::State& state) {
    const auto content = FixedStore::content(static_cast<std::size_t>(state.range(0)));
    SystemClock clock;
    NullLog log;
    double longest_ms = 0;
    for (auto _ : state) {
        asio::io_context io{1};
        FixedStore source(io.get_executor(), content);
        feed::Feed feed(io.get_executor(), source, layout(), {}, clock, log);
        asio::co_spawn(io, feed.run_replicator(), asio::detached);
        while (!feed.ready()) {
            const auto before = clock.now();
            io.run_one();
            longest_ms = std::max(longest_ms, std::chrono::duration<double, std::milli>(clock.now() - before).count());
        }
        state.PauseTiming();
        benchmark::DoNotOptimize(feed.state().size());
        state.ResumeTiming();
    }
    state.counters["longest_ms"] = longest_ms;
}
BENCHMARK(start)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
