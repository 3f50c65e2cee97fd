// A program that embeds confcast: opens a store, writes to it, and reads what its feed has applied.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <confcast/base/task_group.hpp>
#include <confcast/feed/feed.hpp>
#include <confcast/store/embedded.hpp>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace {

using namespace confcast;

Awaitable<> write_and_read(store::Store& store, const store::Layout& layout, feed::Feed& feed) {
    store::Transaction transaction;
    transaction.puts.push_back({layout.entry_key("greeting"), "hello", 0});
    const auto written = co_await store.commit(std::move(transaction));
    if (!written) throw std::runtime_error("not written: " + written.error().to_string());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    const auto applied = co_await feed.wait_for(written->revision, deadline);
    if (!applied) throw std::runtime_error("not applied: " + applied.error().to_string());
    const auto entry = feed.state().find("greeting");
    std::printf("greeting = %s at revision %lld\n", entry->value.c_str(), static_cast<long long>(entry->mod_revision));
}

Awaitable<> run(store::Store& store, const store::Layout& layout, feed::Feed& feed, TaskGroup& tasks) {
    try {
        co_await write_and_read(store, layout, feed);
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
    }
    tasks.cancel();
    co_await store.close();
}

}  // namespace

int main(int, char** argv) {
    asio::io_context io(1);
    const SystemClock clock;
    NullLog log;
    store::EmbeddedOptions options;
    options.directory = argv[1];
    auto store = store::EmbeddedStore::open(io.get_executor(), options, clock, log);
    const auto layout = store::Layout::make("/config/");
    if (!store || !layout) return 1;
    feed::Feed feed(io.get_executor(), **store, *layout, {}, clock, log);
    TaskGroup tasks(io.get_executor(), log);
    tasks.spawn("replicator", feed.run_replicator());
    asio::co_spawn(io.get_executor(), run(**store, *layout, feed, tasks), asio::detached);
    io.run();
    return tasks.failures() == 0 ? 0 : 1;
}
