#include "txn_model.hpp"

#include <algorithm>
#include <vector>

namespace confcast::etcd {
namespace {

namespace pb = etcdserverpb;
using Operations = google::protobuf::RepeatedPtrField<pb::RequestOp>;

constexpr int most_operations = 128;

/// Every branch that could be taken, as etcd checks it: whatever the conditions say.
std::string check(const pb::TxnRequest& txn);

std::string check(const Operations& operations, std::set<std::string>& puts, std::vector<std::string>& deletes) {
    for (const pb::RequestOp& one : operations) {
        if (one.has_request_txn()) {
            if (const std::string bad = check(one.request_txn()); !bad.empty()) return bad;
            for (const Operations* branch : {&one.request_txn().success(), &one.request_txn().failure()}) {
                std::set<std::string> inner_puts;
                if (const std::string bad = check(*branch, inner_puts, deletes); !bad.empty()) return bad;
                for (const std::string& key : inner_puts)
                    if (!puts.insert(key).second) return "etcdserver: duplicate key given in txn request";
            }
        }
        if (one.has_request_put() && !puts.insert(one.request_put().key()).second)
            return "etcdserver: duplicate key given in txn request";
        if (one.has_request_delete_range()) deletes.push_back(one.request_delete_range().key());
    }
    if (std::ranges::any_of(deletes, [&](const std::string& key) { return puts.contains(key); }))
        return "etcdserver: duplicate key given in txn request";
    return "";
}

std::string check(const pb::TxnRequest& txn) {
    if (txn.compare_size() > most_operations || txn.success_size() > most_operations ||
        txn.failure_size() > most_operations)
        return "etcdserver: too many operations in txn request";
    for (const Operations* branch : {&txn.success(), &txn.failure()}) {
        std::set<std::string> puts;
        std::vector<std::string> deletes;
        if (const std::string bad = check(*branch, puts, deletes); !bad.empty()) return bad;
    }
    return "";
}

/// One application: the state before it is what conditions are compared with.
struct Application {
    TxnModel& model;
    std::int64_t revision;
    const std::map<std::string, mvccpb::KeyValue> before = model.keys;
    bool changed = false;

    bool holds(const pb::Compare& compare) const {
        const auto found = before.find(compare.key());
        const std::int64_t modified = found == before.end() ? 0 : found->second.mod_revision();
        return (modified == compare.mod_revision()) == (compare.result() == pb::Compare::EQUAL);
    }
    const Operations& chosen(const pb::TxnRequest& txn) const {
        const bool all = std::ranges::all_of(txn.compare(), [&](const pb::Compare& one) { return holds(one); });
        return all ? txn.success() : txn.failure();
    }
    bool has_its_leases(const pb::TxnRequest& txn) const {
        return std::ranges::all_of(chosen(txn), [&](const pb::RequestOp& one) {
            if (one.has_request_txn()) return has_its_leases(one.request_txn());
            return !one.has_request_put() || one.request_put().lease() == 0 ||
                   model.leases.contains(one.request_put().lease());
        });
    }
    void run(const pb::TxnRequest& txn, pb::TxnResponse& response) {
        const Operations& operations = chosen(txn);
        response.set_succeeded(&operations == &txn.success());
        for (const pb::RequestOp& one : operations) run(one, *response.add_responses());
    }
    void run(const pb::RequestOp& one, pb::ResponseOp& answer) {
        if (one.has_request_txn()) {
            run(one.request_txn(), *answer.mutable_response_txn());
        } else if (one.has_request_put()) {
            answer.mutable_response_put();
            mvccpb::KeyValue& kv = model.keys[one.request_put().key()];
            if (kv.version() == 0) kv.set_create_revision(revision);
            kv.set_key(one.request_put().key());
            kv.set_value(one.request_put().value());
            kv.set_lease(one.request_put().lease());
            kv.set_version(kv.version() + 1);
            kv.set_mod_revision(revision);
            changed = true;
        } else if (one.has_request_delete_range()) {
            const auto gone = model.keys.erase(one.request_delete_range().key());
            answer.mutable_response_delete_range()->set_deleted(static_cast<std::int64_t>(gone));
            changed = changed || gone > 0;
        } else {
            auto& range = *answer.mutable_response_range();
            const auto found = model.keys.find(one.request_range().key());
            if (found == model.keys.end()) return;
            *range.add_kvs() = found->second;
            range.mutable_kvs(0)->clear_value();
        }
    }
};

}  // namespace

TxnModel::Answer TxnModel::apply(const pb::TxnRequest& request, std::optional<std::int64_t> at) {
    Answer answer;
    answer.refused = check(request);
    if (!answer.refused.empty()) return answer;
    Application application{*this, at.value_or(revision + 1)};
    if (!application.has_its_leases(request)) {
        answer.refused = "etcdserver: requested lease not found";
        return answer;
    }
    application.run(request, answer.response);
    if (application.changed) revision = application.revision;
    answer.response.mutable_header()->set_revision(at.value_or(revision));
    return answer;
}

}  // namespace confcast::etcd
