// From settings to one store transaction: entry and metadata beside it, leases for those that have a time to live, and
// the wait until this node has applied what the store has committed.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "services.hpp"
#include "setting_body.hpp"

namespace confcast::api {

/// One write on its way to the store. The leases it was granted are given back unless it succeeds.
class Write {
  public:
    explicit Write(Call& call);

    void require(store::Compare compare) { transaction_.compares.push_back(std::move(compare)); }
    void require(std::vector<store::Compare> compares);
    /// Error: the store's, of a grant.
    Awaitable<Result<>> put(std::string key, Setting setting);
    void remove(const std::string& key);
    /// What create() makes is a notification.
    void notify(std::string topic) { audited_.push_back({"notify", std::move(topic), 0}); }
    /// A key of confcast's own that must not be there yet, and is gone after ApiOptions::remember. Once, and after all
    /// else: its compare is the last.
    void create(std::string store_key, std::string bytes);

    /// Commits, once. Errors: the store's. A compare that fails is a result.
    Awaitable<Result<store::TransactionResult>> commit();
    /// Waits until this node has applied what commit() has done: see await_applied(). The write is audited then, for
    /// only then it is known for sure what it replaced.
    Awaitable<bool> applied(const store::TransactionResult& done);
    /// The trace that it carries to whoever is told of it: the request's, when that has brought one.
    const std::optional<TraceContext>& trace() const;
    /// Grants that no commit will use.
    Awaitable<> give_back();

  private:
    Call& call_;
    Services& services_;
    store::Transaction transaction_;
    Awaitable<Result<store::TransactionResult>> try_commit(store::Transaction transaction);

    void leave_trace();
    void audit(store::Revision done);
    store::Revision replaced(std::string_view key, store::Revision done) const;

    std::vector<AuditedKey> audited_;                // `before` as this node knew it when the write began
    store::Revision known_;                          // this node's position then
    std::map<std::int64_t, store::LeaseId> leases_;  // by time to live
    std::optional<store::Put> created_;              // gets the shared lease
};

/// Waits until this node has applied the revision, write_wait at most: false when it has not. The write is durable
/// either way.
Awaitable<bool> await_applied(Services& services, store::Revision revision);

/// The mod_revision of a key in the store; 0 when it is not there. Linearizable.
Awaitable<Result<store::Revision>> read_revision(Services& services, std::string store_key);

/// What a key is in the store now: mod_revision and version 0 when it is not there. Linearizable. `at` as for a range.
struct Standing {
    store::Revision store_revision = 0;
    store::Revision mod_revision = 0;
    std::int64_t version = 0;
};
Awaitable<Result<Standing>> read_standing(Services& services, std::string key, store::Revision at);

}  // namespace confcast::api
