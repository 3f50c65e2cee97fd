// The store behind `--store etcd:HOST:PORT[,HOST:PORT…]`: etcd's v3 API over gRPC (etcd 3.4 and newer).
//
// Invariant: gRPC's threads end here. A reaction of theirs only hands what arrived to the one io_context; all else runs
// there. Only app and tests may depend on this.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/error.hpp"
#include "confcast/base/log.hpp"
#include "confcast/store/store.hpp"

namespace confcast::etcd {

/// PEM texts, not file names. TLS is on when `ca` is not empty.
struct TlsOptions {
    std::string ca;
    std::string certificate;  // of the client; with its key, or neither
    std::string key;
};

/// How the health of the endpoints is found out.
struct ProbeOptions {
    std::chrono::milliseconds connect_interval{2'000};  // of a TCP connect to each; 0 = never
    std::chrono::milliseconds connect_timeout{500};
    std::chrono::milliseconds ask_interval{10'000};  // of a linearizable read from each; 0 = never
    int out_after = 3;                               // failures of one probe in a row take an endpoint out
    int back_after = 2;                              // as many successes bring it back
    std::chrono::milliseconds backoff_min{100};      // an endpoint that failed a call is passed over for a while:
    std::chrono::milliseconds backoff_max{5'000};    // full jitter below a ceiling that doubles
};

struct EtcdOptions {
    std::vector<std::string> endpoints;  // HOST:PORT; one is used until it fails, then the next
    std::string probe_key = "/config.";  // a key that `user` may read: what is asked when only the revision matters
    std::string user;                    // empty: no authentication
    std::string password;
    TlsOptions tls;
    std::chrono::milliseconds dial_timeout{5'000};     // of one attempt to connect
    std::chrono::milliseconds call_timeout{3'000};     // of each call, however many endpoints are tried
    std::chrono::milliseconds create_timeout{5'000};   // for etcd to confirm a watch
    std::chrono::milliseconds patience{500};           // with an etcd that answers below what was seen of it
    std::chrono::milliseconds keepalive_time{10'000};  // etcd refuses pings more often than every 5 s
    std::chrono::milliseconds keepalive_timeout{5'000};
    int max_receive_bytes = 64 << 20;
    std::size_t watch_buffer_bytes = 8U << 20U;  // read ahead of next(); the rest waits at etcd
    // What a watch may be asked to replay at a start: etcd 3.4 sends a thousand old revisions every 100 ms, and takes a
    // time that grows with the square of their events when these are over 1.5 MiB (its sendFragments()).
    std::int64_t replayed_revisions = 10'000;
    std::int64_t replayed_keys = 20'000;
    bool coalesce_writes = false;  // those that wait for a call go together, and share a revision then
    /// Those for which it holds keep a revision to themselves; none = each may share.
    std::function<bool(const store::Transaction&)> needs_own_revision;
    ProbeOptions probes;
};

struct EtcdStats {
    std::uint64_t calls = 0;
    std::uint64_t call_failures = 0;     // answers that are no answer of etcd's: away, too late
    std::uint64_t shared_calls = 0;      // that carried several writes
    std::uint64_t shared_writes = 0;     // in them
    std::uint64_t watches = 0;           // opened
    std::uint64_t watches_lost = 0;      // ended by etcd or the network
    std::uint64_t watch_duplicates = 0;  // events at or below the position, dropped
    std::uint64_t endpoint_changes = 0;  // moves to another endpoint
    std::uint64_t probe_failures = 0;
    std::uint64_t authentications = 0;
    std::uint64_t restores = 0;  // other clusters, or older states of the same, that were met
};

/// Semantics are store.hpp's. What etcd does not say itself:
/// * Status::oldest is found by asking for old revisions (a known one is asked once; after a compaction the new one is
///   found by halving, some 20 small reads).
/// * Status::revision is linearizable; Status::size_bytes and version are those of the member that answers.
/// * Nothing is answered below a revision that was seen, nor from another cluster: such calls wait for `patience` and
///   then fail with store_unavailable, until status() has said that it is another epoch.
/// * A quiet watch is told that etcd has moved on only by etcd's own periodic notification (every 10 minutes unless
///   --experimental-watch-progress-notify-interval says otherwise): the answer to a manual request can overtake events.
/// * A transaction whose puts do not fit twice into etcd's 128 operations reads the puts' versions in a second call;
///   should that fail, the transaction has succeeded and its versions and create_revisions are 0.
/// * soon_replayed() counts revisions, and the keys that have changed since: the events of a start are bounded, so that
///   a server is not away for as long as etcd takes to tell all that it remembers.
/// * While a write is under way, others wait and then go together as one transaction of etcd's (coalesce_writes): each
///   with its own conditions and its own answer, as if it had been alone, but that they share a revision.
/// * A write is sent only over a connection that stands. From then on a failure other than etcd's own refusal is
///   outcome_unknown.
/// * The endpoints are probed from open() to close().
class EtcdStore : public store::Store {
  public:
    /// Connects when it is first asked: an etcd that is away makes calls fail, not this. Error: invalid_parameter with
    /// detail "reason" (no endpoint, one that is not HOST:PORT, half a client certificate).
    static Result<std::unique_ptr<EtcdStore>> open(Executor executor, EtcdOptions options, Log& log);

    virtual EtcdStats stats() const = 0;
    /// How long a lease still has; lease_not_found when it is gone. Does not renew it.
    virtual Awaitable<Result<store::Lease>> time_to_live(store::LeaseId id) = 0;
};

}  // namespace confcast::etcd
