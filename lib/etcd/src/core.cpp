#include "core.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "probes.hpp"

namespace confcast::etcd {
namespace {

/// A wrong password is not tried by every call anew.
constexpr std::chrono::seconds refusal_counts{1};

constexpr auto call_range = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.kv->async()->Range(context, request, response, std::move(done));
};
constexpr auto call_authenticate = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.auth->async()->Authenticate(context, request, response, std::move(done));
};

Error unavailable(std::string_view reason) { return Error(Errc::store_unavailable).with("reason", reason); }

}  // namespace

Core::Core(const Executor& executor, EtcdOptions options, Log& log)
    : options_(std::move(options)),
      log_(log),
      bridge_(std::make_shared<Bridge>(executor)),
      channels_(options_),
      endpoints_(options_.endpoints, options_.probes, clock_,
                 [this] { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }),
      authenticated_(executor) {}

EtcdStats Core::stats() const {
    EtcdStats stats = stats_;
    stats.endpoint_changes = endpoints_.moves();
    return stats;
}

void Core::failed(std::size_t endpoint, const std::string& reason) {
    ++stats_.call_failures;
    const bool news = endpoints_.is_well(endpoint);
    endpoints_.failed(endpoint, reason);
    if (news)
        log_.warning("etcd", "an endpoint failed",
                     {{"endpoint", endpoints_.name(endpoint)},
                      {"in_use", endpoints_.name(endpoints_.current())},
                      {"reason", reason}});
}

Awaitable<> Core::pause(std::chrono::milliseconds time) {
    SteadyTimer timer(bridge_->executor(), time);
    co_await timer.async_wait(use_awaitable);
}

// ---- tokens

void Core::drop_token(const std::string& refused) {
    if (token_ == refused) token_.reset();
}

