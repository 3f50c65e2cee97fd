#include <optional>
#include <stdexcept>

#include "backing.hpp"
#include "confcast/test/etcd_cluster.hpp"

namespace confcast::verify {
namespace {

class EtcdBacking : public Backing {
  public:
    EtcdBacking(std::size_t members, std::filesystem::path scratch)
        : cluster_({.members = members}), scratch_(std::move(scratch)) {}

    std::string flag() const override { return "etcd:" + cluster_.endpoints(); }
    std::vector<FaultKind> faults() const override {
        return {FaultKind::kill_server,  FaultKind::drain_server, FaultKind::compact,    FaultKind::stall_clients,
                FaultKind::drop_clients, FaultKind::kill_member,  FaultKind::stop_member};
    }
    std::unique_ptr<Oracle> make_oracle() override { return make_etcd_oracle(cluster_.endpoints(), scratch_); }
    std::vector<std::string> compact(Revision known) override {
        try {
            if (known > compacted_) cluster_.ctl({"compact", std::to_string(known)});
            compacted_ = std::max(compacted_, known);
        } catch (const std::runtime_error&) {  // no member to ask now
        }
        return {};
    }
    void kill_member(std::uint64_t dice) override {
        killed_ = dice % cluster_.size();
        cluster_.kill(*killed_);
    }
    void stop_member(std::uint64_t dice) override {
        stopped_ = dice % cluster_.size();
        cluster_.stop(*stopped_);
    }
    void cure() override {
        if (stopped_) cluster_.go_on(*stopped_);
        if (killed_) cluster_.start(*killed_);
        stopped_.reset();
        killed_.reset();
    }

  private:
    test::EtcdCluster cluster_;
    std::filesystem::path scratch_;
    std::optional<std::size_t> killed_;
    std::optional<std::size_t> stopped_;
    Revision compacted_ = 0;
};

}  // namespace

std::unique_ptr<Backing> make_etcd_backing(std::size_t members, std::filesystem::path scratch) {
    return std::make_unique<EtcdBacking>(members, std::move(scratch));
}

}  // namespace confcast::verify
