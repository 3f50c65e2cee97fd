// An etcd of the test's own, in this process: honest unless it is told to lie. What a real etcd does seldom, or only
// under faults that cannot be timed, it does when the test says so.
//
// Every member may be called from any thread; gRPC's own threads serve.
#pragma once

#include <grpcpp/server.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "etcd/rpc.grpc.pb.h"
#include "history.hpp"

namespace confcast::test {

class LyingEtcd {
  public:
    enum class Method : std::uint8_t { range, txn, status, watch };

    /// Serves on a free port of loopback.
    LyingEtcd();
    ~LyingEtcd();
    LyingEtcd(const LyingEtcd&) = delete;
    LyingEtcd& operator=(const LyingEtcd&) = delete;

    std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

    // What happens, told to every watch.
    Revision put(const std::string& key, const std::string& value) { return write({{key, value}}); }
    Revision remove(const std::string& key) { return write({}, {key}); }
    Revision write(const std::vector<std::pair<std::string, std::string>>& puts,
                   const std::vector<std::string>& deletes = {});
    Revision revision() const;
    std::map<std::string, std::string> contents() const;
    /// Forgets what was before; watches that start there are refused, open ones go on.
    void compact(Revision revision);

    // Lies and faults.
    /// From now on revisions happen, but no watch is ever told of them.
    void lose_events(bool on);
    /// The message that tells one revision, to be said again, or changed first.
    pb::WatchResponse message_of(Revision revision) const;
    /// Says it to every open watch, before anything else. Cluster, revision and watch id are filled in where they are
    /// 0 (`as_it_is`: nothing is).
    void say(pb::WatchResponse message, bool as_it_is = false);
    /// Given the honest answer to the next create, says what is answered instead (nothing = silence). Once. May call
    /// the members of this object.
    void on_next_create(std::function<std::vector<pb::WatchResponse>(pb::WatchResponse honest)> lie);
    /// Every open watch ends with this status.
    void break_watches(grpc::Status status);
    /// Reads answer as if nothing had happened after that revision; 0 = honest again.
    void lag_at(Revision revision);
    /// Calls of that kind do not answer. A transaction that hangs has happened.
    void hang(Method method, bool on = true);
    /// The history is another one: of another cluster, or (the same id) an older state put back. Open watches stay
    /// open, and silent until it has come as far as they had seen, as etcd's do.
    void replace(std::uint64_t cluster, History history = {});

    std::size_t calls(Method method) const;
    std::size_t open_watches() const;

  private:
    struct Watch {
        pb::WatchCreateRequest create;
        Revision next = 0;
        std::deque<pb::WatchResponse> said;
        std::optional<grpc::Status> end;
    };
    class Kv;
    class Watches;
    class Maintenance;

    pb::ResponseHeader header(Revision revision) const;
    /// Returns when that method does not hang, false when the caller has gone.
    bool begin(Method method, const grpc::ServerContext& context);
    grpc::Status serve(grpc::ServerContext& context,
                       grpc::ServerReaderWriter<pb::WatchResponse, pb::WatchRequest>& stream);
    std::vector<pb::WatchResponse> answer(const pb::WatchCreateRequest& create);
    std::optional<pb::WatchResponse> next_of(Watch& watch);

    mutable std::recursive_mutex mutex_;  // a lie may make something happen
    std::condition_variable_any changed_;
    History history_;
    std::uint64_t cluster_ = 0xe7cd;
    std::set<Revision> lost_;
    bool losing_ = false;
    Revision lag_ = 0;
    std::set<Method> hanging_;
    std::map<Method, std::size_t> calls_;
    std::function<std::vector<pb::WatchResponse>(pb::WatchResponse)> creation_;
    std::list<Watch> watches_;
    bool ending_ = false;

    std::unique_ptr<Kv> kv_;
    std::unique_ptr<Watches> watch_service_;
    std::unique_ptr<Maintenance> maintenance_;
    int port_ = 0;
    std::unique_ptr<grpc::Server> server_;
};

}  // namespace confcast::test
