// The data of MemoryStore: keys with all their versions, the log that watches read, leases. Plain functions.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "confcast/base/clock.hpp"
#include "confcast/base/notifier.hpp"
#include "confcast/test/memory_store.hpp"

namespace confcast::test {

/// One open watch, shared by the stream that the consumer holds, a next() that waits, and the store.
struct MemoryChannel {
    MemoryChannel(Executor executor, store::KeyRange keys, store::Revision start)
        : range(std::move(keys)), cursor(start), changed(executor) {}
    store::KeyRange range;
    store::Revision cursor;  // the first revision not yet yielded
    std::deque<store::WatchBatch> injected;
    std::optional<Error> failed;
    Notifier changed;
};

struct MemoryStore::Data {
    struct Version {
        store::KeyValue kv;
        bool deleted = false;
    };
    struct LeaseState {
        std::int64_t ttl_s = 0;
        SteadyTime end;
        std::set<std::string> keys;
    };
    struct Fault {
        Call call = Call::any;
        Error error;
        std::size_t left = 0;
    };

    Data(Executor loop, const Clock& time, store::Epoch id) : executor(loop), clock(time), epoch(id) {}

    Executor executor;
    const Clock& clock;
    store::Epoch epoch;
    store::Revision revision = 1;
    store::Revision oldest = 1;
    std::map<std::string, std::vector<Version>, std::less<>> keys;
    std::map<store::Revision, std::vector<store::Event>> log;
    std::map<store::LeaseId, LeaseState> leases;
    store::LeaseId last_lease = 0;
    std::list<std::weak_ptr<MemoryChannel>> channels;

    std::vector<Fault> faults;
    std::optional<Error> all_fail;
    std::optional<Error> answer_lost;
    std::function<void(Call)> hook;
    std::array<std::size_t, static_cast<std::size_t>(Call::any) + 1> calls{};
    bool held = false;
    bool lose_next = false;
    bool bookmarks = true;
    bool closed = false;
    std::string problem;

    Result<store::TransactionResult> commit(const store::Transaction& transaction);
    Result<store::RangeResult> range(const store::RangeRequest& request) const;
    Result<> compact(store::Revision to);
    void end_lease(store::LeaseId id);
    void end_due_leases();
    /// What that watch yields next; nullopt when it has to wait.
    std::optional<Result<store::WatchBatch>> next(MemoryChannel& channel) const;
    void wake();
    void for_each_channel(const std::function<void(MemoryChannel&)>& visit);

  private:
    const Version* find(std::string_view key, store::Revision at) const;
    store::KeyValue put_at(store::Revision at, const store::Put& put);
    bool remove_at(store::Revision at, const std::string& key);
    void detach(store::LeaseId lease, const std::string& key);
    void publish(store::Revision at, std::vector<store::Event> events);
};

}  // namespace confcast::test
