#include "snapshot.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <utility>

#include "admission.hpp"
#include "confcast/backup/dump.hpp"
#include "confcast/base/notifier.hpp"
#include "confcast/base/task_group.hpp"
#include "confcast/http/byte_stream.hpp"
#include "past.hpp"

namespace confcast::api {
namespace {

// Of one page, which is all that a dump keeps in memory: a slow reader costs no more.
constexpr std::size_t page_settings = 1024;
constexpr std::size_t page_bytes = 512U << 10U;
constexpr std::int64_t page_tokens = 256;
constexpr std::int64_t retry_after_s = 10;

/// One of the dumps that may be under way.
class Slot {
  public:
    explicit Slot(Services& services) : services_(services) { ++services_.snapshots; }
    ~Slot() { --services_.snapshots; }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

  private:
    Services& services_;
};

Result<> admit_snapshot(const Call& call) {
    const auth::Permissions& permissions = Security::caller_of(call.context).permissions;
    if (!permissions.admin() || !permissions.reads_all())
        return Error(Errc::admin_required).with("needs", "admin and read:**");
    if (call.services.snapshots >= max_snapshots)
        return Error(Errc::too_many_requests)
            .with("limit", static_cast<std::int64_t>(max_snapshots))
            .with("retry_after", retry_after_s);
    return {};
}

std::int64_t milliseconds_of(SystemTime time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

class Snapshot final : public http::ByteStreamEvents {
  public:
    Snapshot(Services& services, http::ByteStream& stream, feed::Position at, auth::PrincipalPtr caller,
             Executor executor)
        : services_(services),
          parts_(services.parts),
          stream_(stream),
          at_(at),
          caller_(std::move(caller)),
          time_(parts_.clock.wall()),
          taken_(executor) {}

    /// Ends the stream in any case: well when everything is in it, else by cutting it.
    Awaitable<> produce();
    void on_written() override {
        writing_ = false;
        taken_.notify_all();
    }

  private:
    Awaitable<Result<>> make();
    Awaitable<bool> send();
    Awaitable<Result<>> add_settings();
    Awaitable<Result<>> add_tokens();
    void add(const feed::Entry& entry, store::LeaseId lease);
    bool still_allowed();

    Services& services_;
    const ApiParts& parts_;
    http::ByteStream& stream_;
    const feed::Position at_;
    const auth::PrincipalPtr caller_;
    const SystemTime time_;
    backup::DumpWriter writer_;
    std::string in_flight_;
    bool writing_ = false;
    Notifier taken_;
};

bool Snapshot::still_allowed() {
    const Result<auth::PrincipalPtr> now = services_.security.current(caller_);
    return now && (*now)->permissions.admin() && (*now)->permissions.reads_all();
}

void Snapshot::add(const feed::Entry& entry, store::LeaseId lease) {
    if (!store::check_key(entry.key)) {
        writer_.leave_out();
        return;
    }
    backup::DumpSetting setting{entry.key,          entry.value,   entry.meta,   entry.create_revision,
                                entry.mod_revision, entry.version, std::nullopt, false};
    if (lease != 0 && entry.meta.ttl_s && entry.meta.updated_at) {
        const auto gone = std::chrono::floor<std::chrono::seconds>(time_ - *entry.meta.updated_at).count();
        setting.ttl_left =
            std::clamp<std::int64_t>(*entry.meta.ttl_s - gone, 1, std::max<std::int64_t>(1, *entry.meta.ttl_s));
    } else {
        setting.foreign_lease = lease != 0;
    }
    writer_.add(setting);
}

// False when nobody takes it any more, or may.
Awaitable<bool> Snapshot::send() {
    if (!still_allowed()) co_return false;
    in_flight_ = writer_.take();
    const std::array<std::string_view, 1> pieces{in_flight_};
    writing_ = !stream_.write(pieces);
    // A page that went at once: the others have their turn all the same.
    if (!writing_) co_await asio::post(use_awaitable);
    while (writing_) {
        co_await taken_.wait();
        // The group that runs this cancels it when the connection has gone.
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return false;
    }
    co_return true;
}

Awaitable<Result<>> Snapshot::add_settings() {
    std::string after;
    for (bool more = true; more;) {
        Result<PastPage> page =
            co_await list_past(parts_.store, parts_.layout, "", after, at_.revision, page_settings, page_bytes);
        if (!page) co_return page.error();
        more = page->more;
        for (std::size_t i = 0; i < page->entries.size(); ++i) add(*page->entries[i], page->leases[i]);
        if (!page->entries.empty()) after = page->entries.back()->key;
        const bool sent = co_await send();
        if (!sent) co_return Error(Errc::shutting_down);
    }
    co_return Result<>{};
}

Awaitable<Result<>> Snapshot::add_tokens() {
    store::KeyRange rest = store::KeyRange::prefix(parts_.layout.token_key(""));
    for (bool more = true; more;) {
        store::RangeRequest request{rest, at_.revision, page_tokens, false};
        Result<store::RangeResult> found = co_await parts_.store.range(std::move(request));
        if (!found) co_return found.error();
        more = found->more;
        for (store::KeyValue& kv : found->kvs) {
            const std::string id(parts_.layout.place_of(kv.key).key);
            if (store::check_key(id))
                writer_.add(backup::DumpToken{id, std::move(kv.value), kv.mod_revision});
            else
                writer_.leave_out();
        }
        if (!found->kvs.empty()) rest.begin = found->kvs.back().key + '\0';
        const bool sent = co_await send();
        if (!sent) co_return Error(Errc::shutting_down);
    }
    co_return Result<>{};
}

Awaitable<Result<>> Snapshot::make() {
    writer_.begin({at_.epoch.to_string(), at_.revision, milliseconds_of(time_), parts_.layout.prefix(),
                   services_.options.version});
    const Result<> settings = co_await add_settings();
    if (!settings) co_return settings.error();
    const Result<> tokens = co_await add_tokens();
    if (!tokens) co_return tokens.error();
    writer_.end();
    const bool sent = co_await send();
    if (!sent) co_return Error(Errc::shutting_down);
    co_return Result<>{};
}

Awaitable<> Snapshot::produce() {
    try {
        const Result<> made = co_await make();
        if (made) {
            parts_.log.info("api", "snapshot", {{"revision", at_.revision}, {"settings", writer_.totals().settings}});
            stream_.close();
            co_return;
        }
        parts_.log.warning("api", "a snapshot could not be brought to its end",
                           {{"revision", at_.revision}, {"error", made.error().to_string()}});
    } catch (...) {
        stream_.abort();
        throw;
    }
    // Without the last line and the last chunk nobody takes it for whole.
    stream_.abort();
}

Awaitable<> run_snapshot(Services& services, Executor executor, feed::Position at, auth::PrincipalPtr caller,
                         [[maybe_unused]] std::shared_ptr<Slot> slot, http::ByteStream& stream) {
    Snapshot snapshot(services, stream, at, std::move(caller), executor);
    TaskGroup producing(executor, services.parts.log);
    producing.spawn("snapshot", snapshot.produce());
    co_await stream.run(snapshot);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    producing.cancel();
    [[maybe_unused]] const bool ended = co_await producing.join(SteadyTime::max());
}

}  // namespace

Awaitable<Result<http::Response>> get_snapshot(Call& call) {
    if (const Result<> admitted = admit_snapshot(call); !admitted) co_return admitted.error();
    if (const Result<> ready = check_ready(call.services); !ready) co_return ready.error();
    if (call.services.parts.overloaded && call.services.parts.overloaded()) co_return Error(Errc::overloaded);
    auto slot = std::make_shared<Slot>(call.services);
    const ApiParts& parts = call.services.parts;
    // The newest revision of all nodes: what was acknowledged before the request is in the dump.
    store::RangeRequest newest{store::KeyRange::single(parts.layout.prefix()), 0, 1, true};
    const Result<store::RangeResult> found = co_await parts.store.range(std::move(newest));
    if (!found) co_return found.error();
    const feed::Position at{parts.feed.position().epoch, found->revision};
    call.services.security.audit().administered(call.context, "snapshot", at.epoch.to_string(), at.revision);

    http::Response response;
    response.set("Content-Type", "application/x-ndjson");
    response.set("Cache-Control", "no-store");
    response.set("X-Accel-Buffering", "no");
    response.set("X-Confcast-Revision", at.epoch.to_string() + ':' + std::to_string(at.revision));
    const auto executor = co_await asio::this_coro::executor;
    response.stream = [&services = call.services, executor, slot = std::move(slot), at,
                       caller = Security::caller_pointer(call.context)](http::ByteStream& stream) {
        return run_snapshot(services, executor, at, caller, slot, stream);
    };
    co_return response;
}

}  // namespace confcast::api
