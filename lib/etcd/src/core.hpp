// What all calls of the store share, and the calls themselves: which endpoint, which token, tried again or not.
// Lives on the loop. Coroutines hold it, so that it outlives a store that is destroyed under them.
#pragma once

#include <algorithm>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bridge.hpp"
#include "channels.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/log.hpp"
#include "endpoint_set.hpp"
#include "exchange.hpp"
#include "failure.hpp"
#include "history.hpp"
#include "messages.hpp"
#include "watch_call.hpp"

namespace confcast::etcd {

class Core : public std::enable_shared_from_this<Core> {
  public:
    Core(const Executor& executor, EtcdOptions options, Log& log);

    const EtcdOptions& options() const { return options_; }
    const std::shared_ptr<Bridge>& bridge() const { return bridge_; }
    const EndpointSet& endpoints() const { return endpoints_; }
    History& history() { return history_; }
    const Clock& clock() const { return clock_; }
    EtcdStats& counted() { return stats_; }
    Log& log() { return log_; }
    EtcdStats stats() const;

    /// One call, within the call's time whatever happens. Tried again on the next endpoint when that may help and
    /// certainly does no harm, and once with a new token when the old one is refused.
    /// `start(stubs, context, request, response, done)`.
    template <class Response, class Request, class Start>
    Awaitable<Result<Response>> ask(Request request, Effect effect, Start start) {
        return ask<Response>(std::move(request), effect, start, clock_.now() + options_.call_timeout, nullptr);
    }
    /// The same with an end of its own. `*refused`, unless null: whether etcd has looked at it and said no, so that
    /// certainly nothing has happened and another endpoint would say the same.
    template <class Response, class Request, class Start>
    Awaitable<Result<Response>> ask(Request request, Effect effect, Start start, SteadyTime deadline, bool* refused);

    /// A linearizable read that is never below what was seen before, nor of another cluster.
    Awaitable<Result<pb::RangeResponse>> read(pb::RangeRequest request);
    /// The same for one key, the one that may be asked for whatever is stored: is there such a revision?
    Awaitable<Result<pb::RangeResponse>> probe(Revision at) { return read(to_range(options_.probe_key, at)); }
    /// The newest revision whatever history it belongs to: another one is begun when this is what etcd has now.
    Awaitable<Result<Revision>> find_head();

    /// The oldest revision that can be read now.
    Awaitable<Result<Revision>> find_oldest();
    /// compacted and future_revision with their numbers; any other error as it is.
    Awaitable<Error> complete(Error error);

    /// An open stream, confirmed by etcd; its end is seen to by close().
    Awaitable<Result<std::shared_ptr<WatchCall>>> open_watch(store::WatchRequest request);

    /// What one endpoint answers to a linearizable read; empty when it is of use.
    Awaitable<std::string> try_endpoint(std::size_t endpoint);
    void on_probe(std::size_t endpoint, Probe probe, const std::string& failure);

    bool closed() const { return closed_; }
    /// Nothing new; every watch and every probe ends. What is under way goes on.
    void close();
    void start_probes();

  private:
    template <class Response>
    struct Answer {
        grpc::Status status;
        Response response;
    };
    /// Sends it once, to this endpoint.
    template <class Response, class Request, class Start>
    Awaitable<Answer<Response>> send(std::size_t endpoint, std::shared_ptr<const Request> request, std::string token,
                                     SteadyTime deadline, Start start);
    Awaitable<Answer<pb::RangeResponse>> send_probe(std::size_t endpoint, std::string token, SteadyTime deadline);

    struct Carried {
        std::string token;  // empty: none is needed
        std::optional<Failure> failure;
    };
    Awaitable<Carried> token(std::size_t endpoint, SteadyTime deadline);
    Awaitable<Carried> authenticate(std::size_t endpoint, SteadyTime deadline);
    /// It was refused; what others have got meanwhile stays.
    void drop_token(const std::string& refused);

