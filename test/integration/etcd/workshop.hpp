// What the tests on a real etcd share.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "../server.hpp"
#include "../watcher.hpp"
#include "../writers.hpp"
#include "confcast/test/etcd_cluster.hpp"
#include "confcast/test/eventually.hpp"

namespace confcast::test {

/// A server on that store. Its probes are quick, so that tests wait little for what they find out.
ServerSetup on_etcd(const std::string& endpoints);

/// Whether a read says that the node's watch is down.
bool is_stale(const Server& server);
/// Puts until the store takes it; the revision.
std::int64_t put_in_the_end(const Server& server, const std::string& key, const std::string& value);

/// One of etcd's own metrics; -1 when that member does not answer.
double metric_of(const EtcdCluster& etcd, std::size_t member, const std::string& name);
/// The member that says that it leads; throws std::runtime_error when none does for a while.
std::size_t leader_of(const EtcdCluster& etcd);
/// Watchers that etcd has, on all members that answer.
double watchers_of(const EtcdCluster& etcd);

/// The keys of an update's events, in the order of the message, a delete with a '-' before it.
std::vector<std::string> keys_of(const json::object& update);

/// Subscribers that must be told everything, whatever happens to the store.
class Crowd {
  public:
    Crowd(const Server& server, const std::vector<std::string>& prefixes, const std::string& pairs = "");
    /// Applies what has come; goes on until the condition holds. False when it does not in time.
    bool until(const std::function<bool()>& condition, std::chrono::milliseconds limit = std::chrono::seconds{90});
    /// Everybody gets as far as `revision` and then knows what the server lists, without a broken promise.
    void expect_agreement(const Server& server, std::int64_t revision);
    Watcher& operator[](std::size_t i) { return *watchers_[i]; }

  private:
    std::vector<std::string> prefixes_;
    std::vector<std::unique_ptr<Watcher>> watchers_;
};

}  // namespace confcast::test
