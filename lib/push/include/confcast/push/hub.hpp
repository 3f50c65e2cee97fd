// The push room's door: opens sessions on transports and feeds them from the Feed. A session is a cursor; it owns no
// queue. What changes is written by the loop's next turn, to each session all that there is by then in one write.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/clock.hpp"
#include "confcast/base/histogram.hpp"
#include "confcast/base/log.hpp"
#include "confcast/feed/feed.hpp"
#include "confcast/push/access.hpp"
#include "confcast/push/client.hpp"
#include "confcast/push/filters.hpp"
#include "confcast/push/news.hpp"
#include "confcast/push/transport.hpp"

namespace confcast::push {

/// The client's `since`. Without an epoch the node's own is meant.
struct Since {
    std::optional<feed::Epoch> epoch;
    feed::Revision revision = 0;
    /// "<epoch>:<rev>" or "<rev>"; invalid_since (details "since", "reason") otherwise: negative, overflow, junk.
    /// "<epoch>:0" and "0" are refused too: 0 says that the client owns no position, so it resumes without since.
    static Result<Since> parse(std::string_view text);
};

struct Subscription {
    Filters filters;
    std::optional<Since> since;  // resume there
    bool snapshot = true;        // without since: the state first; false = start at "now"
    bool meta_only = false;      // fields=meta: no values
    ClientName name{};           // how the client calls itself
    AccessPtr access{};          // what it may see
};

struct HubOptions {
    std::size_t max_filters = 100;         // per session
    std::size_t page_bytes = 256U << 10U;  // of a snapshot page, about
    std::size_t batch_messages = 64;       // messages in one gathered write
    std::size_t batch_bytes = 256U << 10U;
    std::size_t coalesce_after = 1'000;          // more matching revisions than this behind: one coalesced update
    std::size_t coalesce_max_bytes = 4U << 20U;  // a coalesced update over this becomes a snapshot
    std::size_t backlog_writes = 16;             // of notifications to one who is behind, before it gets the state
    std::size_t cache_bytes = 16U << 20U;        // encoded updates kept for sharing
    std::chrono::milliseconds bookmark{10'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::chrono::milliseconds ahead_wait{3'000};      // for a `since` ahead of this node
    std::chrono::milliseconds heartbeat{25'000};      // told in welcome; the transport pings
    std::chrono::milliseconds close_grace{5'000};     // a connection that is closed and does not go is cut after this
    std::string server;                               // told in welcome
    std::size_t scan_changes = 4'096;                 // of the journal that one session looks through at a time
    std::size_t turn_writes = 512;                    // to sessions in one turn of the loop; then others have theirs
    std::size_t turn_bytes = 4U << 20U;               // the same in bytes, about
    std::size_t turn_keys = 4'096;                    // of the state, looked through for snapshots in one turn
    std::size_t turn_filters = 2'048;                 // taken up or given up in one turn
    std::size_t max_requests = 128;                   // of one client that wait for their turn; more are refused
    std::size_t max_request_bytes = 256U << 10U;      // the same in bytes of text
    std::size_t max_bad_messages = 20;                // in a row that cannot be understood: then 4002
    std::chrono::milliseconds expiry_notice{60'000};  // before an access ends its client is told so
    /// What a client that shows this token may see from now on, in place of what it could. Unset: nobody has to show
    /// one.
    std::function<Result<AccessPtr>(std::string_view token, const AccessPtr& now)> renew;
    /// The `{"code":…,"message":…,"data":…}` of a refusal, in good sentences; without it the code's name must do.
    std::function<std::string(const Error&)> render_envelope;
};

struct HubStats {
    std::uint64_t sessions_opened = 0;
    std::uint64_t sessions_closed = 0;
    std::uint64_t messages = 0;            // sent, all types
    std::uint64_t updates = 0;             // update messages sent (per session)
    std::uint64_t encoded = 0;             // update and notification messages encoded (shared)
    std::uint64_t gathered = 0;            // writes put together from the journal; other sessions took the same ones
    std::uint64_t notifications = 0;       // notification messages sent (per session)
    std::uint64_t notifications_lost = 0;  // times that a session was told that some may be missing
    std::uint64_t bytes = 0;
    std::uint64_t bookmarks = 0;
    std::uint64_t snapshots = 0;  // started
    std::uint64_t coalesced = 0;
    std::uint64_t resumed_changes = 0;   // welcome with resume=changes
    std::uint64_t resumed_snapshot = 0;  // resume asked, snapshot given
    std::uint64_t acks = 0;              // ack messages accepted
    std::uint64_t nacks = 0;             // ack messages with status failed
    std::uint64_t refused = 0;           // client messages answered with error
    std::uint64_t closed_slow = 0;       // write time-out
    std::uint64_t dismissed = 0;         // closed by dismiss()
    std::uint64_t revoked = 0;           // closed by recheck()
    std::uint64_t expired = 0;           // closed at the end of their access
    std::uint64_t renewed = 0;           // got another access in place
    std::uint64_t pings = 0;
    std::uint64_t polls = 0;                              // long polls that had to wait
    std::uint64_t polls_woken = 0;                        // of these, those that a change has answered
    std::array<std::uint64_t, framing_count> sessions{};  // open now, by Framing
    /// Per write to a session with an update in it: until the kernel has had its last byte, from when this node saw the
    /// oldest change in it, and from when that was written (by the writer's clock, to the millisecond). Not of what a
    /// session catches up with, and not of folded updates.
    Histogram push_seconds{latency_bounds};
    Histogram delivery_seconds{latency_bounds};
};

/// All on the loop thread, which is the executor's. The Feed, Clock and Log outlive the hub; what it has posted to the
/// executor does nothing once the hub is gone.
class Hub final : private feed::FeedListener {
  public:
    Hub(Executor executor, feed::Feed& feed, HubOptions options, const Clock& clock, Log& log);
    ~Hub() override;
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Other limits from now on. What the hub was made of stays: batch_*, cache_bytes.
    void reconfigure(HubOptions options);

    /// Refusals that are answered before the upgrade: too_many_filters, invalid_key. Call before open().
    Result<> check(const Subscription& subscription) const;

    /// Opens a session on the transport (which must outlive it: until on_closed) and starts with `welcome`.
    /// The returned object is what the transport reports to; the hub owns it until on_closed() has been called.
    TransportEvents& open(Transport& transport, Subscription subscription);

    /// A long poll: what has happened to the filters after `seen` (without it: from now on), at once when it is known,
    /// else when it happens; `none` after `longest` at the latest. So that polls that began together do not end
    /// together, that may come up to an eighth earlier. What `scope` does not see has
    /// not happened. All references live until it returns.
    Awaitable<News> wait_for_news(const Filters& filters, ScopePtr scope, const std::optional<Seen>& seen,
                                  std::chrono::milliseconds longest);

    /// Time passes: bookmarks, write time-outs, waiting `since`, long polls. Call a few times a second (or from a test,
    /// at will).
    void tick();

    /// Tells every client to come back (goaway with reconnect_after_ms spread over `window`), then closes with 1012: a
    /// few hundred at once, the others in tick() over half of the window; until its turn each gets what changes. New
    /// sessions get the same at once. Long polls end with `none`.
    void drain(std::string_view reason, std::chrono::milliseconds window);

    std::size_t sessions() const;
    /// Of all sessions: distinct ones, and how often they are held.
    struct FilterCount {
        std::size_t distinct = 0;
        std::size_t held = 0;
    };
    FilterCount filters() const;
    /// The clients after that session which the query means, at most `limit`. Looks at a bounded number of sessions and
    /// copies a bounded number of bytes of filters: a page never stalls the loop, however many there are. Who is there
    /// all the time while the pages are read is in exactly one of them.
    ClientPage clients(const ClientQuery& query, std::uint64_t after, std::size_t limit) const;
    std::optional<Client> client(std::uint64_t session) const;
    /// Closes a client's stream: 1008, "closed by an operator". False when there is no such session.
    bool dismiss(std::uint64_t session);
    /// A scope of these globs; null when they are everything.
    ScopePtr scope(std::vector<std::string> globs);
    /// Asks for every client that has an access what it is now: the same pointer means that nothing has changed. Who
    /// sees something else is told so and gets the state again; at an error the stream is closed: 4001 when the reason
    /// is that the access has ended, else 1008.
    void recheck(const std::function<Result<AccessPtr>(const AccessPtr& then)>& ask);

    /// Long polls that wait now.
    std::size_t polls() const;
    const HubStats& stats() const;

  private:
    void on_change(const feed::ChangePtr& change) override;
    void on_advance(feed::Revision revision) override;
    void on_epoch(feed::Epoch epoch) override;

    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace confcast::push
