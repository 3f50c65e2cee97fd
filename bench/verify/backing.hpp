// The store under the server: where it is, how its history is read, and what can be done to it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "confcast/verify/fault_plan.hpp"
#include "oracle.hpp"

namespace confcast::verify {

class Backing {
  public:
    virtual ~Backing() = default;
    /// For --store.
    virtual std::string flag() const = 0;
    virtual std::vector<FaultKind> faults() const = 0;
    virtual std::unique_ptr<Oracle> make_oracle() = 0;
    /// Forgets history up to `known`, at most: what the oracle has read. The flags that the server must be started with
    /// for that; empty when it has been done.
    virtual std::vector<std::string> compact(Revision known) = 0;
    /// Members of a cluster: `dice` chooses one.
    virtual void kill_member(std::uint64_t dice) = 0;
    virtual void stop_member(std::uint64_t dice) = 0;
    /// Ends what kill_member and stop_member have begun.
    virtual void cure() = 0;
};

std::unique_ptr<Backing> make_embedded_backing(std::filesystem::path directory);
/// Starts a cluster. `scratch`: a directory for what the oracle needs.
std::unique_ptr<Backing> make_etcd_backing(std::size_t members, std::filesystem::path scratch);

}  // namespace confcast::verify
