#include "backing.hpp"

namespace confcast::verify {
namespace {

class EmbeddedBacking : public Backing {
  public:
    explicit EmbeddedBacking(std::filesystem::path directory) : directory_(std::move(directory)) {}

    std::string flag() const override { return "sqlite:" + directory_.string(); }
    std::vector<FaultKind> faults() const override {
        return {FaultKind::kill_server, FaultKind::drain_server, FaultKind::compact, FaultKind::stall_clients,
                FaultKind::drop_clients};
    }
    std::unique_ptr<Oracle> make_oracle() override { return make_sqlite_oracle(directory_); }
    // Enough that the oracle reads each revision before it goes.
    std::vector<std::string> compact(Revision) override {
        return {"--retention-revisions", "400", "--retention-interval", "100ms"};
    }
    void kill_member(std::uint64_t) override {}
    void stop_member(std::uint64_t) override {}
    void cure() override {}

  private:
    std::filesystem::path directory_;
};

}  // namespace

std::unique_ptr<Backing> make_embedded_backing(std::filesystem::path directory) {
    return std::make_unique<EmbeddedBacking>(std::move(directory));
}

}  // namespace confcast::verify
