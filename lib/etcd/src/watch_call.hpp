// Drives a WatchMachine over one gRPC stream. Lives on the loop; gRPC's reactions only hand over and read on.
//
// Invariant: a read is under way, or the buffer is full, or the call is ending. The object is not destroyed before
// gRPC is done with it: it holds itself until then.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "bridge.hpp"
#include "channels.hpp"
#include "watch_machine.hpp"

namespace confcast::etcd {

class WatchCall final : public grpc::ClientBidiReactor<pb::WatchRequest, pb::WatchResponse> {
  public:
    /// Called on the loop.
    struct Listener {
        /// The stream ended though nobody here ended it; whether its endpoint is to blame. At most once.
        std::function<void(const std::string& reason, bool by_endpoint)> on_lost;
        std::function<void(std::uint64_t count)> on_duplicates;
    };
    WatchCall(std::shared_ptr<Bridge> bridge, WatchMachine machine, std::size_t buffer_bytes, Listener listener);

    static void start(const std::shared_ptr<WatchCall>& self, pb::Watch::StubInterface::async_interface& stub,
                      pb::WatchRequest create, const std::string& token);
    /// Ends it: what waits in next() gets this error. Idempotent.
    void end(const Error& error);
    /// As if the network had ended it; the listener is not told.
    void lose(std::string_view reason);

    /// Returns when etcd has confirmed the watch, or with why it has not by `deadline`.
    static Awaitable<Result<>> until_created(std::shared_ptr<WatchCall> self, SteadyTime deadline);
    static Awaitable<Result<store::WatchBatch>> next(std::shared_ptr<WatchCall> self);

    const WatchMachine& machine() const { return machine_; }

    void OnReadDone(bool ok) override;
    void OnDone(const grpc::Status& status) override;

  private:
    void take(pb::WatchResponse response);
    void obey(WatchAction action);
    void read_on();
    /// Lets gRPC end the call; once.
    void release();

    std::shared_ptr<Bridge> bridge_;
    WatchMachine machine_;
    std::size_t buffer_bytes_;
    Listener listener_;
    grpc::ClientContext context_;
    pb::WatchRequest create_;
    pb::WatchResponse incoming_;       // gRPC's from StartRead to OnReadDone
    std::shared_ptr<WatchCall> self_;  // from start to OnDone
    std::atomic<bool> held_{false};

    Notifier changed_;
    std::deque<store::WatchBatch> batches_;
    std::size_t waiting_bytes_ = 0;
    bool paused_ = false;
    std::optional<Error> ended_;
};

}  // namespace confcast::etcd
