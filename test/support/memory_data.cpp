#include "memory_data.hpp"

#include <algorithm>

namespace confcast::test {

using store::Event;
using store::KeyValue;
using store::Revision;

const MemoryStore::Data::Version* MemoryStore::Data::find(std::string_view key, Revision at) const {
    const auto it = keys.find(key);
    if (it == keys.end()) return nullptr;
    const auto& versions = it->second;
    auto after = std::ranges::upper_bound(versions, at, {}, [](const Version& v) { return v.kv.mod_revision; });
    if (after == versions.begin()) return nullptr;
    const Version& found = *--after;
    return found.deleted ? nullptr : &found;
}

void MemoryStore::Data::detach(store::LeaseId lease, const std::string& key) {
    if (const auto it = leases.find(lease); it != leases.end()) it->second.keys.erase(key);
}

KeyValue MemoryStore::Data::put_at(Revision at, const store::Put& put) {
    KeyValue kv{put.key, put.value, at, at, 1, put.lease};
    if (const Version* old = find(put.key, at)) {
        kv.create_revision = old->kv.create_revision;
        kv.version = old->kv.version + 1;
        detach(old->kv.lease, put.key);
    }
    if (put.lease != 0) leases.at(put.lease).keys.insert(put.key);
    keys[put.key].push_back({kv, false});
    return kv;
}

bool MemoryStore::Data::remove_at(Revision at, const std::string& key) {
    const Version* old = find(key, at);
    if (old == nullptr) return false;
    detach(old->kv.lease, key);
    KeyValue gone;
    gone.key = key;
    gone.mod_revision = at;
    keys[key].push_back({std::move(gone), true});
    return true;
}

void MemoryStore::Data::publish(Revision at, std::vector<Event> events) {
    std::ranges::sort(events, {}, [](const Event& e) { return e.kv.key; });
    revision = at;
    if (!lose_next) log.emplace(at, std::move(events));
    lose_next = false;
    wake();
}

Result<store::TransactionResult> MemoryStore::Data::commit(const store::Transaction& transaction) {
    if (transaction.puts.size() + transaction.deletes.size() > store::max_transaction_operations)
        return Error(Errc::too_many_operations)
            .with("limit", static_cast<std::int64_t>(store::max_transaction_operations));
    std::set<std::string_view> named;
    for (const auto& put : transaction.puts)
        if (!named.insert(put.key).second) return Error(Errc::duplicate_key).with("key", put.key);
    for (const auto& key : transaction.deletes)
        if (!named.insert(key).second) return Error(Errc::duplicate_key).with("key", key);

    store::TransactionResult result;
    result.revision = revision;
    bool holds = true;
    for (const auto& compare : transaction.compares) {
        const Version* now = find(compare.key, revision);
        const Revision current = now == nullptr ? 0 : now->kv.mod_revision;
        result.current.push_back(current);
        const bool equal = current == compare.mod_revision;
        holds = holds && equal == (compare.relation == store::Compare::Relation::equal);
    }
    if (!holds) return result;
    for (const auto& put : transaction.puts)
        if (put.lease != 0 && !leases.contains(put.lease)) return Error(Errc::lease_not_found).with("lease", put.lease);

    result.succeeded = true;
    result.current.clear();
    const Revision at = revision + 1;
    std::vector<Event> events;
    for (const auto& put : transaction.puts) {
        KeyValue kv = put_at(at, put);
        events.push_back({Event::Type::put, kv});
        kv.value.clear();
        result.puts.push_back(std::move(kv));
    }
    for (const auto& key : transaction.deletes) {
        const bool was_there = remove_at(at, key);
        if (was_there) events.push_back({Event::Type::del, keys[key].back().kv});
        result.deleted.push_back(was_there);
    }
    if (events.empty()) return result;
    result.revision = at;
    publish(at, std::move(events));
    return result;
}

Result<store::RangeResult> MemoryStore::Data::range(const store::RangeRequest& request) const {
    if (request.at > revision) return Error(Errc::future_revision).with("revision", revision);
    if (request.at != 0 && request.at < oldest) return Error(Errc::compacted).with("oldest", oldest);
    const Revision at = request.at == 0 ? revision : request.at;
    store::RangeResult result;
    result.revision = revision;
    for (auto it = keys.lower_bound(request.range.begin); it != keys.end(); ++it) {
        if (!request.range.contains(it->first)) break;
        const Version* found = find(it->first, at);
        if (found == nullptr) continue;
        if (request.limit > 0 && result.kvs.size() == static_cast<std::size_t>(request.limit)) {
            result.more = true;
            break;
        }
        result.kvs.push_back(found->kv);
        if (request.keys_only) result.kvs.back().value.clear();
    }
    return result;
}

Result<> MemoryStore::Data::compact(Revision to) {
    if (to > revision) return Error(Errc::future_revision).with("revision", revision);
    if (to <= oldest) return Error(Errc::compacted).with("oldest", oldest);
    oldest = to;
    for (auto it = keys.begin(); it != keys.end();) {
        auto& versions = it->second;
        // What the key is at `to` stays, unless it is deleted there.
        auto keep = std::ranges::upper_bound(versions, to, {}, [](const Version& v) { return v.kv.mod_revision; });
        if (keep != versions.begin() && !std::prev(keep)->deleted) --keep;
        versions.erase(versions.begin(), keep);
        it = versions.empty() ? keys.erase(it) : std::next(it);
    }
    log.erase(log.begin(), log.upper_bound(to));
    wake();
    return {};
}

void MemoryStore::Data::end_lease(store::LeaseId id) {
    const auto gone = std::move(leases.at(id).keys);
    leases.erase(id);
    const Revision at = revision + 1;
    std::vector<Event> events;
    for (const auto& key : gone)
        if (remove_at(at, key)) events.push_back({Event::Type::del, keys[key].back().kv});
    if (!events.empty()) publish(at, std::move(events));
}

void MemoryStore::Data::end_due_leases() {
    std::vector<store::LeaseId> due;
    for (const auto& [id, lease] : leases)
        if (lease.end <= clock.now()) due.push_back(id);
    for (const auto id : due) end_lease(id);
}

std::optional<Result<store::WatchBatch>> MemoryStore::Data::next(MemoryChannel& channel) const {
    if (channel.failed) return *channel.failed;
    if (closed) return Error(Errc::shutting_down);
    if (held) return std::nullopt;
    if (!channel.injected.empty()) {
        store::WatchBatch batch = std::move(channel.injected.front());
        channel.injected.pop_front();
        return batch;
    }
    if (channel.cursor > revision) return std::nullopt;
    if (channel.cursor <= oldest) return Error(Errc::compacted).with("oldest", oldest);
    for (auto it = log.lower_bound(channel.cursor); it != log.end(); ++it) {
        store::WatchBatch batch;
        for (const Event& event : it->second)
            if (channel.range.contains(event.kv.key)) batch.events.push_back(event);
        if (batch.events.empty()) continue;
        batch.revision = it->first;
        channel.cursor = it->first + 1;
        return batch;
    }
    channel.cursor = revision + 1;
    if (!bookmarks) return std::nullopt;
    return store::WatchBatch{revision, {}};
}

void MemoryStore::Data::for_each_channel(const std::function<void(MemoryChannel&)>& visit) {
    channels.remove_if([](const auto& weak) { return weak.expired(); });
    for (const auto& weak : channels)
        if (const auto channel = weak.lock()) visit(*channel);
}

void MemoryStore::Data::wake() {
    for_each_channel([](MemoryChannel& channel) { channel.changed.notify_all(); });
}

}  // namespace confcast::test
