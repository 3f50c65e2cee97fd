// What all calls of the store share, and the calls themselves: which endpoint, which token, tried again or not.
// Lives on the loop. Coroutines hold it, so that it outlives a store that is destroyed under them.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "bridge.hpp"
#include "channels.hpp"
#include "confcast/base/log.hpp"
#include "exchange.hpp"
#include "failure.hpp"
#include "messages.hpp"
#include "watch_call.hpp"

namespace confcast::etcd {

class Core : public std::enable_shared_from_this<Core> {
  public:
    Core(const Executor& executor, EtcdOptions options, Log& log)
        : options_(std::move(options)), log_(log), bridge_(std::make_shared<Bridge>(executor)), channels_(options_) {}

    const EtcdOptions& options() const { return options_; }
    const std::shared_ptr<Bridge>& bridge() const { return bridge_; }
    EtcdStats stats() const { return stats_; }

    /// One call. Tried again on the next endpoint when that may help and certainly does no harm, and once with a new
    /// token when the old one is refused. `start(stubs, context, request, response, done)`.
    template <class Response, class Request, class Start>
    Awaitable<Result<Response>> ask(Request request, Effect effect, Start start);

    /// The newest revision and the cluster, linearizable; or whether a key can be read at `at`.
    Awaitable<Result<pb::RangeResponse>> probe(Revision at);
    /// The oldest revision that can be read now.
    Awaitable<Result<Revision>> find_oldest();
    /// compacted and future_revision with their numbers; any other error as it is.
    Awaitable<Error> complete(Error error);

    /// What is known without asking: nothing below can be read.
    Revision oldest() const { return oldest_; }
    void know_oldest(Revision revision) { oldest_ = std::max(oldest_, revision); }
    /// Another cluster is another history.
    void know_cluster(std::uint64_t id);

    /// An open stream, confirmed by etcd; its end is seen to by close().
    Awaitable<Result<std::shared_ptr<WatchCall>>> open_watch(store::WatchRequest request);

    bool closed() const { return closed_; }
    /// Nothing new; every watch ends. What is under way goes on.
    void close();

  private:
    Awaitable<Result<std::string>> token();
    void leave(std::size_t endpoint, std::string_view reason);

    EtcdOptions options_;
    Log& log_;
    std::shared_ptr<Bridge> bridge_;
    Channels channels_;
    EtcdStats stats_;
    std::string token_;
    Revision oldest_ = 1;
    std::uint64_t cluster_ = 0;
    bool closed_ = false;
    std::list<std::weak_ptr<WatchCall>> watches_;
};

template <class Response, class Request, class Start>
Awaitable<Result<Response>> Core::ask(Request request, Effect effect, Start start) {
    bool renewed = false;
    for (std::size_t attempt = 1;; ++attempt) {
        auto carried = co_await token();
        if (!carried) co_return carried.error();
        if (closed_) co_return Error(Errc::shutting_down);
        const std::size_t endpoint = channels_.current();
        auto exchange = std::make_shared<Exchange<Request, Response>>();
        exchange->request = request;
        exchange->context.set_deadline(std::chrono::system_clock::now() + options_.call_timeout);
        mark(exchange->context, *carried);
        ++stats_.calls;
        const auto begin = [&stubs = channels_.calls(endpoint), &start](auto* context, auto* asked, auto* response,
                                                                        Done done) {
            start(stubs, context, asked, response, std::move(done));
        };
        const grpc::Status status = co_await perform(bridge_, exchange, begin);
        if (status.ok()) co_return std::move(exchange->response);
        Failure failure = judge(static_cast<Code>(status.error_code()), status.error_message(), effect);
        if (failure.token && !renewed && !options_.user.empty()) {
            renewed = true;
            token_.clear();
            continue;
        }
        if (failure.elsewhere) {
            ++stats_.call_failures;
            leave(endpoint, status.error_message());
        }
        if (!failure.elsewhere || !failure.repeatable || attempt >= channels_.size()) co_return failure.error;
    }
}

}  // namespace confcast::etcd
