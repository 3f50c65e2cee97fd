// One call, awaited: started on the loop, completed by gRPC's thread, resumed on the loop.
#pragma once

#include <grpcpp/client_context.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "bridge.hpp"

namespace confcast::etcd {

/// What gRPC reads and writes during the call.
template <class Request, class Response>
struct Exchange {
    grpc::ClientContext context;
    std::shared_ptr<const Request> request;
    Response response;
};

using Done = std::function<void(grpc::Status)>;

/// What waits for gRPC's answer. The loop must not run empty while gRPC has the call; and neither what belongs to the
/// loop nor the context, which holds the channel, may end on gRPC's thread, so that all of it is moved away as a whole.
/// A channel that ends there as the last one takes down the queue that its own thread is reading, and the process with
/// it (gRPC #32584).
template <class Handler, class Request, class Response>
class PendingCall {
  public:
    PendingCall(const std::shared_ptr<Bridge>& bridge, std::shared_ptr<Exchange<Request, Response>> exchange,
                Handler handler)
        : gate_(bridge->gate()),
          executor_(bridge->executor()),
          parts_(Parts{bridge, std::move(exchange), std::move(handler),
                       asio::prefer(bridge->executor(), asio::execution::outstanding_work.tracked)}) {
        parts_->bridge->begin();
    }

    /// On gRPC's thread, once. What it still holds afterwards may end there, after the loop and the store.
    void answer(const grpc::Status& status) {
        auto resume = [status = status, parts = std::move(*parts_)]() mutable {
            parts.bridge->end();
            auto handler = std::move(parts.handler);
            std::move(handler)(std::move(status));
        };
        parts_.reset();
        asio::post(executor_, std::move(resume));
        gate_->leave();
    }

  private:
    struct Parts {
        std::shared_ptr<Bridge> bridge;
        std::shared_ptr<Exchange<Request, Response>> exchange;
        Handler handler;
        decltype(asio::prefer(std::declval<Executor>(), asio::execution::outstanding_work.tracked)) work;
    };
    std::shared_ptr<Gate> gate_;
    Executor executor_;
    std::optional<Parts> parts_;
};

/// Starts a call: `start(context, request, response, done)`. Cancelling the coroutine cancels the call, which then
/// ends with CANCELLED.
template <class Start, class Request, class Response>
Awaitable<grpc::Status> perform(std::shared_ptr<Bridge> bridge, std::shared_ptr<Exchange<Request, Response>> exchange,
                                Start start) {
    auto initiate = [&](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(exchange)](asio::cancellation_type) {
                if (const auto alive = weak.lock()) alive->context.TryCancel();
            });
        using Pending = PendingCall<decltype(handler), Request, Response>;
        auto pending = std::make_shared<Pending>(bridge, exchange, std::move(handler));
        start(&exchange->context, exchange->request.get(), &exchange->response,
              Done([pending = std::move(pending)](const grpc::Status& status) { pending->answer(status); }));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(grpc::Status)>(initiate,
                                                                                                       use_awaitable);
}

}  // namespace confcast::etcd
