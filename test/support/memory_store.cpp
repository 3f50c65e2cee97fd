#include "confcast/test/memory_store.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>

#include "memory_data.hpp"

namespace confcast::test {
namespace {

/// Through the loop: what was notified before runs first.
Awaitable<> pass(Executor executor) { co_await asio::post(executor, use_awaitable); }

/// Holds what it needs itself: the stream may be destroyed while this waits.
template <class Data>
Awaitable<Result<store::WatchBatch>> next_batch(std::shared_ptr<Data> data, std::shared_ptr<MemoryChannel> channel) {
    while (true) {
        auto ready = data->next(*channel);
        if (ready) co_return std::move(*ready);
        co_await channel->changed.wait();
        // A cancelled wait returns at once, for ever: hand the cancellation on instead of spinning.
        const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
        if (cancelled != asio::cancellation_type::none) co_return Error(Errc::shutting_down);
    }
}

}  // namespace

class MemoryStore::Stream final : public store::WatchStream {
  public:
    Stream(std::shared_ptr<Data> data, std::shared_ptr<MemoryChannel> channel)
        : data_(std::move(data)), channel_(std::move(channel)) {}
    ~Stream() override {
        channel_->failed = Error(Errc::shutting_down);
        channel_->changed.notify_all();
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    Awaitable<Result<store::WatchBatch>> next() override { return next_batch(data_, channel_); }

  private:
    std::shared_ptr<Data> data_;
    std::shared_ptr<MemoryChannel> channel_;
};

MemoryStore::MemoryStore(Executor executor, const Clock& clock, store::Epoch epoch)
    : data_(std::make_shared<Data>(executor, clock, epoch)) {}
MemoryStore::~MemoryStore() = default;

Result<> MemoryStore::begin(Call call) {
    if (const auto hook = data_->hook) hook(call);
    ++data_->calls[static_cast<std::size_t>(call)];
    ++data_->calls[static_cast<std::size_t>(Call::any)];
    if (data_->closed) return Error(Errc::shutting_down);
    for (auto& fault : data_->faults) {
        if (fault.left == 0 || (fault.call != Call::any && fault.call != call)) continue;
        --fault.left;
        return fault.error;
    }
    if (data_->all_fail) return *data_->all_fail;
    data_->end_due_leases();
    return {};
}

Awaitable<Result<store::Status>> MemoryStore::status() {
    co_await pass(data_->executor);
    if (const auto ok = begin(Call::status); !ok) co_return ok.error();
    store::Status status;
    status.epoch = data_->epoch;
    status.revision = data_->revision;
    status.oldest = data_->oldest;
    status.version = "memory";
    status.problem = data_->problem;
    co_return status;
}

Awaitable<Result<store::RangeResult>> MemoryStore::range(store::RangeRequest request) {
    co_await pass(data_->executor);
    if (const auto ok = begin(Call::range); !ok) co_return ok.error();
    co_return data_->range(request);
}

Awaitable<Result<store::TransactionResult>> MemoryStore::commit(store::Transaction transaction) {
    if (const auto ok = begin(Call::commit); !ok) {
        co_await pass(data_->executor);
        co_return ok.error();
    }
    auto result = data_->commit(transaction);
    co_await pass(data_->executor);
    if (data_->answer_lost) {
        const Error lost = *data_->answer_lost;
        data_->answer_lost.reset();
        co_return lost;
    }
    co_return result;
}

Awaitable<Result<std::unique_ptr<store::WatchStream>>> MemoryStore::watch(store::WatchRequest request) {
    co_await pass(data_->executor);
    if (const auto ok = begin(Call::watch); !ok) co_return ok.error();
    if (request.start <= data_->oldest) co_return Error(Errc::compacted).with("oldest", data_->oldest);
    auto channel = std::make_shared<MemoryChannel>(data_->executor, std::move(request.range), request.start);
    data_->channels.push_back(channel);
    std::unique_ptr<store::WatchStream> stream = std::make_unique<Stream>(data_, std::move(channel));
    co_return stream;
}

Awaitable<Result<>> MemoryStore::compact(store::Revision revision) {
    co_await pass(data_->executor);
    if (const auto ok = begin(Call::compact); !ok) co_return ok.error();
    co_return data_->compact(revision);
}

Awaitable<Result<store::Lease>> MemoryStore::grant(std::int64_t ttl_s) {
    co_await pass(data_->executor);
    if (const auto ok = begin(Call::grant); !ok) co_return ok.error();
    if (ttl_s < 1 || ttl_s > 9'000'000'000) co_return Error(Errc::invalid_parameter).with("parameter", "ttl");
    const auto id = ++data_->last_lease;
    // The clock counts nanoseconds in 64 bits: a lease of more than a century never ends.
    const auto bounded = std::chrono::seconds{std::min<std::int64_t>(ttl_s, 3'000'000'000)};
    data_->leases[id] = {ttl_s, data_->clock.now() + bounded, {}};
    co_return store::Lease{id, ttl_s, ttl_s};
}

Awaitable<Result<store::Lease>> MemoryStore::keep_alive(store::LeaseId id) {
    co_await pass(data_->executor);
    if (const auto ok = begin(Call::keep_alive); !ok) co_return ok.error();
    const auto it = data_->leases.find(id);
    if (it == data_->leases.end()) co_return Error(Errc::lease_not_found).with("lease", id);
    const auto bounded = std::chrono::seconds{std::min<std::int64_t>(it->second.ttl_s, 3'000'000'000)};
    it->second.end = data_->clock.now() + bounded;
    co_return store::Lease{id, it->second.ttl_s, it->second.ttl_s};
}

Awaitable<Result<>> MemoryStore::revoke(store::LeaseId id) {
    if (const auto ok = begin(Call::revoke); !ok) co_return ok.error();
    const bool known = data_->leases.contains(id);
    if (known) data_->end_lease(id);
    co_await pass(data_->executor);
    if (!known) co_return Error(Errc::lease_not_found).with("lease", id);
    co_return Result<>{};
}

Awaitable<> MemoryStore::close() {
    data_->closed = true;
    data_->wake();
    co_await pass(data_->executor);
}

store::TransactionResult MemoryStore::commit_now(const store::Transaction& transaction) {
    return data_->commit(transaction).value();
}

store::Revision MemoryStore::put(std::string_view key, std::string_view value, store::LeaseId lease) {
    store::Transaction transaction;
    transaction.puts.push_back({std::string(key), std::string(value), lease});
    return commit_now(transaction).revision;
}

store::Revision MemoryStore::remove(std::string_view key) {
    store::Transaction transaction;
    transaction.deletes.emplace_back(key);
    return commit_now(transaction).revision;
}

void MemoryStore::compact_now(store::Revision revision) {
    if (revision > data_->oldest) data_->compact(revision).value();
}
store::Revision MemoryStore::revision() const { return data_->revision; }
store::Revision MemoryStore::oldest() const { return data_->oldest; }
std::vector<store::KeyValue> MemoryStore::contents(const store::KeyRange& range) const {
    return data_->range({range, 0, 0, false}).value().kvs;
}
void MemoryStore::tick() { data_->end_due_leases(); }

void MemoryStore::fail_next(std::size_t times, Error error, Call call) {
    data_->faults.push_back({call, std::move(error), times});
}
void MemoryStore::fail_all(Error error) { data_->all_fail = std::move(error); }
void MemoryStore::heal() {
    data_->faults.clear();
    data_->all_fail.reset();
    data_->answer_lost.reset();
}
void MemoryStore::lose_next_answer(Error error) { data_->answer_lost = std::move(error); }
void MemoryStore::on_call(std::function<void(Call)> hook) { data_->hook = std::move(hook); }

void MemoryStore::break_watches(Error error) {
    data_->for_each_channel([&](MemoryChannel& channel) {
        channel.failed = error;
        channel.changed.notify_all();
    });
    data_->channels.clear();
}
void MemoryStore::hold_watches() { data_->held = true; }
void MemoryStore::release_watches() {
    data_->held = false;
    data_->wake();
}
void MemoryStore::inject(const store::WatchBatch& batch) {
    data_->for_each_channel([&](MemoryChannel& channel) {
        channel.injected.push_back(batch);
        channel.changed.notify_all();
    });
}
void MemoryStore::lose_next_revision() { data_->lose_next = true; }

void MemoryStore::set_bookmarks(bool on) {
    data_->bookmarks = on;
    data_->wake();
}

void MemoryStore::wipe(store::Epoch epoch) {
    data_->epoch = epoch;
    data_->revision = 1;
    data_->oldest = 1;
    data_->keys.clear();
    data_->log.clear();
    data_->leases.clear();
}
void MemoryStore::set_problem(std::string problem) { data_->problem = std::move(problem); }

std::size_t MemoryStore::calls(Call call) const { return data_->calls[static_cast<std::size_t>(call)]; }
std::size_t MemoryStore::open_watches() const {
    std::size_t count = 0;
    data_->for_each_channel([&](MemoryChannel&) { ++count; });
    return count;
}

}  // namespace confcast::test
