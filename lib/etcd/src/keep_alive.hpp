// etcd renews a lease on a stream; here that is one question and one answer.
#pragma once

#include "channels.hpp"
#include "exchange.hpp"

namespace confcast::etcd {

/// Calls `done` once, on gRPC's thread. The three pointers stay valid until then.
void start_keep_alive(pb::Lease::Stub& stub, grpc::ClientContext* context, const pb::LeaseKeepAliveRequest* request,
                      pb::LeaseKeepAliveResponse* response, Done done);

}  // namespace confcast::etcd
