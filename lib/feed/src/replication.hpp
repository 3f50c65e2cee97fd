// What the replicator does next: every decision, and nothing else. Plain functions, no loop, no store, no clock: each
// takes what happened and returns what to do (replicator.cpp does it).
//
//   ask_status ──> list_all ──> open_watch ──> read ──┐
//       ^   └────> list_difference ──^          ^─────┘
//       └──────────────── pause <── whatever fails
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "confcast/base/async.hpp"
#include "confcast/base/backoff.hpp"
#include "confcast/base/error.hpp"
#include "confcast/feed/entry.hpp"

namespace confcast::feed {

struct Action {
    enum class Kind : std::uint8_t {
        ask_status,       // Store::status
        ask_head,         // the newest revision, linearizable: is the store really behind us?
        list_all,         // at `revision`, into a state from nothing
        list_difference,  // at the newest revision, against the state that is there
        open_watch,       // from `revision` on
        read,             // the watch's next batch
        pause             // for `delay`, then ask_status
    };
    Kind kind = Kind::ask_status;
    Revision revision = 0;
    std::chrono::milliseconds delay{0};
    friend bool operator==(const Action&, const Action&) = default;
};

struct ReplicationOptions {
    Revision history = 100'000;  // how far before the head a first list begins
    std::chrono::milliseconds backoff_min{100};
    std::chrono::milliseconds backoff_max{5'000};
    std::chrono::milliseconds healthy_after{30'000};  // a watch that lived this long makes failures start anew
};

class Replication {
  public:
    using Kind = Action::Kind;

    /// `random` gives numbers in [0, 1).
    Replication(ReplicationOptions options, std::function<double()> random);

    // Each says what happened; `position` is the feed's revision.
    Action start() const { return {Kind::ask_status}; }
    Action on_status(const Result<store::Status>& status, Revision position);
    Action on_head(const Result<Revision>& head, Revision position);
    /// A list_all ended: the state is at that revision.
    Action on_list(const Result<Revision>& at);
    struct Compared {
        Revision at = 0;
        bool differs = false;
    };
    /// A list_difference ended. When it is list_all that follows, the difference must not be applied; else it is
    /// applied as one change at `at`.
    Action on_difference(const Result<Compared>& compared, Revision position);
    Action on_watch(const Result<>& opened, SteadyTime now);
    Action on_batch(const Result<>& taken, SteadyTime now);
    Action on_pause() const { return {Kind::ask_status}; }

    /// The state is not what the store has: the watch is to be left, the next thing is a list_difference.
    void want_repair() { must_list_ = true; }
    bool wants_repair() const { return must_list_; }

    /// The history that list_all lists, once it has succeeded the one that is followed.
    store::Epoch epoch() const { return listing_epoch_; }
    /// The newest revision when a list_all was decided at start, or of another history: who has applied it has caught
    /// up.
    Revision goal() const { return goal_; }

  private:
    Action pause() { return {Kind::pause, 0, backoff_.next(random_())}; }
    Action failed(SteadyTime now);
    Action compacted();
    Action follow(Revision oldest, Revision position) const;

    ReplicationOptions options_;
    std::function<double()> random_;
    Backoff backoff_;
    std::optional<store::Epoch> epoch_;  // of what has been listed
    store::Epoch listing_epoch_;
    Revision oldest_ = 0;
    Revision goal_ = 0;
    bool must_list_ = false;
    bool list_at_head_ = false;  // an older revision was compacted away while it was listed
    bool lost_history_ = false;  // compacted, and nothing read since
    std::optional<SteadyTime> watching_since_;
};

}  // namespace confcast::feed
