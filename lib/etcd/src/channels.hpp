// The connections: for each endpoint one for calls and one for watches, made when first used; what every call carries.
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
    explicit CallStubs(std::shared_ptr<grpc::Channel> through);
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<pb::KV::Stub> kv;
    std::unique_ptr<pb::Lease::Stub> lease;
    std::unique_ptr<pb::Maintenance::Stub> maintenance;
    std::unique_ptr<pb::Auth::Stub> auth;
};

class Channels {
  public:
    explicit Channels(const EtcdOptions& options);

    CallStubs& calls(std::size_t endpoint);
    pb::Watch::Stub& watch(std::size_t endpoint);
    /// The connection for calls stands: what is sent now goes out at once.
    bool connected(std::size_t endpoint);

  private:
    struct Endpoint {
        std::string name;
        std::unique_ptr<CallStubs> calls;
        std::unique_ptr<pb::Watch::Stub> watch;
    };
    std::shared_ptr<grpc::Channel> connect(const Endpoint& endpoint) const;

    const EtcdOptions& options_;
    std::vector<Endpoint> endpoints_;
};

/// A member that is cut off from its quorum fails the call instead of waiting.
void mark(grpc::ClientContext& context, const std::string& token);

}  // namespace confcast::etcd