// Many calls find at once that the token is old: one of them gets the new one.
Awaitable<Core::Carried> Core::token(std::size_t endpoint, SteadyTime deadline) {
    if (options_.user.empty()) co_return Carried{};
    while (authenticating_ && !closed_) {
        const bool told = co_await authenticated_.wait_until(deadline);
        if (told) continue;
        co_return Carried{{}, judge(Code::deadline_exceeded, "no token in time", Effect::reads)};
    }
    if (token_ || closed_) co_return Carried{token_.value_or(""), {}};
    if (clock_.now() < refused_until_) co_return Carried{{}, Failure{refused_}};
    struct Turn {
        explicit Turn(Core& core) : core_(core) { core_.authenticating_ = true; }
        ~Turn() {
            core_.authenticating_ = false;
            core_.authenticated_.notify_all();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        Core& core_;
    } const turn(*this);
    Carried carried = co_await authenticate(endpoint, deadline);
    co_return carried;
}

Awaitable<Core::Carried> Core::authenticate(std::size_t endpoint, SteadyTime deadline) {
    const auto request = std::make_shared<pb::AuthenticateRequest>();
    request->set_name(options_.user);
    request->set_password(options_.password);
    const auto answer = co_await send<pb::AuthenticateResponse>(
        endpoint, std::shared_ptr<const pb::AuthenticateRequest>(request), {}, deadline, call_authenticate);
    const std::string reason = answer.status.error_message();
    if (answer.status.ok()) {
        ++stats_.authentications;
        token_ = answer.response.token();
    } else if (reason.find("authentication is not enabled") != std::string::npos) {
        token_.emplace();  // etcd asks for none
    } else {
        Carried carried;
        carried.failure = judge(static_cast<Code>(answer.status.error_code()), reason, Effect::reads);
        carried.failure->token = false;
        if (!carried.failure->elsewhere) {
            refused_ = carried.failure->error;
            refused_until_ = clock_.now() + refusal_counts;
        }
        co_return carried;
    }
    co_return Carried{*token_, {}};
}

// ---- reads, and the history they belong to

Awaitable<Core::Answer<pb::RangeResponse>> Core::send_probe(std::size_t endpoint, std::string token,
                                                            SteadyTime deadline) {
    return send<pb::RangeResponse>(endpoint, std::make_shared<const pb::RangeRequest>(to_range(options_.probe_key, 0)),
                                   std::move(token), deadline, call_range);
}

Awaitable<Result<pb::RangeResponse>> Core::read(pb::RangeRequest request) {
    const SteadyTime end = clock_.now() + options_.patience;
    for (std::chrono::milliseconds time{25};; time *= 2) {
        const Revision floor = history_.newest();
        auto answer = co_await ask<pb::RangeResponse>(request, Effect::reads, call_range);
        if (!answer) co_return answer.error();
        const pb::ResponseHeader& header = answer->header();
        const auto standing = history_.judge(header.cluster_id(), header.revision(), floor);
        if (standing == History::Standing::foreign) co_return unavailable("another etcd cluster answers");
        if (standing == History::Standing::sound) {
            history_.saw(header.cluster_id(), header.revision());
            co_return answer;
        }
        if (clock_.now() + time > end)
            co_return unavailable("etcd is at revision " + std::to_string(header.revision()) +
                                  ", below one that was seen: " + std::to_string(floor));
        co_await pause(time);
    }
}

Awaitable<Result<Revision>> Core::find_head() {
    const SteadyTime end = clock_.now() + options_.patience;
    for (std::chrono::milliseconds time{25};; time *= 2) {
        const Revision floor = history_.newest();
        auto answer = co_await ask<pb::RangeResponse>(to_range(options_.probe_key, 0), Effect::reads, call_range);
        if (!answer) co_return answer.error();
        const pb::ResponseHeader& header = answer->header();
        const auto standing = history_.judge(header.cluster_id(), header.revision(), floor);
        const bool waited = clock_.now() + time > end;
        if (standing == History::Standing::foreign || (standing == History::Standing::behind && waited))
            begin_anew(header);
        else if (standing == History::Standing::behind) {
            co_await pause(time);
            continue;
        }
        history_.saw(header.cluster_id(), header.revision());
        co_return header.revision();
    }
}

void Core::begin_anew(const pb::ResponseHeader& header) {
    ++stats_.restores;
    log_.warning("etcd", "etcd holds another history than before",
                 {{"seen", history_.newest()},
                  {"revision", header.revision()},
                  {"same_cluster", header.cluster_id() == history_.cluster() ? "yes" : "no"}});
    history_.begin_anew(header.cluster_id(), header.revision());
    lose_watches([](std::size_t) { return true; }, "etcd holds another history than before");
}

Awaitable<Result<Revision>> Core::find_oldest() {
    const Revision known = history_.oldest();
    const auto first = co_await probe(known);
    if (first) co_return known;
    if (first.error() != Errc::compacted) co_return first.error();
    const auto head = co_await probe(0);
    if (!head) co_return head.error();
    // Invariant: what is at `gone` cannot be read, what is at `there` can.
    Revision gone = known;
    Revision there = head->header().revision();
    while (there - gone > 1) {
        const Revision middle = gone + (there - gone) / 2;
        const auto found = co_await probe(middle);
        if (!found && found.error() != Errc::compacted) co_return found.error();
        (found ? there : gone) = middle;
    }
    history_.know_oldest(there);
    co_return history_.oldest();
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

// ---- watches

Awaitable<Result<std::shared_ptr<WatchCall>>> Core::open_watch(store::WatchRequest request) {
    // Whatever happens, a cancellation included, a stream that nobody gets is ended.
    struct Ender {
        ~Ender() {
            if (call) call->end(Errc::shutting_down);
        }
        std::shared_ptr<WatchCall> call;
    };
    const SteadyTime deadline = clock_.now() + options_.create_timeout;
    for (bool renewed = options_.user.empty();; renewed = true) {
        const std::size_t endpoint = endpoints_.choose({}).value_or(0);
        Carried carried = co_await token(endpoint, deadline);
        if (closed_) co_return Error(Errc::shutting_down);
        if (carried.failure) {
            if (carried.failure->elsewhere) failed(endpoint, carried.failure->error.detail("reason"));
            co_return carried.failure->error;
        }
        WatchCall::Listener listener;
        listener.on_lost = [weak = weak_from_this(), endpoint](const std::string& reason, bool by_endpoint) {
            const auto core = weak.lock();
            if (!core) return;
            ++core->stats_.watches_lost;
            if (by_endpoint) core->failed(endpoint, reason);
        };
        listener.on_duplicates = [weak = weak_from_this()](std::uint64_t count) {
            if (const auto core = weak.lock()) core->stats_.watch_duplicates += count;
        };
        Ender ender;
        ender.call = std::make_shared<WatchCall>(bridge_, WatchMachine(request.start, history_.cluster()),
                                                 options_.watch_buffer_bytes, std::move(listener));
        std::erase_if(watches_, [](const OpenWatch& watch) { return watch.call.expired(); });
        watches_.push_back({ender.call, endpoint});
        ++stats_.watches;
        WatchCall::start(ender.call, *channels_.watch(endpoint).async(), to_watch(request), carried.token);
        const Result<> created = co_await WatchCall::until_created(ender.call, deadline);
        if (created) co_return std::move(ender.call);
        if (ender.call->machine().refused()) drop_token(carried.token);
        if (renewed || !ender.call->machine().refused()) co_return created.error();
    }
}

void Core::lose_watches(const std::function<bool(std::size_t)>& on_endpoint, std::string_view reason) {
    for (const OpenWatch& watch : watches_)
        if (const auto call = watch.call.lock(); call && on_endpoint(watch.endpoint)) call->lose(reason);
}

// ---- probes

Awaitable<std::string> Core::try_endpoint(std::size_t endpoint) {
    const SteadyTime deadline = clock_.now() + options_.call_timeout;
    const Carried carried = co_await token(endpoint, deadline);
    if (carried.failure) co_return carried.failure->elsewhere ? carried.failure->error.detail("reason") : "";
    const auto answer = co_await send_probe(endpoint, carried.token, deadline);
    if (answer.status.ok()) co_return "";
    const Failure failure =
        judge(static_cast<Code>(answer.status.error_code()), answer.status.error_message(), Effect::reads);
    if (failure.token) drop_token(carried.token);
    co_return failure.elsewhere ? failure.error.detail("reason") : "";
}

void Core::on_probe(std::size_t endpoint, Probe probe, const std::string& failure) {
    if (!failure.empty()) ++stats_.probe_failures;
    const auto change = endpoints_.on_probe(endpoint, probe, failure);
    if (change == EndpointSet::Change::none) return;
    if (change == EndpointSet::Change::back)
        log_.info("etcd", "an endpoint is back", {{"endpoint", endpoints_.name(endpoint)}});
    else
        log_.warning("etcd", "an endpoint is out", {{"endpoint", endpoints_.name(endpoint)}, {"reason", failure}});
    // Also when one is back: a watch may be on one that was the best of a bad lot.
    if (endpoints_.healthy(endpoints_.current()))
        lose_watches([this](std::size_t where) { return !endpoints_.healthy(where); }, "its endpoint is out");
}

void Core::start_probes() {
    for (std::size_t endpoint = 0; endpoint < endpoints_.size(); ++endpoint)
        for (const Probe probe : {Probe::connect, Probe::ask}) {
            if (endpoints_.pause(endpoint, probe).count() == 0) continue;
            const auto ended = [self = shared_from_this()](const std::exception_ptr& thrown) {
                try {
                    if (thrown) std::rethrow_exception(thrown);
                } catch (const std::exception& e) {
                    if (!self->closed_) self->log_.error("etcd", "a probe ended", {{"error", e.what()}});
                }
            };
            asio::co_spawn(bridge_->executor(), run_probe(shared_from_this(), endpoint, probe),
                           asio::bind_cancellation_slot(probe_stops_.emplace_back().slot(), ended));
        }
}

void Core::close() {
    if (std::exchange(closed_, true)) return;
    for (const OpenWatch& watch : watches_)
        if (const auto call = watch.call.lock()) call->end(Errc::shutting_down);
    watches_.clear();
    authenticated_.notify_all();
    for (asio::cancellation_signal& stop : probe_stops_) stop.emit(asio::cancellation_type::terminal);
}

}  // namespace confcast::etcd
