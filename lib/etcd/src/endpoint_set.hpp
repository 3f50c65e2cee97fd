// Which of etcd's members is used: what the probes and the calls say of each goes in, which one to use comes out.
// No sockets, no gRPC, no loop (probes.cpp drives it).
//
// Two probes an endpoint: a short one that connects, and a longer one that asks (a member may listen and yet be of no
// use). Either takes the endpoint out after so many failures in a row, and must have as many successes in a row as
// told before it is back. A call that failed moves on at once: the endpoint is passed over for a while that grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/backoff.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/etcd/etcd_store.hpp"

namespace confcast::etcd {

enum class Probe : std::uint8_t { connect, ask };

class EndpointSet {
  public:
    /// `random` is in [0, 1).
    EndpointSet(const std::vector<std::string>& names, const ProbeOptions& options, const Clock& clock,
                std::function<double()> random);

    std::size_t size() const { return endpoints_.size(); }
    const std::string& name(std::size_t endpoint) const { return endpoints_[endpoint].name; }
    std::size_t current() const { return current_; }
    bool healthy(std::size_t endpoint) const;
    /// Healthy, and nothing has failed since.
    bool is_well(std::size_t endpoint) const { return healthy(endpoint) && endpoints_[endpoint].last_error.empty(); }

    /// The one to use next, of those not tried (empty: none was): the current one when it is fit, else the next that
    /// is, else whichever was left the longest ago. nullopt when all have been tried.
    std::optional<std::size_t> choose(const std::vector<bool>& tried);

    /// A call or a watch on it failed in a way that may be the endpoint's.
    void failed(std::size_t endpoint, std::string_view reason);
    /// It answered a call.
    void answered(std::size_t endpoint);

    enum class Change : std::uint8_t { none, out, back };
    /// `failure` is empty when the probe went well.
    Change on_probe(std::size_t endpoint, Probe probe, std::string_view failure);
    /// How long to wait before the probe's next turn: a suspect is asked as often as it is connected to.
    std::chrono::milliseconds pause(std::size_t endpoint, Probe probe) const;

    std::vector<store::EndpointState> states() const;
    /// How often another endpoint became the current one.
    std::uint64_t moves() const { return moves_; }

  private:
    struct Track {
        int failures = 0;   // in a row
        int successes = 0;  // in a row
        bool out = false;
    };
    struct Endpoint {
        std::string name;
        Track tracks[2];
        Backoff backoff;
        SteadyTime failed_at;
        SteadyTime passed_over_until;
        SystemTime since;
        std::string last_error;
    };
    Track& track(std::size_t endpoint, Probe probe) {
        return endpoints_[endpoint].tracks[static_cast<std::size_t>(probe)];
    }
    void use(std::size_t endpoint);

    ProbeOptions options_;
    const Clock& clock_;
    std::function<double()> random_;
    std::vector<Endpoint> endpoints_;
    std::size_t current_ = 0;
    std::uint64_t moves_ = 0;
};

}  // namespace confcast::etcd
