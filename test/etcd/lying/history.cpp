#include "history.hpp"

#include <algorithm>
#include <ranges>

namespace confcast::test {

bool History::within(std::string_view candidate, const std::string& key, const std::string& range_end) {
    if (range_end.empty()) return candidate == key;
    const bool unbounded = range_end.size() == 1 && range_end[0] == '\0';
    return candidate >= key && (unbounded || candidate < range_end);
}

const mvccpb::KeyValue* History::find(const std::string& key, Revision at) const {
    const auto found = versions_.find(key);
    if (found == versions_.end()) return nullptr;
    for (const auto& version : std::views::reverse(found->second))
        if (version.mod_revision() <= at) return version.version() > 0 ? &version : nullptr;
    return nullptr;
}

Revision History::write(const std::vector<std::pair<std::string, std::string>>& puts,
                        const std::vector<std::string>& deletes) {
    std::vector<mvccpb::Event> events;
    const Revision next = revision_ + 1;
    for (const auto& [key, value] : puts) {
        const mvccpb::KeyValue* before = find(key, revision_);
        mvccpb::KeyValue kv;
        kv.set_key(key);
        kv.set_value(value);
        kv.set_create_revision(before != nullptr ? before->create_revision() : next);
        kv.set_mod_revision(next);
        kv.set_version(before != nullptr ? before->version() + 1 : 1);
        *events.emplace_back().mutable_kv() = kv;
        versions_[key].push_back(std::move(kv));
    }
    for (const std::string& key : deletes) {
        if (find(key, revision_) == nullptr) continue;
        mvccpb::KeyValue kv;
        kv.set_key(key);
        kv.set_mod_revision(next);
        mvccpb::Event& event = events.emplace_back();
        event.set_type(mvccpb::Event::DELETE);
        *event.mutable_kv() = kv;
        versions_[key].push_back(std::move(kv));
    }
    if (events.empty()) return revision_;
    revision_ = next;
    log_[next] = std::move(events);
    return revision_;
}

pb::RangeResponse History::range(const pb::RangeRequest& request) const {
    const Revision at = request.revision() > 0 ? request.revision() : revision_;
    pb::RangeResponse response;
    for (auto key = versions_.lower_bound(request.key()); key != versions_.end(); ++key) {
        if (!within(key->first, request.key(), request.range_end())) break;
        const mvccpb::KeyValue* kv = find(key->first, at);
        if (kv == nullptr) continue;
        response.set_count(response.count() + 1);
        if (request.count_only()) continue;
        if (request.limit() > 0 && response.kvs_size() == request.limit()) {
            response.set_more(true);
            continue;
        }
        mvccpb::KeyValue& copy = *response.add_kvs();
        copy = *kv;
        if (request.keys_only()) copy.clear_value();
    }
    return response;
}

// Conditions first, of the transactions in the transaction too; then all changes, as one revision; then the reads.
pb::TxnResponse History::transact(const pb::TxnRequest& request) {
    pb::TxnResponse response;
    Changes changes;
    decide(request, response, changes);
    write(changes.puts, changes.deletes);
    read(request, response);
    return response;
}

void History::decide(const pb::TxnRequest& request, pb::TxnResponse& response, Changes& changes) const {
    const auto holds = [&](const pb::Compare& compare) {
        const mvccpb::KeyValue* kv = find(compare.key(), revision_);
        const Revision modified = kv != nullptr ? kv->mod_revision() : 0;
        return (modified == compare.mod_revision()) == (compare.result() == pb::Compare::EQUAL);
    };
    response.set_succeeded(std::ranges::all_of(request.compare(), holds));
    for (const pb::RequestOp& operation : response.succeeded() ? request.success() : request.failure()) {
        pb::ResponseOp& answer = *response.add_responses();
        if (operation.has_request_put()) {
            changes.puts.emplace_back(operation.request_put().key(), operation.request_put().value());
            answer.mutable_response_put();
        } else if (operation.has_request_delete_range()) {
            const std::string& key = operation.request_delete_range().key();
            answer.mutable_response_delete_range()->set_deleted(find(key, revision_) != nullptr ? 1 : 0);
            changes.deletes.push_back(key);
        } else if (operation.has_request_txn()) {
            decide(operation.request_txn(), *answer.mutable_response_txn(), changes);
        }
    }
}

void History::read(const pb::TxnRequest& request, pb::TxnResponse& response) const {
    const auto& operations = response.succeeded() ? request.success() : request.failure();
    for (int i = 0; i < operations.size(); ++i) {
        if (operations[i].has_request_range())
            *response.mutable_responses(i)->mutable_response_range() = range(operations[i].request_range());
        if (operations[i].has_request_txn())
            read(operations[i].request_txn(), *response.mutable_responses(i)->mutable_response_txn());
    }
}

std::vector<mvccpb::Event> History::events_from(Revision start, const std::string& key,
                                                const std::string& range_end) const {
    std::vector<mvccpb::Event> matching;
    for (auto revision = log_.lower_bound(start); revision != log_.end() && matching.empty(); ++revision)
        for (const mvccpb::Event& event : revision->second)
            if (within(event.kv().key(), key, range_end)) matching.push_back(event);
    return matching;
}

}  // namespace confcast::test
