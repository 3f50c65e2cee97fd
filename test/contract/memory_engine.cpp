// The tests' own store in memory, put through the same contract: what rests on it rests on the real semantics.
#include <boost/asio/post.hpp>

#include "confcast/base/clock.hpp"
#include "confcast/test/memory_store.hpp"
#include "store_contract.hpp"

namespace confcast::test {
namespace {

class MemoryEngine final : public Engine {
  public:
    explicit MemoryEngine(asio::io_context& io) : io_(io), store_(io.get_executor(), clock_) {}

    store::Store& store() override { return store_; }
    void reopen() override { throw std::logic_error("a store in memory keeps nothing"); }
    Awaitable<> pass(std::chrono::seconds time) override {
        clock_.advance(time);
        store_.tick();
        return asio::post(io_.get_executor(), use_awaitable);
    }
    bool is_durable() const override { return false; }

  private:
    asio::io_context& io_;
    ManualClock clock_;
    MemoryStore store_;
};

const EngineKind kind{"Memory", [](asio::io_context& io) { return std::make_unique<MemoryEngine>(io); }};

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(kind),
                         [](const testing::TestParamInfo<EngineKind>& info) { return info.param.name; });

}  // namespace
}  // namespace confcast::test
