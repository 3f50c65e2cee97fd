#include "confcast/etcd/etcd_store.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core.hpp"
#include "keep_alive.hpp"
#include "writes.hpp"

namespace confcast::etcd {
namespace {

using store::Lease;
using store::LeaseId;

constexpr std::int64_t max_ttl_s = 9'000'000'000;

using CorePtr = std::shared_ptr<Core>;

/// The calls, each as `start` of Core::ask.
constexpr auto call_compact = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.kv->async()->Compact(context, request, response, std::move(done));
};
constexpr auto call_status = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.maintenance->async()->Status(context, request, response, std::move(done));
};
constexpr auto call_grant = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.lease->async()->LeaseGrant(context, request, response, std::move(done));
};
constexpr auto call_revoke = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.lease->async()->LeaseRevoke(context, request, response, std::move(done));
};
constexpr auto call_time_to_live = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    stubs.lease->async()->LeaseTimeToLive(context, request, response, std::move(done));
};
constexpr auto call_keep_alive = [](CallStubs& stubs, auto* context, auto* request, auto* response, Done done) {
    start_keep_alive(*stubs.lease, context, request, response, std::move(done));
};

class Stream final : public store::WatchStream {
  public:
    Stream(std::shared_ptr<Core> core, std::shared_ptr<WatchCall> call)
        : core_(std::move(core)), call_(std::move(call)) {}
    ~Stream() override { call_->end(Errc::shutting_down); }
    Awaitable<Result<store::WatchBatch>> next() override { return next_of(core_, call_); }

  private:
    // Static: the stream may be destroyed while somebody waits.
    static Awaitable<Result<store::WatchBatch>> next_of(std::shared_ptr<Core> core, std::shared_ptr<WatchCall> call) {
        auto batch = co_await WatchCall::next(call);
        if (batch)
            core->history().saw(batch->revision);
        else if (batch.error() == Errc::compacted)
            core->history().know_oldest(batch.error().number("oldest"));
        co_return batch;
    }

    std::shared_ptr<Core> core_;
    std::shared_ptr<WatchCall> call_;
};

Awaitable<Result<store::Status>> ask_status(CorePtr core) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    const auto head = co_await core->find_head();
    if (!head) co_return head.error();
    const auto oldest = co_await core->find_oldest();
    if (!oldest) co_return oldest.error();
    const auto member = co_await core->ask<pb::StatusResponse>(pb::StatusRequest{}, Effect::reads, call_status);
    if (!member) co_return member.error();
    store::Status status;
    status.epoch = core->history().epoch();
    status.revision = std::max(*head, *oldest);
    status.oldest = *oldest;
    status.size_bytes = member->dbsize();
    status.version = "etcd " + member->version();
    for (const std::string& problem : member->errors())
        status.problem += (status.problem.empty() ? "etcd: " : "; ") + problem;
    co_return status;
}

Awaitable<Result<store::RangeResult>> ask_range(CorePtr core, store::RangeRequest request) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    auto answer = co_await core->read(to_range(request));
    if (!answer) {
        const Error error = co_await core->complete(answer.error());
        co_return error;
    }
    co_return from_range(std::move(*answer));
}

Awaitable<Result<Revision>> ask_soon_replayed(CorePtr core, store::KeyRange range, Revision wanted) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    const EtcdOptions& options = core->options();
    const auto answer = co_await core->read(to_latest(range, options.replayed_keys));
    if (!answer) co_return answer.error();
    const Revision head = answer->header().revision();
    Revision start = std::max(wanted, head - options.replayed_revisions);
    // All that has changed after the last of them is among them.
    if (answer->more()) start = std::max(start, answer->kvs(answer->kvs_size() - 1).mod_revision());
    co_return std::min(start, head);
}

Awaitable<Result<std::unique_ptr<store::WatchStream>>> ask_watch(CorePtr core, store::WatchRequest request) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    if (request.start <= core->history().oldest()) {
        const Error error = co_await core->complete(Errc::compacted);
        co_return error;
    }
    const Revision before = request.start - 1;
    const bool seen = before <= core->history().newest();
    auto call = co_await core->open_watch(std::move(request));
    if (!call) co_return call.error();
    std::unique_ptr<store::WatchStream> stream = std::make_unique<Stream>(core, std::move(*call));
    // etcd 3.4 loses a delete at the compaction revision when a watch starts right there: whoever can still read the
    // revision before the start has lost nothing.
    const auto whole = co_await core->probe(before);
    if (!whole && whole.error() == Errc::future_revision && seen)
        co_return Error(Errc::store_unavailable).with("reason", "etcd holds an older state than one that was seen");
    if (!whole && whole.error() != Errc::future_revision) {
        const Error error = co_await core->complete(whole.error());
        co_return error;
    }
    co_return stream;
}

Awaitable<Result<>> ask_compact(CorePtr core, Revision revision) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    Error error = Errc::compacted;
    if (revision > core->history().oldest()) {
        pb::CompactionRequest request;
        request.set_revision(revision);
        const auto answer = co_await core->ask<pb::CompactionResponse>(request, Effect::writes, call_compact);
        if (answer) {
            core->history().know_oldest(revision);
            co_return Result<>{};
        }
        error = answer.error();
    }
    const Error whole = co_await core->complete(error);
    co_return whole;
}

