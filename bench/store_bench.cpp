// The embedded store on a real directory ($TMPDIR or /tmp): commit rate by concurrent writers, one commit per write
// beside it in the same run, reads, and opening.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <filesystem>

#include "confcast/base/clock.hpp"
#include "confcast/store/embedded.hpp"

namespace {

namespace store = confcast::store;
namespace asio = confcast::asio;
using confcast::Awaitable;
using confcast::Result;

class Directory {
  public:
    Directory() : path((std::filesystem::temp_directory_path() / "confcast-bench-XXXXXX").string()) {
        if (::mkdtemp(path.data()) == nullptr) std::abort();
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string path;
};

struct Fixture {
    explicit Fixture(std::size_t max_group = 1'024) {
        options.directory = directory.path;
        options.max_group = max_group;
        open();
    }
    void open() { db = store::EmbeddedStore::open(io.get_executor(), options, clock, log).value(); }
    void close() {
        if (db) asio::co_spawn(io, db->close(), asio::detached);
        io.restart();
        io.run();
        db.reset();
    }
    ~Fixture() { close(); }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    void fill(int keys) {
        int answers = 0;
        for (int i = 0; i < keys; i += 100) {
            store::Transaction transaction;
            for (int j = i; j < i + 100; ++j)
                transaction.puts.push_back({"/config/app/key" + std::to_string(j), std::string(100, 'v'), 0});
            asio::co_spawn(io, db->commit(transaction),
                           [&](const std::exception_ptr&, const auto& result) { answers += result ? 1 : 0; });
        }
        io.restart();
        while (answers < keys / 100) io.run_one();
    }
    template <class T>
    T wait(Awaitable<Result<T>> call) {
        std::optional<T> got;
        asio::co_spawn(io, std::move(call), [&](const std::exception_ptr&, auto result) { got = std::move(*result); });
        io.restart();
        while (!got) io.run_one();
        return std::move(*got);
    }

    asio::io_context io{1};
    confcast::SystemClock clock;
    confcast::NullLog log;
    Directory directory;
    store::EmbeddedOptions options;
    std::unique_ptr<store::EmbeddedStore> db;
};

/// Writes an entry and its metadata as the API does, one after the other, while `left` lasts.
Awaitable<> run_writer(store::Store& db, int id, std::int64_t& left, int& running) {
    for (int n = 0; left > 0; ++n) {
        --left;
        const auto name = std::to_string(id) + "-" + std::to_string(n % 100);
        store::Transaction transaction;
        transaction.puts.push_back({"/config/bench/" + name, std::string(256, 'v'), 0});
        transaction.puts.push_back({"/config.confcast/meta/bench/" + name, std::string(80, 'm'), 0});
        if (const auto result = co_await db.commit(std::move(transaction)); !result) std::abort();
    }
    --running;
}

void commits(benchmark::State& state, std::size_t max_group) {
    Fixture fixture(max_group);
    const auto writers = static_cast<int>(state.range(0));
    const std::int64_t batch = max_group == 1 ? 500 : std::max(500, writers * 50);
    for ([[maybe_unused]] auto _ : state) {
        std::int64_t left = batch;
        int running = writers;
        for (int id = 0; id < writers; ++id)
            asio::co_spawn(fixture.io, run_writer(*fixture.db, id, left, running), asio::detached);
        fixture.io.restart();
        while (running > 0) fixture.io.run_one();  // NOLINT(bugprone-infinite-loop): the coroutines count it down
    }
    const auto stats = fixture.db->stats();
    state.SetItemsProcessed(static_cast<std::int64_t>(stats.writes));
    state.counters["writes_per_commit"] = static_cast<double>(stats.writes) / static_cast<double>(stats.commits);
    state.counters["largest_group"] = static_cast<double>(stats.largest_group);
}

void commit_grouped(benchmark::State& state) { commits(state, 1'024); }
void commit_one_by_one(benchmark::State& state) { commits(state, 1); }
BENCHMARK(commit_one_by_one)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(commit_grouped)->Arg(1)->Arg(16)->Arg(64)->Arg(256)->UseRealTime()->Unit(benchmark::kMillisecond);

void get(benchmark::State& state) {
    Fixture fixture;
    fixture.fill(10'000);
    int i = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto key = "/config/app/key" + std::to_string(++i % 10'000);
        benchmark::DoNotOptimize(fixture.wait(fixture.db->range({store::KeyRange::single(key), 0, 0, false})));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(get)->UseRealTime();

void range(benchmark::State& state) {
    Fixture fixture;
    fixture.fill(static_cast<int>(state.range(0)));
    for ([[maybe_unused]] auto _ : state)
        benchmark::DoNotOptimize(fixture.wait(fixture.db->range({store::KeyRange::prefix("/config/"), 0, 0, false})));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(range)->Arg(100)->Arg(10'000)->Arg(100'000)->UseRealTime()->Unit(benchmark::kMillisecond);

void open_store(benchmark::State& state) {
    Fixture fixture;
    fixture.fill(static_cast<int>(state.range(0)));
    for ([[maybe_unused]] auto _ : state) {
        state.PauseTiming();
        fixture.close();
        state.ResumeTiming();
        fixture.open();
    }
}
BENCHMARK(open_store)->Arg(100'000)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
