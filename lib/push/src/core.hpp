// What all sessions of one hub share. Owned by the hub; outlives them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "batch.hpp"
#include "confcast/push/hub.hpp"
#include "group.hpp"
#include "runs.hpp"
#include "shared_messages.hpp"
#include "snapshots.hpp"
#include "subscription_index.hpp"
#include "timings.hpp"
#include "turn.hpp"

namespace confcast::push {

class Session;

struct Core {
    Core(feed::Feed& the_feed, HubOptions the_options, const Clock& the_clock, Log& the_log)
        : feed(the_feed),
          options(std::move(the_options)),
          clock(the_clock),
          log(the_log),
          allowance(options),
          shared(feed, options, stats, allowance),
          snapshots(feed, options, allowance),
          batch(options.batch_messages, options.batch_bytes) {}
    virtual ~Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// The session's connection is gone: destroys the session.
    virtual void forget(Session& session) = 0;
    /// The session has something to write, and nothing in flight that would bring it back: its turn comes.
    virtual void wake(Session& session) = 0;
    /// A turn of the hub follows.
    virtual void call() = 0;

    feed::Position head() const { return feed.position(); }
    std::string envelope(const Error& error) const;
    /// During a turn the time is asked for now and then, not for each session.
    SteadyTime now() const { return turn_time ? *turn_time : clock.now(); }

    feed::Feed& feed;
    HubOptions options;
    const Clock& clock;
    Log& log;
    HubStats stats;
    SubscriptionIndex index;
    Allowance allowance;
    Groups groups{index, allowance};
    SharedMessages shared;
    Snapshots snapshots;
    Runs runs;
    Timings timings;
    struct Draining {
        std::string reason;
        std::chrono::milliseconds window;
        SteadyTime began;
        std::size_t count;     // sessions that there were
        std::size_t told = 0;  // of these
    };
    std::optional<Draining> draining;
    std::vector<Session*> parked;  // those that wait for this node to get as far as they are
    Turn* turn = nullptr;          // under way
    std::optional<SteadyTime> turn_time;

    // Scratch, used during one call only.
    Batch batch;
    Subset subset;
    std::vector<Groups::Filter> wanted;
    std::vector<Wanted::Filter> shown;
};

}  // namespace confcast::push