    void failed(std::size_t endpoint, const std::string& reason);
    void lose_watches(const std::function<bool(std::size_t)>& on_endpoint, std::string_view reason);
    void begin_anew(const pb::ResponseHeader& header);
    Awaitable<> pause(std::chrono::milliseconds time);

    struct OpenWatch {
        std::weak_ptr<WatchCall> call;
        std::size_t endpoint;
    };

    EtcdOptions options_;
    Log& log_;
    SystemClock clock_;
    std::mt19937 random_{std::random_device{}()};
    std::shared_ptr<Bridge> bridge_;
    Channels channels_;
    EndpointSet endpoints_;
    History history_;
    EtcdStats stats_;

    std::optional<std::string> token_;
    bool authenticating_ = false;
    Notifier authenticated_;
    Error refused_;  // why the last authentication was refused
    SteadyTime refused_until_ = SteadyTime::min();

    std::list<OpenWatch> watches_;
    std::list<asio::cancellation_signal> probe_stops_;
    bool closed_ = false;
};

template <class Response, class Request, class Start>
Awaitable<Core::Answer<Response>> Core::send(std::size_t endpoint, std::shared_ptr<const Request> request,
                                             std::string token, SteadyTime deadline, Start start) {
    auto exchange = std::make_shared<Exchange<Request, Response>>();
    exchange->request = std::move(request);
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - clock_.now());
    exchange->context.set_deadline(std::chrono::system_clock::now() + left);
    mark(exchange->context, token);
    ++stats_.calls;
    const auto begin = [&stubs = channels_.calls(endpoint), &start](auto* context, auto* asked, auto* response,
                                                                    Done done) {
        start(stubs, context, asked, response, std::move(done));
    };
    grpc::Status status = co_await perform(bridge_, exchange, begin);
    co_return Answer<Response>{std::move(status), std::move(exchange->response)};
}

template <class Response, class Request, class Start>
Awaitable<Result<Response>> Core::ask(Request request, Effect effect, Start start, SteadyTime deadline, bool* refused) {
    const auto shared = std::make_shared<const Request>(std::move(request));
    std::vector<bool> tried(endpoints_.size());
    bool renewed = false;
    Failure failure;
    for (;;) {
        const std::optional<std::size_t> endpoint = endpoints_.choose(tried);
        if (!endpoint || clock_.now() >= deadline) co_return failure.error;
        // A read leaves time for those that are tried after it; a write cannot be tried again once it is sent.
        const auto others = std::count(tried.begin(), tried.end(), false);
        const SteadyTime turn = effect == Effect::writes ? deadline : clock_.now() + (deadline - clock_.now()) / others;

        Carried carried = co_await token(*endpoint, turn);
        if (closed_) co_return Error(Errc::shutting_down);
        bool sent = !carried.failure;
        if (carried.failure) {
            failure = std::move(*carried.failure);
        } else {
            Answer<Response> answer;
            if (effect == Effect::writes && !channels_.connected(*endpoint)) {
                // Whether a call that failed on a connection in the making was sent cannot be known: a read goes first.
                const auto knock = co_await send_probe(*endpoint, carried.token, turn);
                answer.status = knock.status;
                sent = knock.status.ok();
            }
            if (sent) answer = co_await send<Response>(*endpoint, shared, carried.token, turn, start);
            if (answer.status.ok()) {
                endpoints_.answered(*endpoint);
                co_return std::move(answer.response);
            }
            failure = judge(static_cast<Code>(answer.status.error_code()), answer.status.error_message(),
                            sent ? effect : Effect::reads);
        }
        if (failure.token && !renewed && !options_.user.empty()) {
            renewed = true;
            drop_token(carried.token);
            continue;
        }
        if (refused != nullptr) *refused = failure.repeatable && !failure.elsewhere;
        if (failure.elsewhere) failed(*endpoint, failure.error.detail("reason"));
        if (!failure.elsewhere || !failure.repeatable) co_return failure.error;
        tried[*endpoint] = true;
    }
}

}  // namespace confcast::etcd
