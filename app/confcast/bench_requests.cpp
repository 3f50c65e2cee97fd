#include "bench_requests.hpp"

namespace confcast::cli {
namespace {

using Time = std::chrono::steady_clock;

struct Shared {
    client::Client& client;
    const RequestLoad& load;
    const std::string value;
    SteadyTime end;
    RequestFigures figures;
    std::size_t running = 0;
    std::size_t next = 0;
};

std::string key_of(const RequestLoad& load, std::size_t n) { return load.prefix + std::to_string(n % load.keys); }

template <class T>
void note(Shared& shared, Time::time_point began, const client::Result<T>& result) {
    shared.figures.latencies.add(Time::now() - began);
    if (result) return;
    if (shared.figures.failures++ == 0) shared.figures.first_failure = result.error().to_string();
}

Awaitable<> work(Shared& shared) {
    while (Time::now() < shared.end) {
        const std::string key = key_of(shared.load, shared.next++);
        const auto began = Time::now();
        if (shared.load.writes) {
            const auto done = co_await shared.client.put(key, shared.value);
            note(shared, began, done);
        } else {
            const auto done = co_await shared.client.get(key);
            note(shared, began, done);
        }
    }
    --shared.running;
}

}  // namespace

RequestFigures run_requests(Shell& shell, const RequestLoad& load) {
    Shared shared{shell.client(), load, std::string(load.payload, 'v'), {}, {}, load.in_flight, 0};
    for (std::size_t i = 0; i < load.keys; ++i) shell.wait(shared.client.put(key_of(load, i), shared.value));
    const auto began = Time::now();
    shared.end = began + load.duration;
    for (std::size_t i = 0; i < load.in_flight; ++i) shell.start(work(shared));
    while (shared.running > 0) {
        shell.run_one();
        if (load.on_progress) load.on_progress(shared.figures.latencies.size());
    }
    shared.figures.seconds = std::chrono::duration<double>(Time::now() - began).count();
    return std::move(shared.figures);
}

}  // namespace confcast::cli
