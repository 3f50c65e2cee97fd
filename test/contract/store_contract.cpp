#include "store_contract.hpp"

#include <random>

namespace confcast::test {

using store::KeyRange;
using store::Revision;
using store::WatchBatch;

void StoreContract::SetUp() {
    engine_ = GetParam().make(io_);
    ASSERT_NE(engine_, nullptr);
    prefix_ = "/contract/" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name());
    prefix_ += engine_->is_fresh() ? "/" : "-" + std::to_string(std::random_device{}()) + "/";
}

void StoreContract::TearDown() {
    if (engine_) run(db().close());
    engine_.reset();
    // Whatever the test left over (a watch that waits, say) ends by itself.
    io_.restart();
    io_.run_for(std::chrono::seconds{10});
    EXPECT_TRUE(io_.stopped()) << "the loop does not run empty after close()";
}

store::Status StoreContract::status() {
    auto status = run(db().status());
    if (!status) throw std::runtime_error(status.error().to_string());
    return *status;
}

Result<store::TransactionResult> StoreContract::try_commit(store::Transaction transaction) {
    return run(db().commit(std::move(transaction)));
}

store::TransactionResult StoreContract::commit(store::Transaction transaction) {
    auto result = try_commit(std::move(transaction));
    if (!result) throw std::runtime_error(result.error().to_string());
    EXPECT_TRUE(result->succeeded);
    return *result;
}

Revision StoreContract::put(std::string_view name, std::string_view value, store::LeaseId lease) {
    return commit(put_of(k(name), std::string(value), lease)).revision;
}

Revision StoreContract::remove(std::string_view name) { return commit(delete_of(k(name))).revision; }

Result<store::RangeResult> StoreContract::try_range(store::RangeRequest request) {
    return run(db().range(std::move(request)));
}

store::RangeResult StoreContract::range(store::RangeRequest request) {
    auto result = try_range(std::move(request));
    if (!result) throw std::runtime_error(result.error().to_string());
    return std::move(*result);
}

std::optional<store::KeyValue> StoreContract::get(std::string_view name, Revision at) {
    auto result = range({KeyRange::single(k(name)), at, 0, false});
    EXPECT_LE(result.kvs.size(), 1U);
    if (result.kvs.empty()) return std::nullopt;
    return result.kvs.front();
}

std::vector<std::string> StoreContract::listing(Revision at) {
    std::vector<std::string> lines;
    for (const auto& kv : range({all(), at, 0, false}).kvs)
        lines.push_back(kv.key.substr(prefix_.size()) + "=" + kv.value);
    return lines;
}

store::Lease StoreContract::grant(std::int64_t ttl_s) {
    auto lease = run(db().grant(ttl_s));
    if (!lease) throw std::runtime_error(lease.error().to_string());
    return *lease;
}

std::unique_ptr<store::WatchStream> StoreContract::watch(KeyRange range, Revision start) {
    auto stream = run(db().watch({std::move(range), start}));
    if (!stream) throw std::runtime_error(stream.error().to_string());
    return std::move(*stream);
}

Error StoreContract::watch_error(KeyRange range, Revision start) {
    auto stream = run(db().watch({std::move(range), start}));
    if (!stream) return stream.error();
    auto batch = run((*stream)->next());
    if (batch) throw std::runtime_error("the watch yields a batch instead of an error");
    return batch.error();
}

WatchBatch StoreContract::next(store::WatchStream& stream) {
    auto batch = run(stream.next());
    if (!batch) throw std::runtime_error(batch.error().to_string());
    return std::move(*batch);
}

WatchBatch StoreContract::next_events(store::WatchStream& stream) {
    for (;;)
        if (auto batch = next(stream); !batch.events.empty()) return batch;
}

std::vector<WatchBatch> StoreContract::read_until(store::WatchStream& stream, Revision revision) {
    std::vector<WatchBatch> batches;
    Revision position = 0;
    while (position < revision) {
        auto batch = next(stream);
        EXPECT_GE(batch.revision, position);
        if (!batch.events.empty()) EXPECT_GT(batch.revision, position);
        position = batch.revision;
        if (!batch.events.empty()) batches.push_back(std::move(batch));
    }
    return batches;
}

store::Transaction put_of(std::string key, std::string value, store::LeaseId lease) {
    store::Transaction transaction;
    transaction.puts.push_back({std::move(key), std::move(value), lease});
    return transaction;
}

store::Transaction delete_of(std::string key) {
    store::Transaction transaction;
    transaction.deletes.push_back(std::move(key));
    return transaction;
}

std::vector<std::string> shown(const WatchBatch& batch, std::size_t skip) {
    std::vector<std::string> lines;
    for (const auto& event : batch.events) {
        const auto key = event.kv.key.substr(skip);
        lines.push_back(event.type == store::Event::Type::put ? "put " + key + "=" + event.kv.value : "del " + key);
    }
    return lines;
}

}  // namespace confcast::test
