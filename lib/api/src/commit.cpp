#include "commit.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "confcast/store/record.hpp"

namespace confcast::api {
namespace {

store::Metadata metadata_of(const Setting& setting, const http::Context& context, SystemTime now) {
    store::Metadata meta;
    meta.author = context.caller_name;
    meta.content_type = setting.content_type;
    meta.message = setting.message;
    meta.updated_at = std::chrono::time_point_cast<std::chrono::milliseconds>(now);
    meta.ttl_s = setting.ttl_s;
    return meta;
}

}  // namespace

Write::Write(Call& call)
    : call_(call), services_(call.services), known_(call.services.parts.feed.position().revision) {}

void Write::require(std::vector<store::Compare> compares) {
    for (store::Compare& compare : compares) transaction_.compares.push_back(std::move(compare));
}

Awaitable<Result<>> Write::put(std::string key, Setting setting) {
    store::LeaseId lease = 0;
    if (setting.ttl_s) {
        const auto granted = leases_.find(*setting.ttl_s);
        if (granted != leases_.end()) {
            lease = granted->second;
        } else {
            const Result<store::Lease> fresh = co_await services_.parts.store.grant(*setting.ttl_s);
            if (!fresh) co_return fresh.error();
            lease = fresh->id;
            leases_.emplace(*setting.ttl_s, lease);
        }
    }
    const store::Metadata meta = metadata_of(setting, call_.context, services_.parts.clock.wall());
    const feed::EntryPtr there = services_.parts.feed.state().find(key);
    audited_.push_back({"put", key, there ? there->mod_revision : 0});
    const store::Layout& layout = services_.parts.layout;
    transaction_.puts.push_back({layout.entry_key(key), std::move(setting.value), lease});
    transaction_.puts.push_back({layout.meta_key(key), store::encode_metadata(meta, trace()), lease});
    co_return Result<>{};
}

void Write::remove(const std::string& key) {
    const feed::EntryPtr there = services_.parts.feed.state().find(key);
    audited_.push_back({"delete", key, there ? there->mod_revision : 0});
    transaction_.deletes.push_back(services_.parts.layout.entry_key(key));
    transaction_.deletes.push_back(services_.parts.layout.meta_key(key));
}

const std::optional<TraceContext>& Write::trace() const {
    static constexpr std::optional<TraceContext> none;
    return call_.context.is_traced ? call_.context.trace : none;
}

// A write that only deletes leaves no record that could name its trace: it gets one, if there is room.
void Write::leave_trace() {
    if (!trace() || !transaction_.puts.empty() || transaction_.deletes.empty()) return;
    if (transaction_.deletes.size() + (created_ ? 1U : 0U) >= store::max_transaction_operations) return;
    transaction_.puts.push_back({services_.parts.layout.trace_key(), store::encode_trace(*trace()), 0});
}

void Write::create(std::string store_key, std::string bytes) {
    transaction_.compares.push_back({store_key, store::Compare::Relation::equal, 0});
    created_ = store::Put{std::move(store_key), std::move(bytes), 0};
}

// The shared lease may be one that the store has lost: then there is another one, once.
Awaitable<Result<store::TransactionResult>> Write::try_commit(store::Transaction transaction) {
    for (bool again = true;; again = false) {
        const Result<store::LeaseId> lease = co_await services_.remembered.get();
        if (!lease) co_return lease.error();
        store::Transaction attempt = transaction;
        attempt.puts.push_back(*created_);
        attempt.puts.back().lease = *lease;
        Result<store::TransactionResult> done = co_await services_.parts.store.commit(std::move(attempt));
        const bool lost = !done && done.error() == Errc::lease_not_found;
        if (!lost) co_return done;
        services_.remembered.forget(*lease);
        if (!again) co_return done;
    }
}

Awaitable<Result<store::TransactionResult>> Write::commit() {
    leave_trace();
    Result<store::TransactionResult> done = Error();
    if (created_)
        done = co_await try_commit(std::move(transaction_));
    else
        done = co_await services_.parts.store.commit(std::move(transaction_));
    if (!done) {
        // a write that may have happened keeps its lease: revoking it could delete what was written
        if (done.error() != Errc::outcome_unknown)
            co_await give_back();
        else
            audit(0);
        co_return done;
    }
    if (!done->succeeded) co_await give_back();
    co_return done;
}

Awaitable<bool> Write::applied(const store::TransactionResult& done) {
    services_.parts.feed.expect(done.revision);
    const bool seen = co_await await_applied(services_, done.revision);
    audit(done.revision);
    co_return seen;
}

// Others may have written the key between what this node knew and this write.
store::Revision Write::replaced(std::string_view key, store::Revision done) const {
    const feed::Journal& journal = services_.parts.feed.journal();
    store::Revision last = 0;
    for (auto at = journal.after(std::max(known_, journal.floor())); at != journal.end() && (*at)->revision < done;
         ++at)
        for (const feed::KeyChange& change : (*at)->events)
            if (change.key == key) last = (*at)->revision;
    return last;
}

void Write::audit(store::Revision done) {
    for (AuditedKey& one : audited_)
        if (const store::Revision later = replaced(one.key, done); later != 0) one.before = later;
    services_.security.audit().wrote(call_.context, audited_, done);
}

Awaitable<> Write::give_back() {
    for (const auto& [ttl, lease] : leases_) {
        const Result<> revoked = co_await services_.parts.store.revoke(lease);
        if (!revoked)
            services_.parts.log.warning("api", "a lease that was not used could not be revoked; it will run out",
                                        {{"lease", lease}, {"error", revoked.error().to_string()}});
    }
    leases_.clear();
}

Awaitable<bool> await_applied(Services& services, store::Revision revision) {
    const SteadyTime deadline = services.parts.clock.now() + services.options.write_wait;
    const Result<> applied = co_await services.parts.feed.wait_for(revision, deadline);
    co_return applied.has_value();
}

Awaitable<Result<store::Revision>> read_revision(Services& services, std::string store_key) {
    store::RangeRequest request{store::KeyRange::single(store_key), 0, 1, true};
    const Result<store::RangeResult> found = co_await services.parts.store.range(std::move(request));
    if (!found) co_return found.error();
    co_return found->kvs.empty() ? 0 : found->kvs.front().mod_revision;
}

Awaitable<Result<Standing>> read_standing(Services& services, std::string key, store::Revision at) {
    store::RangeRequest request{store::KeyRange::single(services.parts.layout.entry_key(key)), at, 1, true};
    const Result<store::RangeResult> found = co_await services.parts.store.range(std::move(request));
    if (!found) co_return found.error();
    Standing standing;
    standing.store_revision = found->revision;
    if (!found->kvs.empty()) {
        standing.mod_revision = found->kvs.front().mod_revision;
        standing.version = found->kvs.front().version;
    }
    co_return standing;
}

}  // namespace confcast::api
