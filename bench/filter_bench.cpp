// What a change costs among filters that do not want it, and what a filter costs in memory. The first argument is the
// kind of filter, the second how many there are; exactly one of them matches. `of_100` is the time of one change as a
// multiple of what it is among 100 filters of the same kind: about 1, or the index looks at filters that do not match.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <random>
#include <string>

#include "subscription_index.hpp"

// NOLINTBEGIN(clang-analyzer-deadcode.DeadStores): `for (auto _ : state)` is how Google Benchmark loops
namespace confcast::push {
namespace {

struct Plain final : Subscriber {};

struct Kind {
    const char* name;
    FilterKind kind;
    std::string (*filter)(const std::string& n);
    std::string (*key)(const std::string& n);
};

const std::array kinds{
    Kind{"key", FilterKind::key, [](const std::string& n) { return "app/service-" + n + "/port"; },
         [](const std::string& n) { return "app/service-" + n + "/port"; }},
    Kind{"prefix", FilterKind::prefix, [](const std::string& n) { return "tenants/t-" + n + "/"; },
         [](const std::string& n) { return "tenants/t-" + n + "/app/port"; }},
    Kind{"tenants/N/**", FilterKind::glob, [](const std::string& n) { return "tenants/" + n + "/**"; },
         [](const std::string& n) { return "tenants/" + n + "/app/port"; }},
    Kind{"*/service-N/port", FilterKind::glob, [](const std::string& n) { return "*/service-" + n + "/port"; },
         [](const std::string& n) { return "app/service-" + n + "/port"; }},
    Kind{"**/leaf-N", FilterKind::glob, [](const std::string& n) { return "**/leaf-" + n; },
         [](const std::string& n) { return "app/a/b/leaf-" + n; }},
    Kind{"app/db-N-*", FilterKind::glob, [](const std::string& n) { return "app/db-" + n + "-*"; },
         [](const std::string& n) { return "app/db-" + n + "-main"; }},
    Kind{"app/*-of-N/port", FilterKind::glob, [](const std::string& n) { return "app/*-of-" + n + "/port"; },
         [](const std::string& n) { return "app/db-of-" + n + "/port"; }},
    Kind{"r/*/N/**/port", FilterKind::glob, [](const std::string& n) { return "r/*/" + n + "/**/port"; },
         [](const std::string& n) { return "r/eu/" + n + "/a/b/port"; }},
};

// All of one length: how many lengths there are is no matter of how many filters there are.
std::string number(std::size_t n) { return std::to_string(1'000'000 + n); }

double bytes_in_use() { return static_cast<double>(mallinfo2().uordblks); }

void match_one_of(benchmark::State& state) {
    static std::map<std::int64_t, double> among_100;
    const Kind& kind = kinds.at(static_cast<std::size_t>(state.range(0)));
    const auto count = static_cast<std::size_t>(state.range(1));
    SubscriptionIndex index;
    std::deque<Plain> subscribers(count);
    const double before = bytes_in_use();
    for (std::size_t i = 0; i < count; ++i) index.add(subscribers[i], kind.kind, kind.filter(number(i)));
    const double bytes = bytes_in_use() - before;

    // Keys that differ, so that the caches of the machine do not answer for the index.
    std::vector<feed::Change> changes;
    changes.reserve(64);
    std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): repeats on purpose
    for (int i = 0; i < 64; ++i) changes.push_back({2, {{kind.key(number(random() % count)), nullptr}}});

    std::vector<Subscriber*> out;
    std::size_t next = 0;
    std::size_t matched = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (auto _ : state) {
        out.clear();
        index.match(changes[next++ % changes.size()], out);
        matched += out.size();
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    const double each = time.count() / static_cast<double>(state.iterations());
    if (count == 100) among_100[state.range(0)] = each;
    if (matched != static_cast<std::size_t>(state.iterations())) state.SkipWithError("not exactly one filter matched");
    state.SetLabel(kind.name);
    state.counters["bytes_per_filter"] = bytes / static_cast<double>(count);
    if (const auto base = among_100.find(state.range(0)); base != among_100.end())
        state.counters["of_100"] = each / base->second;
    for (auto& subscriber : subscribers) index.remove_all(subscriber);
}
BENCHMARK(match_one_of)->ArgsProduct({benchmark::CreateDenseRange(0, kinds.size() - 1, 1), {100, 10'000, 100'000}});

// The worst a key can meet: 100 globs that differ only where the index does not look.
void match_globs_not_told_apart(benchmark::State& state) {
    SubscriptionIndex index;
    std::deque<Plain> subscribers(100);
    for (std::size_t i = 0; i < subscribers.size(); ++i)
        index.add(subscribers[i], FilterKind::glob, "*-" + std::to_string(100 + i) + "-*");
    const feed::Change change{2, {{"app-150-port", nullptr}}};
    std::vector<Subscriber*> out;
    for (auto _ : state) {
        out.clear();
        index.match(change, out);
        benchmark::DoNotOptimize(out.data());
    }
    for (auto& subscriber : subscribers) index.remove_all(subscriber);
}
BENCHMARK(match_globs_not_told_apart);

}  // namespace
}  // namespace confcast::push
// NOLINTEND(clang-analyzer-deadcode.DeadStores)