Awaitable<Result<Lease>> ask_grant(CorePtr core, std::int64_t ttl_s) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    if (ttl_s < 1 || ttl_s > max_ttl_s)
        co_return Error(Errc::invalid_parameter).with("parameter", "ttl").with("reason", "1 .. 9000000000 seconds");
    pb::LeaseGrantRequest request;
    request.set_ttl(ttl_s);
    const auto answer = co_await core->ask<pb::LeaseGrantResponse>(request, Effect::writes, call_grant);
    if (!answer) co_return answer.error();
    co_return Lease{answer->id(), answer->ttl(), answer->ttl()};
}

Error no_lease(LeaseId id) { return Error(Errc::lease_not_found).with("lease", id); }

Awaitable<Result<Lease>> ask_keep_alive(CorePtr core, LeaseId id) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    pb::LeaseKeepAliveRequest request;
    request.set_id(id);
    // Again is as good as once: nothing that is there changes.
    const auto answer = co_await core->ask<pb::LeaseKeepAliveResponse>(request, Effect::reads, call_keep_alive);
    if (!answer) co_return answer.error();
    if (answer->ttl() <= 0) co_return no_lease(id);
    co_return Lease{id, answer->ttl(), answer->ttl()};
}

Awaitable<Result<Lease>> ask_time_to_live(CorePtr core, LeaseId id) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    pb::LeaseTimeToLiveRequest request;
    request.set_id(id);
    const auto answer = co_await core->ask<pb::LeaseTimeToLiveResponse>(request, Effect::reads, call_time_to_live);
    if (!answer) co_return answer.error();
    if (answer->grantedttl() == 0) co_return no_lease(id);
    co_return Lease{id, answer->grantedttl(), std::max<std::int64_t>(answer->ttl(), 0)};
}

Awaitable<Result<>> ask_revoke(CorePtr core, LeaseId id) {
    if (core->closed()) co_return Error(Errc::shutting_down);
    pb::LeaseRevokeRequest request;
    request.set_id(id);
    const auto answer = co_await core->ask<pb::LeaseRevokeResponse>(request, Effect::writes, call_revoke);
    if (!answer) co_return answer.error() == Errc::lease_not_found ? no_lease(id) : answer.error();
    co_return Result<>{};
}

class GrpcStore final : public EtcdStore {
  public:
    explicit GrpcStore(CorePtr core) : core_(std::move(core)), writes_(std::make_shared<Writes>(core_)) {}
    ~GrpcStore() override {
        core_->close();
        writes_->close();
        // gRPC must not meet a loop that is gone.
        core_->bridge()->gate()->wait_until_empty();
    }

    Awaitable<Result<store::Status>> status() override { return ask_status(core_); }
    Awaitable<Result<store::RangeResult>> range(store::RangeRequest request) override {
        return ask_range(core_, std::move(request));
    }
    Awaitable<Result<Revision>> soon_replayed(store::KeyRange range, Revision wanted) override {
        return ask_soon_replayed(core_, std::move(range), wanted);
    }
    Awaitable<Result<store::TransactionResult>> commit(store::Transaction transaction) override {
        return Writes::commit(writes_, std::move(transaction));
    }
    Awaitable<Result<std::unique_ptr<store::WatchStream>>> watch(store::WatchRequest request) override {
        return ask_watch(core_, std::move(request));
    }
    Awaitable<Result<>> compact(Revision revision) override { return ask_compact(core_, revision); }
    Awaitable<Result<Lease>> grant(std::int64_t ttl_s) override { return ask_grant(core_, ttl_s); }
    Awaitable<Result<Lease>> keep_alive(LeaseId id) override { return ask_keep_alive(core_, id); }
    Awaitable<Result<>> revoke(LeaseId id) override { return ask_revoke(core_, id); }
    Awaitable<Result<Lease>> time_to_live(LeaseId id) override { return ask_time_to_live(core_, id); }

    Awaitable<> close() override {
        core_->close();
        writes_->close();
        return Bridge::until_idle(core_->bridge());
    }
    std::vector<store::EndpointState> endpoints() const override { return core_->endpoints().states(); }
    EtcdStats stats() const override { return core_->stats(); }

  private:
    CorePtr core_;
    std::shared_ptr<Writes> writes_;
};

bool is_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    unsigned port = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    return parsed.ec == std::errc{} && parsed.ptr == end && port > 0 && port < 65'536;
}

Error unfit(std::string_view reason) { return Error(Errc::invalid_parameter).with("reason", reason); }

}  // namespace

Result<std::unique_ptr<EtcdStore>> EtcdStore::open(Executor executor, EtcdOptions options, Log& log) {
    if (options.endpoints.empty()) return unfit("etcd wants at least one endpoint, HOST:PORT");
    for (const std::string& endpoint : options.endpoints)
        if (!is_endpoint(endpoint)) return unfit("an etcd endpoint is HOST:PORT, not '" + endpoint + "'");
    if (options.tls.certificate.empty() != options.tls.key.empty())
        return unfit("a client certificate needs its key, and the key its certificate");
    const auto core = std::make_shared<Core>(executor, std::move(options), log);
    core->start_probes();
    return std::unique_ptr<EtcdStore>(std::make_unique<GrpcStore>(core));
}

}  // namespace confcast::etcd
