// What an etcd remembers, in memory and honestly: keys with all their versions, the events of each revision,
// compaction. Not thread-safe: the server that serves it (lying_etcd.hpp) has the lock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "etcd/rpc.pb.h"

namespace confcast::test {

namespace pb = etcdserverpb;
using Revision = std::int64_t;

class History {
  public:
    Revision revision() const { return revision_; }
    Revision compacted() const { return compacted_; }

    /// One revision of puts and deletes (a delete of an absent key does nothing); the newest revision when nothing
    /// changes.
    Revision write(const std::vector<std::pair<std::string, std::string>>& puts,
                   const std::vector<std::string>& deletes = {});
    void compact(Revision revision) { compacted_ = revision; }

    /// kvs, more and count; no header. Precondition: compacted() <= request.revision() <= revision(), or 0.
    pb::RangeResponse range(const pb::RangeRequest& request) const;
    pb::TxnResponse transact(const pb::TxnRequest& request);
    /// The events of the first revision from `start` on that has any in the range; empty when there is none.
    std::vector<mvccpb::Event> events_from(Revision start, const std::string& key, const std::string& range_end) const;

    static bool within(std::string_view candidate, const std::string& key, const std::string& range_end);

  private:
    struct Changes {
        std::vector<std::pair<std::string, std::string>> puts;
        std::vector<std::string> deletes;
    };
    void decide(const pb::TxnRequest& request, pb::TxnResponse& response, Changes& changes) const;
    void read(const pb::TxnRequest& request, pb::TxnResponse& response) const;
    const mvccpb::KeyValue* find(const std::string& key, Revision at) const;

    Revision revision_ = 1;
    Revision compacted_ = 0;
    std::map<std::string, std::vector<mvccpb::KeyValue>> versions_;  // version 0: deleted
    std::map<Revision, std::vector<mvccpb::Event>> log_;
};

}  // namespace confcast::test
