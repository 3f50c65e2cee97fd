// The one stream of a client as plain functions: what the server said goes in, calls of subscribers and messages to
// send come out. No sockets, no loop, no clock, no JSON outside of messages (client_impl.cpp drives it).
//
//   begin() -> Opening ── welcome ──> snapshot or changes ──> live ──┐
//      ^                                                            │ update, bookmark, snapshot, …
//      └──── on_ended() -> Next <───────────────────────────────────┘
//
// Invariants: what subscribers were told is the copy; `since` is sent only with filters whose state the copy has at
// that position, and with the token that this was seen with; a snapshot changes nothing until its last page is there.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/base/backoff.hpp"
#include "credential.hpp"
#include "ending.hpp"
#include "last_known_good.hpp"
#include "local_copy.hpp"
#include "server_message.hpp"
#include "subscriptions.hpp"

namespace confcast::client {

struct MachineOptions {
    std::chrono::milliseconds backoff_min{100};
    std::chrono::milliseconds backoff_max{5'000};
    std::chrono::milliseconds healthy_after{5'000};
    std::size_t servers = 1;
    std::size_t max_filters = 100;
    std::size_t query_bytes = 3'000;  // of filters in the query of an opening
    bool ack = false;
    std::shared_ptr<Credential> credential = std::make_shared<Credential>();
    StatusCallback on_status{};
    std::function<double()> random = [] { return 0.5; };  // in [0, 1)
};

struct Opening {
    FilterSet filters;
    std::optional<Position> since;
};

/// What to do after a stream ended.
struct Next {
    bool again = false;
    std::chrono::milliseconds delay{0};
};

class StreamMachine {
  public:
    explicit StreamMachine(MachineOptions options);

    // --- the user

    Result<std::uint64_t> watch(const Filters& filters, Callback callback);
    Result<std::uint64_t> watch_since(const Filters& filters, Callback callback, Position since);
    void unwatch(std::uint64_t id);
    /// Nobody is called any more.
    void silence();
    bool wanted() const { return !subscriptions_.empty(); }
    /// Calls new subscribers whose values are here already. To be called from the loop after watch().
    void deliver_due();
    void ack(const Ack& ack);
    /// What to start from when no server answers.
    void offer(Saved saved) { offered_ = std::move(saved); }
    /// There is something newer than what was last taken, and every subscriber has applied it.
    bool worth_saving() const { return may_save() && unsaved_; }
    /// That; with `closing` also when nothing but the position is newer.
    std::optional<Saved> take_saved(bool closing = false);
    /// What was taken could not be written.
    void keep_unsaved() { unsaved_ = true; }
    Status status() const;
    /// Something that the user should know and that does not end the stream.
    void warn(Failure failure);

    /// The credential has another token: a stream that is there is told.
    void authenticate();

    // --- the stream

    Opening begin(std::string server);
    /// A failure means that the server does not keep to the protocol: leave it.
    Result<> on_message(std::string_view text, SteadyTime now);
    /// The server has promised changes, and none has come yet: perhaps none matches. After a moment without one, which
    /// the driver waits, on_quiet() takes it that all is told.
    bool catching_up() const { return welcomed_ && owned_ && !caught_up_ && !live_since_; }
    void on_quiet(SteadyTime now);
    Next on_ended(Ending ending, SteadyTime now);
    /// Nobody watches any more.
    void on_idle();
    /// What is to be sent, in order. Empty between two answers.
    std::vector<std::string> take_outbox();
    /// Messages that were passed over because they told nothing new.
    std::uint64_t duplicates() const { return duplicates_; }

  private:
    Result<> take(const Other&, Revision) { return {}; }
    Result<> take(Welcome& welcome, Revision seq_id);
    Result<> take(SnapshotPage& page, Revision seq_id);
    Result<> take(Update& update, Revision seq_id);
    Result<> take(Bookmark&, Revision seq_id);
    Result<> take(InForce& in_force, Revision seq_id);
    Result<> take(Access& access, Revision seq_id);
    Result<> take(Refused& refused, Revision seq_id);
    Result<> take(GoAway& goaway, Revision seq_id);

    /// A value that a subscriber has failed at is not known to be good.
    bool may_save() const { return owned_ && !status_.from_file && !copy_.is_part() && subscriptions_.all_applied(); }
    void expect_snapshot(FilterSet scope);
    void tell(const Change& change);
    void acknowledge();
    void reconcile();
    void forget_unwanted();
    void become_live(SteadyTime now);
    void limit(LimitedTo limited_to);
    void use_token();
    bool comes_with_another_token(const Ending& ending);
    void report();
    void start_from_offer();
    std::chrono::milliseconds delay_after(const Ending& ending, bool was_live);

    MachineOptions options_;
    Subscriptions subscriptions_;
    LocalCopy copy_;
    bool alone_ = false;  // the one subscription began at a position: others would need a state that is not here
    Position position_;   // of the copy
    bool owned_ = false;  // the stream can be resumed from there
    std::optional<std::string> seen_with_;  // the token that the position was seen with
    FilterSet complete_;                    // the copy has all that matches these, at its position
    std::optional<Saved> offered_;
    bool unsaved_ = false;  // the copy is not what was last given out to be kept
    Position saved_;        // of that

    // Of this stream.
    bool welcomed_ = false;
    std::string epoch_;
    FilterSet in_force_;  // as the server has them
    Opening opening_;
    std::optional<FilterSet> scope_;  // of the snapshot that is due or under way
    std::vector<Entry> pages_;
    std::optional<FilterSet> asked_;  // the request that has no answer yet
    bool adding_ = false;
    bool out_of_step_ = false;  // what is in force may not be what is wanted
    std::int64_t asked_id_ = 0;
    std::int64_t last_id_ = 0;
    std::deque<std::pair<std::int64_t, std::string>> offered_tokens_;  // to the server, which has not answered
    std::string token_;                                                // that the stream began with
    FilterSet refused_;
    std::optional<std::chrono::milliseconds> goaway_;
    bool caught_up_ = false;  // all that was missed has come
    std::optional<SteadyTime> live_since_;
    std::vector<std::string> outbox_;
    std::optional<std::string> outbox_ack_;

    // Of the attempts.
    Backoff backoff_;
    std::size_t tries_ = 0;     // since the last stream that got live
    std::size_t refusals_ = 0;  // of them, in a row, by servers that do not want us
    bool renewed_ = false;      // a token that was refused was followed by another one, and no stream got live since
    Status status_;
    std::uint64_t duplicates_ = 0;
};

}  // namespace confcast::client
