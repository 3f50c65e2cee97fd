#include "live_test.hpp"

#include <stdexcept>

namespace confcast::etcd {

using namespace std::chrono_literals;

EtcdOptions LiveTest::options_for(std::vector<std::string> endpoints) {
    EtcdOptions options;
    options.endpoints = std::move(endpoints);
    options.call_timeout = 1s;
    options.dial_timeout = 1s;
    options.create_timeout = 1s;
    options.patience = 100ms;
    options.probes.connect_interval = 0ms;
    options.probes.ask_interval = 0ms;
    return options;
}

void LiveTest::open(EtcdOptions options) {
    close();
    store_ = EtcdStore::open(io_.get_executor(), std::move(options), log_).value();
}

void LiveTest::wait_until_it_answers() {
    until([&] { return run(db().status()).has_value(); });
}

void LiveTest::close() {
    if (!store_) return;
    run(store_->close());
    store_.reset();
    io_.restart();
    io_.run_for(10s);
    EXPECT_TRUE(io_.stopped()) << "the loop does not run empty after close()";
}

Result<store::TransactionResult> LiveTest::try_put(std::string_view key, std::string_view value) {
    store::Transaction transaction;
    transaction.puts.push_back({std::string(key), std::string(value), 0});
    return run(db().commit(std::move(transaction)));
}

store::Revision LiveTest::put(std::string_view key, std::string_view value) {
    const auto result = try_put(key, value);
    if (!result) throw std::runtime_error(result.error().to_string());
    return result->revision;
}

std::string LiveTest::get(std::string_view key) {
    const auto result = run(db().range({store::KeyRange::single(key), 0, 0, false}));
    if (!result) return std::string(name_of(result.error().code()));
    return result->kvs.empty() ? "" : result->kvs.front().value;
}

store::Status LiveTest::status() {
    auto status = run(db().status());
    if (!status) throw std::runtime_error(status.error().to_string());
    return *status;
}

std::unique_ptr<store::WatchStream> LiveTest::watch(store::Revision start) {
    auto stream = run(db().watch({store::KeyRange::prefix("/"), start}));
    if (!stream) throw std::runtime_error(stream.error().to_string());
    return std::move(*stream);
}

std::string LiveTest::next(store::WatchStream& stream) {
    for (;;) {
        const auto batch = run(stream.next());
        if (!batch) return std::string(name_of(batch.error().code()));
        if (batch->events.empty()) continue;
        std::string line = std::to_string(batch->revision) + ":";
        for (const auto& event : batch->events) line += " " + event.kv.key;
        return line;
    }
}

void LiveTest::until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("what is waited for does not come");
        pass(10ms);
    }
}

void LiveTest::pass(std::chrono::milliseconds time) {
    io_.restart();
    SteadyTimer timer(io_.get_executor(), time);
    bool over = false;
    timer.async_wait([&](boost::system::error_code) { over = true; });
    while (!over) io_.run_one();
}

}  // namespace confcast::etcd
