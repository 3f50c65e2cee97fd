#include "keep_alive.hpp"

#include <utility>

namespace confcast::etcd {
namespace {

/// Owns itself until gRPC is done with it.
class KeepAlive final : public grpc::ClientBidiReactor<pb::LeaseKeepAliveRequest, pb::LeaseKeepAliveResponse> {
  public:
    explicit KeepAlive(Done done) : done_(std::move(done)) {}

    void start(pb::Lease::Stub& stub, grpc::ClientContext* context, const pb::LeaseKeepAliveRequest* request,
               pb::LeaseKeepAliveResponse* response) {
        stub.async()->LeaseKeepAlive(context, this);
        StartWriteLast(request, {});
        StartRead(response);
        StartCall();
    }

    void OnReadDone(bool ok) override { answered_ = ok; }
    void OnDone(const grpc::Status& status) override {
        const Done done = std::move(done_);
        const bool silent = status.ok() && !answered_;
        delete this;
        done(silent ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream ended without an answer") : status);
    }

  private:
    Done done_;
    bool answered_ = false;
};

}  // namespace

void start_keep_alive(pb::Lease::Stub& stub, grpc::ClientContext* context, const pb::LeaseKeepAliveRequest* request,
                      pb::LeaseKeepAliveResponse* response, Done done) {
    (new KeepAlive(std::move(done)))->start(stub, context, request, response);
}

}  // namespace confcast::etcd
