// Between the domain of a store and etcd's messages. Protobuf types stop at this header's users.
#pragma once

#include <optional>
#include <vector>

#include "coalescer.hpp"
#include "confcast/store/types.hpp"
#include "etcd/rpc.pb.h"
#include "watch_machine.hpp"

namespace confcast::etcd {

namespace pb = etcdserverpb;

/// etcd has no empty key and writes "no upper bound" as one zero byte.
pb::RangeRequest to_range(const store::RangeRequest& request);
pb::RangeRequest to_range(const std::string& key, Revision at);
/// Which keys have changed last, the latest first.
pb::RangeRequest to_latest(const store::KeyRange& range, std::int64_t limit);
store::RangeResult from_range(pb::RangeResponse response);

pb::WatchRequest to_watch(const store::WatchRequest& request);
WatchMessage from_watch(pb::WatchResponse response);

/// Whether the puts' new states are read within the transaction, or must be asked for after it: etcd counts operations.
bool reads_its_puts(const store::Transaction& transaction);
/// `probe_key` is read when there is nothing else to ask: a transaction without operations is not linearizable.
pb::TxnRequest to_txn(const store::Transaction& transaction, const std::string& probe_key);
store::TransactionResult from_txn(const store::Transaction& transaction, const pb::TxnResponse& response);
/// Several writes as one transaction: those without a condition as they are, each of the others as a transaction in it.
pb::TxnRequest to_txn(const WriteBatch& batch);
/// What each of them would have been answered alone, but that they share a revision; nullopt when it is no answer to
/// them.
std::optional<std::vector<store::TransactionResult>> from_txn(const WriteBatch& batch, const pb::TxnResponse& response);
/// The puts' states as of the revision that made them.
pb::TxnRequest to_states(const store::Transaction& transaction, Revision at);
void take_states(store::TransactionResult& result, const pb::TxnResponse& response);

/// At most 128 operations and compares, each key once among puts and deletes, none empty.
Result<> check(const store::Transaction& transaction);

}  // namespace confcast::etcd
