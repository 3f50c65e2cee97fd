// The connections: for each endpoint one for calls and one for watches, made when first used; which endpoint is the
// one in use; what every call carries.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>
#include <vector>

#include "confcast/etcd/etcd_store.hpp"
#include "etcd/rpc.grpc.pb.h"

namespace confcast::etcd {

namespace pb = etcdserverpb;

struct CallStubs {
    explicit CallStubs(const std::shared_ptr<grpc::Channel>& channel);
    std::unique_ptr<pb::KV::Stub> kv;
    std::unique_ptr<pb::Lease::Stub> lease;
    std::unique_ptr<pb::Maintenance::Stub> maintenance;
    std::unique_ptr<pb::Auth::Stub> auth;
};

class Channels {
  public:
    explicit Channels(const EtcdOptions& options);

    std::size_t size() const { return endpoints_.size(); }
    /// The endpoint in use; a number to give back to leave().
    std::size_t current() const { return current_; }
    const std::string& name(std::size_t endpoint) const { return endpoints_[endpoint].name; }
    CallStubs& calls(std::size_t endpoint);
    pb::Watch::Stub& watch(std::size_t endpoint);
    /// It failed: the next one is used from now on. True when that is another one.
    bool leave(std::size_t endpoint);

  private:
    struct Endpoint {
        std::string name;
        std::unique_ptr<CallStubs> calls;
        std::unique_ptr<pb::Watch::Stub> watch;
    };
    std::shared_ptr<grpc::Channel> connect(const Endpoint& endpoint) const;

    const EtcdOptions& options_;
    std::vector<Endpoint> endpoints_;
    std::size_t current_ = 0;
};

/// A member that is cut off from its quorum fails the call instead of waiting.
void mark(grpc::ClientContext& context, const std::string& token);

}  // namespace confcast::etcd
