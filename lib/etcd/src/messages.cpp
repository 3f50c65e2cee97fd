#include "messages.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace confcast::etcd {
namespace {

const std::string zero(1, '\0');

/// etcd's way to say [begin, end).
template <class Message>
void set_range(Message& message, const store::KeyRange& range) {
    message.set_key(range.begin.empty() ? zero : range.begin);
    message.set_range_end(range.end.empty() ? zero : range.end);
}

store::KeyValue from_kv(mvccpb::KeyValue&& kv) {
    store::KeyValue mine;
    mine.key = std::move(*kv.mutable_key());
    mine.value = std::move(*kv.mutable_value());
    mine.create_revision = kv.create_revision();
    mine.mod_revision = kv.mod_revision();
    mine.version = kv.version();
    mine.lease = kv.lease();
    return mine;
}

void set_key(pb::RangeRequest& range, const std::string& key, Revision at) {
    range.set_key(key);
    range.set_revision(at);
    range.set_keys_only(true);
}

}  // namespace

pb::RangeRequest to_range(const store::RangeRequest& request) {
    pb::RangeRequest range;
    set_range(range, request.range);
    // Nothing lies below the first key there can be; to etcd such an end would mean everything.
    if (request.range.end == zero) {
        range.set_key("\x01");
        range.set_range_end("\x01");
    }
    range.set_revision(request.at);
    range.set_limit(request.limit);
    range.set_keys_only(request.keys_only);
    return range;
}

pb::RangeRequest to_range(const std::string& key, Revision at) {
    pb::RangeRequest range;
    set_key(range, key, at);
    return range;
}

pb::RangeRequest to_latest(const store::KeyRange& range, std::int64_t limit) {
    pb::RangeRequest latest;
    set_range(latest, range);
    latest.set_limit(limit);
    latest.set_keys_only(true);
    latest.set_sort_target(pb::RangeRequest::MOD);
    latest.set_sort_order(pb::RangeRequest::DESCEND);
    return latest;
}

store::RangeResult from_range(pb::RangeResponse response) {
    store::RangeResult result;
    result.revision = response.header().revision();
    result.more = response.more();
    result.kvs.reserve(static_cast<std::size_t>(response.kvs_size()));
    for (mvccpb::KeyValue& kv : *response.mutable_kvs()) result.kvs.push_back(from_kv(std::move(kv)));
    return result;
}

pb::WatchRequest to_watch(const store::WatchRequest& request) {
    pb::WatchRequest message;
    pb::WatchCreateRequest& create = *message.mutable_create_request();
    set_range(create, request.range);
    create.set_start_revision(request.start);
    create.set_progress_notify(true);
    create.set_fragment(true);
    return message;
}

WatchMessage from_watch(pb::WatchResponse response) {
    WatchMessage message;
    message.cluster_id = response.header().cluster_id();
    message.revision = response.header().revision();
    message.watch_id = response.watch_id();
    message.created = response.created();
    message.canceled = response.canceled();
    message.compact_revision = response.compact_revision();
    message.cancel_reason = std::move(*response.mutable_cancel_reason());
    message.fragment = response.fragment();
    message.events.reserve(static_cast<std::size_t>(response.events_size()));
    for (mvccpb::Event& event : *response.mutable_events()) {
        store::Event mine;
        mine.kv = from_kv(std::move(*event.mutable_kv()));
        if (event.type() == mvccpb::Event::DELETE) {
            mine.type = store::Event::Type::del;
            mine.kv = {std::move(mine.kv.key), {}, 0, mine.kv.mod_revision, 0, 0};
        }
        message.events.push_back(std::move(mine));
    }
    return message;
}

bool reads_its_puts(const store::Transaction& transaction) {
    return 2 * transaction.puts.size() + transaction.deletes.size() <= store::max_transaction_operations;
}

