#include "core.hpp"

#include <utility>

namespace confcast::etcd {

void Core::leave(std::size_t endpoint, std::string_view reason) {
    if (!channels_.leave(endpoint)) return;
    ++stats_.endpoint_changes;
    log_.warning(
        "etcd", "an endpoint failed; the next one is used",
        {{"endpoint", channels_.name(endpoint)}, {"next", channels_.name(channels_.current())}, {"reason", reason}});
}

void Core::know_cluster(std::uint64_t id) {
    if (cluster_ != 0 && cluster_ != id) oldest_ = 1;
    cluster_ = id;
}

Awaitable<Result<std::string>> Core::token() {
    if (options_.user.empty() || !token_.empty()) co_return token_;
    auto exchange = std::make_shared<Exchange<pb::AuthenticateRequest, pb::AuthenticateResponse>>();
    exchange->request.set_name(options_.user);
    exchange->request.set_password(options_.password);
    exchange->context.set_deadline(std::chrono::system_clock::now() + options_.call_timeout);
    mark(exchange->context, {});
    const std::size_t endpoint = channels_.current();
    const auto start = [&stubs = channels_.calls(endpoint)](auto* context, auto* asked, auto* response, Done done) {
        stubs.auth->async()->Authenticate(context, asked, response, std::move(done));
    };
    const grpc::Status status = co_await perform(bridge_, exchange, start);
    if (!status.ok()) {
        const Failure failure = judge(static_cast<Code>(status.error_code()), status.error_message(), Effect::reads);
        if (failure.elsewhere) leave(endpoint, status.error_message());
        co_return failure.error;
    }
    ++stats_.authentications;
    token_ = exchange->response.token();
    co_return token_;
}

Awaitable<Result<pb::RangeResponse>> Core::probe(Revision at) {
    return ask<pb::RangeResponse>(to_range(options_.probe_key, at), Effect::reads,
                                  [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
                                      stubs.kv->async()->Range(context, request, response, std::move(done));
                                  });
}

Awaitable<Result<Revision>> Core::find_oldest() {
    const auto known = co_await probe(oldest_);
    if (known) co_return oldest_;
    if (known.error() != Errc::compacted) co_return known.error();
    const auto head = co_await probe(0);
    if (!head) co_return head.error();
    // Invariant: what is at `gone` cannot be read, what is at `there` can.
    Revision gone = oldest_;
    Revision there = head->header().revision();
    while (there - gone > 1) {
        const Revision middle = gone + (there - gone) / 2;
        const auto found = co_await probe(middle);
        if (!found && found.error() != Errc::compacted) co_return found.error();
        (found ? there : gone) = middle;
    }
    know_oldest(there);
    co_return oldest_;
}

Awaitable<Error> Core::complete(Error error) {
    if (error == Errc::compacted) {
        const auto oldest = co_await find_oldest();
        if (!oldest) co_return oldest.error();
        co_return Error(Errc::compacted).with("oldest", *oldest);
    }
    if (error == Errc::future_revision) {
        const auto head = co_await probe(0);
        if (!head) co_return head.error();
        co_return Error(Errc::future_revision).with("revision", head->header().revision());
    }
    co_return error;
}

Awaitable<Result<std::shared_ptr<WatchCall>>> Core::open_watch(store::WatchRequest request) {
    auto carried = co_await token();
    if (!carried) co_return carried.error();
    if (closed_) co_return Error(Errc::shutting_down);
    const std::size_t endpoint = channels_.current();
    const auto on_lost = [weak = weak_from_this(), endpoint] {
        const auto core = weak.lock();
        if (!core) return;
        ++core->stats_.watches_lost;
        core->leave(endpoint, "the watch was lost");
    };
    auto call = std::make_shared<WatchCall>(bridge_, request.start, options_.watch_buffer_bytes, on_lost);
    watches_.remove_if([](const auto& weak) { return weak.expired(); });
    watches_.push_back(call);
    ++stats_.watches;
    WatchCall::start(call, channels_.watch(endpoint), to_watch(request), *carried);
    const auto deadline = std::chrono::steady_clock::now() + options_.create_timeout;
    const Result<> created = co_await WatchCall::until_created(call, deadline);
    if (call->machine().token_refused()) token_.clear();
    if (!created) {
        call->end(created.error());
        co_return created.error();
    }
    co_return call;
}

void Core::close() {
    closed_ = true;
    for (const auto& weak : watches_)
        if (const auto call = weak.lock()) call->end(Errc::shutting_down);
    watches_.clear();
}

}  // namespace confcast::etcd
