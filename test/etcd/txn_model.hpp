// What etcd makes of a transaction, plainly (etcd 3.4, server/etcdserver: checkTxnRequest, applyTxn): all conditions
// are looked at before anything is done, transactions in the transaction included; then what was chosen is done in
// order, in one revision. A refusal changes nothing.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "etcd/rpc.pb.h"

namespace confcast::etcd {

class TxnModel {
  public:
    struct Answer {
        std::string refused;  // etcd's words; "" = it has answered
        etcdserverpb::TxnResponse response;
    };

    /// In the next revision, or in this one: for what was one revision elsewhere, one by one.
    Answer apply(const etcdserverpb::TxnRequest& request, std::optional<std::int64_t> revision = std::nullopt);

    std::int64_t revision = 1;
    std::set<std::int64_t> leases;
    std::map<std::string, mvccpb::KeyValue> keys;
};

}  // namespace confcast::etcd
