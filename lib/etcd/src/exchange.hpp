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

/// What gRPC reads and writes during the call: shared, so that it outlives whoever is the last to look.
template <class Request, class Response>
struct Exchange {
    grpc::ClientContext context;
    std::shared_ptr<const Request> request;
    Response response;
};

using Done = std::function<void(grpc::Status)>;

/// Starts a call: `start(context, request, response, done)`. Cancelling the coroutine cancels the call, which then
/// ends with CANCELLED.
template <class Start, class Request, class Response>
Awaitable<grpc::Status> perform(std::shared_ptr<Bridge> bridge, std::shared_ptr<Exchange<Request, Response>> exchange,
                                Start start) {
    auto initiate = [&](auto handler) {
        using Handler = decltype(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(exchange)](asio::cancellation_type) {
                if (const auto alive = weak.lock()) alive->context.TryCancel();
            });
        // The loop must not run empty while gRPC has the call; and neither what belongs to the loop nor the context,
        // which holds the channel, may end on gRPC's thread, so all is moved away as a whole. A channel that ends there
        // as the last one takes down the queue its own thread is reading, which aborts the process (gRPC #32584).
        struct Waiting {
            std::shared_ptr<Bridge> bridge;
            std::shared_ptr<Exchange<Request, Response>> exchange;
            Handler handler;
            decltype(asio::prefer(std::declval<Executor>(), asio::execution::outstanding_work.tracked)) work;
        };
        auto waiting = std::make_shared<std::optional<Waiting>>(
            Waiting{bridge, exchange, std::move(handler),
                    asio::prefer(bridge->executor(), asio::execution::outstanding_work.tracked)});
        bridge->begin();
        // gRPC's thread holds only what it gives away with its last word: it may end after the loop and the store.
        start(&exchange->context, exchange->request.get(), &exchange->response,
              [gate = bridge->gate(), executor = bridge->executor(), waiting](const grpc::Status& status) {
                  auto resume = [status = status, what = std::move(**waiting)]() mutable {
                      what.bridge->end();
                      auto mine = std::move(what.handler);
                      std::move(mine)(std::move(status));
                  };
                  waiting->reset();
                  asio::post(executor, std::move(resume));
                  gate->leave();
              });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(grpc::Status)>(initiate,
                                                                                                       use_awaitable);
}

}  // namespace confcast::etcd
