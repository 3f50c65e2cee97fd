// A real etcd, put through the contract: one process for all tests (each has keys of its own), killed and started again
// by reopen().
#include <algorithm>
#include <map>
#include <utility>

#include "confcast/etcd/etcd_store.hpp"
#include "confcast/test/etcd_process.hpp"
#include "store_contract.hpp"

namespace confcast::test {
namespace {

using store::Lease;
using store::LeaseId;
using store::Revision;

/// Passes everything on, and remembers until when each lease may live: etcd's clock cannot be moved, only waited for.
class LeaseWatching final : public store::Store {
  public:
    explicit LeaseWatching(etcd::EtcdStore& store) : store_(store) {}

    Awaitable<Result<store::Status>> status() override { return store_.status(); }
    Awaitable<Result<store::RangeResult>> range(store::RangeRequest request) override {
        return store_.range(std::move(request));
    }
    Awaitable<Result<store::TransactionResult>> commit(store::Transaction transaction) override {
        return store_.commit(std::move(transaction));
    }
    Awaitable<Result<std::unique_ptr<store::WatchStream>>> watch(store::WatchRequest request) override {
        return store_.watch(std::move(request));
    }
    Awaitable<Result<>> compact(Revision revision) override { return store_.compact(revision); }
    Awaitable<Result<Lease>> grant(std::int64_t ttl_s) override { return noted(store_.grant(ttl_s)); }
    Awaitable<Result<Lease>> keep_alive(LeaseId id) override { return noted(store_.keep_alive(id)); }
    Awaitable<Result<>> revoke(LeaseId id) override {
        due_.erase(id);
        return store_.revoke(id);
    }
    /// Leaves no lease behind: the next test shares the etcd, and an end of one makes a revision.
    Awaitable<> close() override {
        for (const auto& [id, due] : std::exchange(due_, {})) co_await store_.revoke(id);
        co_await store_.close();
    }

    /// Returns when no lease is left whose time is over.
    Awaitable<> until_ended(SteadyTimer& timer) {
        const auto now = std::chrono::steady_clock::now();
        for (auto lease = due_.begin(); lease != due_.end();) {
            if (lease->second > now) {
                ++lease;
                continue;
            }
            while (co_await store_.time_to_live(lease->first)) {
                timer.expires_after(std::chrono::milliseconds{20});
                co_await timer.async_wait(use_awaitable);
            }
            lease = due_.erase(lease);
        }
    }

  private:
    Awaitable<Result<Lease>> noted(Awaitable<Result<Lease>> call) {
        auto lease = co_await std::move(call);
        if (lease)
            due_[lease->id] = std::chrono::steady_clock::now() +
                              std::chrono::seconds{std::min<std::int64_t>(lease->ttl_s, 1'000'000)};
        co_return lease;
    }

    etcd::EtcdStore& store_;
    std::map<LeaseId, SteadyTime> due_;
};

class EtcdEngine final : public Engine {
  public:
    explicit EtcdEngine(asio::io_context& io) : io_(io), fresh_(shared() == nullptr) { open(); }

    store::Store& store() override { return *watching_; }
    void reopen() override {
        run(io_, store_->close());
        store_.reset();
        process().kill();
        process().start();
        open();
    }
    Awaitable<> pass(std::chrono::seconds time) override {
        SteadyTimer timer(io_.get_executor(), time);
        co_await timer.async_wait(use_awaitable);
        co_await watching_->until_ended(timer);
    }
    bool is_fresh() const override { return fresh_; }
    bool is_alone() const override { return true; }

  private:
    /// Started by the first test, ended with the program.
    static std::unique_ptr<EtcdProcess>& shared() {
        static std::unique_ptr<EtcdProcess> process;
        return process;
    }
    static EtcdProcess& process() {
        if (!shared()) shared() = std::make_unique<EtcdProcess>();
        return *shared();
    }
    void open() {
        etcd::EtcdOptions options;
        options.endpoints = {process().endpoint()};
        auto opened = etcd::EtcdStore::open(io_.get_executor(), std::move(options), log_);
        if (!opened) throw std::runtime_error(opened.error().to_string());
        store_ = std::move(*opened);
        watching_.emplace(*store_);
    }

    asio::io_context& io_;
    bool fresh_;
    NullLog log_;
    std::unique_ptr<etcd::EtcdStore> store_;
    std::optional<LeaseWatching> watching_;
};

std::vector<EngineKind> kinds() {
    if (const auto reason = EtcdProcess::missing(); !reason.empty()) {
        std::fprintf(stderr, "The contract is not put to etcd: %s.\n", reason.c_str());
        return {};
    }
    return {{"Etcd", [](asio::io_context& io) { return std::make_unique<EtcdEngine>(io); }}};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);
INSTANTIATE_TEST_SUITE_P(Etcd, StoreContract, testing::ValuesIn(kinds()),
                         [](const testing::TestParamInfo<EngineKind>& kind) { return kind.param.name; });

}  // namespace
}  // namespace confcast::test
