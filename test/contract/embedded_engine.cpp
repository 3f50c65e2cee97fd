// The embedded store, put through the contract.
#include <filesystem>

#include "confcast/base/clock.hpp"
#include "confcast/store/embedded.hpp"
#include "confcast/test/temporary_directory.hpp"
#include "store_contract.hpp"

namespace confcast::test {
namespace {

class EmbeddedEngine final : public Engine {
  public:
    EmbeddedEngine(asio::io_context& io, std::size_t watch_revisions) : io_(io) {
        options_.directory = directory_.path();
        options_.watch_revisions = watch_revisions;
        options_.retention_revisions = 0;
        options_.retention_age = std::chrono::seconds{0};
        open();
    }

    store::Store& store() override { return *store_; }
    void reopen() override {
        run(io_, store_->close());
        store_.reset();
        open();
    }
    Awaitable<> pass(std::chrono::seconds time) override {
        clock_.advance(time);
        return store_->tick();
    }

  private:
    void open() {
        auto opened = store::EmbeddedStore::open(io_.get_executor(), options_, clock_, log_);
        if (!opened) throw std::runtime_error(opened.error().to_string());
        store_ = std::move(*opened);
    }

    asio::io_context& io_;
    TemporaryDirectory directory_;
    store::EmbeddedOptions options_;
    ManualClock clock_;
    NullLog log_;
    std::unique_ptr<store::EmbeddedStore> store_;
};

EngineKind embedded(const std::string& name, std::size_t watch_revisions) {
    return {name, [=](asio::io_context& io) { return std::make_unique<EmbeddedEngine>(io, watch_revisions); }};
}

// Once as it is, once with so short a memory that nearly every watch reads the log.
const auto kinds = testing::Values(embedded("Embedded", 1'024), embedded("EmbeddedFromDisk", 1));
const auto name_of_kind = [](const testing::TestParamInfo<EngineKind>& kind) { return kind.param.name; };

INSTANTIATE_TEST_SUITE_P(Embedded, StoreContract, kinds, name_of_kind);

}  // namespace
}  // namespace confcast::test