namespace {

void add_compares(pb::TxnRequest& txn, const store::Transaction& transaction) {
    for (const store::Compare& compare : transaction.compares) {
        pb::Compare& mine = *txn.add_compare();
        mine.set_key(compare.key);
        mine.set_target(pb::Compare::MOD);
        mine.set_result(compare.relation == store::Compare::Relation::equal ? pb::Compare::EQUAL
                                                                            : pb::Compare::NOT_EQUAL);
        mine.set_mod_revision(compare.mod_revision);
        set_key(*txn.add_failure()->mutable_request_range(), compare.key, 0);
    }
}

void add_changes(pb::TxnRequest& txn, const store::Transaction& transaction) {
    for (const store::Put& put : transaction.puts) {
        pb::PutRequest& mine = *txn.add_success()->mutable_request_put();
        mine.set_key(put.key);
        mine.set_value(put.value);
        mine.set_lease(put.lease);
    }
    for (const std::string& key : transaction.deletes) txn.add_success()->mutable_request_delete_range()->set_key(key);
    if (reads_its_puts(transaction))
        for (const store::Put& put : transaction.puts) set_key(*txn.add_success()->mutable_request_range(), put.key, 0);
}

/// What etcd has answered to one transaction: some of the answers of a call, in order.
using Responses = std::span<const pb::ResponseOp* const>;

Responses all_of(const pb::TxnResponse& response) {
    return {response.responses().data(), static_cast<std::size_t>(response.responses_size())};
}

void take_states(store::TransactionResult& result, Responses responses) {
    auto put = result.puts.begin();
    for (const pb::ResponseOp* one : responses) {
        if (!one->has_response_range() || put == result.puts.end()) continue;
        if (!one->response_range().kvs().empty()) {
            put->create_revision = one->response_range().kvs(0).create_revision();
            put->version = one->response_range().kvs(0).version();
        }
        ++put;
    }
}

store::TransactionResult to_result(const store::Transaction& transaction, bool succeeded, Responses responses,
                                   Revision revision) {
    store::TransactionResult result;
    result.succeeded = succeeded;
    result.revision = revision;
    if (!succeeded) {
        result.current.reserve(responses.size());
        for (const pb::ResponseOp* one : responses) {
            const auto& kvs = one->response_range().kvs();
            result.current.push_back(kvs.empty() ? 0 : kvs.begin()->mod_revision());
        }
        return result;
    }
    result.puts.reserve(transaction.puts.size());
    for (const store::Put& put : transaction.puts) result.puts.push_back({put.key, {}, 0, revision, 0, put.lease});
    for (const pb::ResponseOp* one : responses)
        if (one->has_response_delete_range()) result.deleted.push_back(one->response_delete_range().deleted() > 0);
    if (!transaction.puts.empty()) take_states(result, responses);
    return result;
}

}  // namespace

pb::TxnRequest to_txn(const store::Transaction& transaction, const std::string& probe_key) {
    pb::TxnRequest txn;
    add_compares(txn, transaction);
    add_changes(txn, transaction);
    if (txn.success_size() == 0 && txn.failure_size() == 0)
        set_key(*txn.add_success()->mutable_request_range(), probe_key, 0);
    return txn;
}

store::TransactionResult from_txn(const store::Transaction& transaction, const pb::TxnResponse& response) {
    return to_result(transaction, response.succeeded(), all_of(response), response.header().revision());
}

pb::TxnRequest to_txn(const WriteBatch& batch) {
    pb::TxnRequest txn;
    for (const QueuedWritePtr& write : batch) {
        const store::Transaction& transaction = write->transaction;
        if (transaction.compares.empty()) {
            add_changes(txn, transaction);
            continue;
        }
        pb::TxnRequest& nested = *txn.add_success()->mutable_request_txn();
        add_compares(nested, transaction);
        add_changes(nested, transaction);
    }
    return txn;
}

std::optional<std::vector<store::TransactionResult>> from_txn(const WriteBatch& batch,
                                                              const pb::TxnResponse& response) {
    std::vector<store::TransactionResult> results;
    results.reserve(batch.size());
    const Revision revision = response.header().revision();
    Responses rest = all_of(response);
    for (const QueuedWritePtr& write : batch) {
        const store::Transaction& transaction = write->transaction;
        const std::size_t count = transaction.compares.empty() ? operations_of(transaction) : 1;
        if (rest.size() < count) return std::nullopt;
        const Responses mine = rest.first(count);
        rest = rest.subspan(count);
        if (transaction.compares.empty()) {
            results.push_back(to_result(transaction, true, mine, revision));
        } else {
            const pb::TxnResponse& nested = mine.front()->response_txn();
            results.push_back(to_result(transaction, nested.succeeded(), all_of(nested), revision));
        }
    }
    return results;
}

pb::TxnRequest to_states(const store::Transaction& transaction, Revision at) {
    pb::TxnRequest txn;
    for (const store::Put& put : transaction.puts) set_key(*txn.add_success()->mutable_request_range(), put.key, at);
    return txn;
}

void take_states(store::TransactionResult& result, const pb::TxnResponse& response) {
    take_states(result, all_of(response));
}

Result<> check(const store::Transaction& transaction) {
    constexpr auto limit = store::max_transaction_operations;
    if (transaction.puts.size() + transaction.deletes.size() > limit || transaction.compares.size() > limit)
        return Error(Errc::too_many_operations).with("limit", static_cast<std::int64_t>(limit));
    std::vector<std::string_view> keys;
    keys.reserve(transaction.puts.size() + transaction.deletes.size());
    for (const store::Put& put : transaction.puts) keys.emplace_back(put.key);
    for (const std::string& key : transaction.deletes) keys.emplace_back(key);
    std::ranges::sort(keys);
    if (!keys.empty() && keys.front().empty())
        return Error(Errc::invalid_key).with("key", "").with("rule", "a key has at least one byte");
    const auto twice = std::ranges::adjacent_find(keys);
    if (twice != keys.end()) return Error(Errc::duplicate_key).with("key", *twice);
    return {};
}

}  // namespace confcast::etcd
