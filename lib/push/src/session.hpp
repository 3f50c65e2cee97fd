// One client's stream: a group (its filters and what it may see of them) and one position.
//
// Invariant: a session owns no queue of changes. Only one write is ever in flight. While nothing is in flight and no
// turn of the session is due there is nothing that matches beyond what the client was told: the session is at the head
// of the journal for its filters, whatever `told_` says. While a write is in flight only the first revision that
// matched meanwhile is remembered.
//
// There are tens of thousands of these, nearly all of them idle: what a session is seldom busy with is in its Errands,
// which it has only then.
#pragma once

#include <boost/intrusive/set_hook.hpp>
#include <deque>
#include <memory>
#include <optional>

#include "client_message.hpp"
#include "confcast/push/hub.hpp"
#include "core.hpp"
#include "wire.hpp"

namespace confcast::push {

class Session final : public TransportEvents,
                      public boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>> {
  public:
    Session(Core& core, Transport& transport, std::uint64_t id);
    ~Session() override;

    /// Says welcome now, or as soon as this node is as far as `since`.
    void open(Subscription subscription);

    /// A hint: its turn is likely after so many others (3, 2, 1).
    void prepare_turn(unsigned others);
    /// Its turn: something that matches may have been applied, or it has asked for a turn.
    void take_turn();
    /// Every position has become void: in its turn the client gets a new welcome with this reason, and the state.
    void on_epoch(Reason reason);
    /// A parked session looks whether it can begin: false when it goes on waiting.
    bool try_start();
    void tick(SteadyTime now);
    /// Closes it for good, whatever is under way.
    void dismiss();
    const AccessPtr& access() const { return access_; }
    /// Its rights have changed: it is told so, and shown what it sees now.
    void change_access(AccessPtr access);
    void revoke(const Error& why);
    std::uint64_t id() const { return id_; }
    bool is(const ClientQuery& query) const;
    Client view() const;
    Framing framing() const { return framing_; }
    /// goaway, then close 1012. False when it is going already.
    bool go_away(std::string_view reason, std::chrono::milliseconds reconnect_after);

    void on_sent() override;
    void on_text(std::string_view text) override;
    void on_binary() override;
    void on_closed() override;

    // For Groups: null = in none, which is so before it has begun and when it is being closed.
    Group* group() const { return group_; }
    void enter(Group& group);
    void leave_group();

    /// Where the hub and the group keep it.
    std::uint32_t slot = 0;
    std::uint32_t member = 0;
    /// It waits for its turn by name.
    bool woken = false;

  private:
    /// A `since` that this node has not reached, or a node that has nothing to serve yet.
    struct Parked {
        Subscription subscription;
        std::optional<SteadyTime> deadline;  // counts from when the node is ready
    };
    /// A client message that waits for its turn. `refused` = it was no good: the turn is for the error.
    struct Request {
        std::string id;
        ClientMessage message;
        std::optional<Error> refused;
        std::size_t bytes = 0;
    };
    struct Requests {
        std::deque<Request> waiting;
        std::size_t bytes = 0;
        std::shared_ptr<Collection> added;  // what the first one adds: it is answered when that can be shown
        std::shared_ptr<Snapshot> shown;    // of it, for the answer
    };
    struct GoAway {
        std::string reason;
        std::chrono::milliseconds reconnect_after;
    };
    /// All but telling what changes.
    struct Errands {
        std::unique_ptr<Parked> parked;
        std::unique_ptr<Requests> requests;
        std::unique_ptr<GoAway> leaving;
        std::shared_ptr<Collection> collection;  // the state is being collected for it
        std::shared_ptr<Snapshot> snapshot;      // under way
        std::size_t page = 0;                    // of it, the next one
        feed::Revision notified = 0;             // up to here the backlog of notifications is taken
        std::uint32_t backlog_writes = 0;
        std::optional<Reason> restart;  // all positions have become void
        bool snapshot_due = false;      // as soon as the backlog is taken
        bool access_changed = false;    // and not told yet
        bool sight_changed = false;     // with it
        bool expiry_due = false;        // to be told
    };
    /// What it is called and what it says of itself.
    struct Persona {
        ClientName name;
        std::optional<Ack> ack;  // the latest
    };

    // session_start.cpp
    void begin(const Subscription& subscription);
    void begin_fresh(bool with_snapshot);
    void begin_resumed(feed::Revision since);
    /// `since`: the notifications after it come first; 0 = none do.
    void begin_with_snapshot(Reason reason, feed::Revision since = 0);
    void join(const Subscription& subscription);
    void welcome(Resume resume, Reason reason);
    void restart();

    // session_pump.cpp
    /// Precondition: nothing is in flight.
    void pump();
    void fill();
    void take_note() { pending_ = pending(); }
    /// What its group has waiting counts too.
    feed::Revision pending() const {
        return pending_ != 0 || group_ == nullptr ? pending_ : group_->first_after(cursor_);
    }
    bool take_run();
    void keep_run(feed::Revision from, feed::Revision told_before);
    void send(const Batch& batch);
    /// The last byte of what is timed has left.
    void note_sent();
    bool take_changes(bool to_head);
    bool too_far_behind(feed::Journal::Iterator from, bool to_head) const;
    /// Whether the changes from here on cannot be sent as they are: too many, or the first one is too big.
    bool must_fold(feed::Journal::Iterator from);
    /// False when notifications come first and fill the write.
    bool coalesce(feed::Revision since);
    void take_coalesced(Coalesced changes);
    /// The state at the head. All notifications up to there have been told, or are not to be.
    void start_snapshot() { start_snapshot(core_.head().revision); }
    void start_snapshot(feed::Revision not_before);
    /// False when what is to be shown next is not there yet.
    bool take_collected();
    void show(std::shared_ptr<Snapshot> snapshot);
    void next_page();
    void told(feed::Revision revision);
    feed::Position position() const { return {core_.head().epoch, told_}; }

    // session_notifications.cpp
    /// Those of a change: each is a message of its own, and `last_is_final` says that none other follows of that
    /// revision. Returns how many.
    std::size_t add_notifications(const feed::Change& change, bool last_is_final);
    /// All after `since` that are still known, before what is folded or shown as state. False when the write is full:
    /// it brings us back for the rest.
    bool take_backlog(feed::Revision since);
    void tell_lost(feed::Revision from, feed::Revision to);
    bool wants_notifications() const;
    feed::Revision notified() const { return errands_ ? errands_->notified : 0; }

    // session_access.cpp
    const Scope* scope() const { return access_ ? access_->scope.get() : nullptr; }
    /// What its filters are limited to; null when they do not reach beyond what it may see.
    const Scope* limited_to() const;
    FilterSpan filters() const { return group_ ? group_->filters() : FilterSpan{}; }
    bool meta_only() const { return group_ && group_->meta_only(); }
    View sight() const { return {filters(), scope(), meta_only()}; }
    std::shared_ptr<Collection> collect(feed::Revision not_before);
    /// Of core_.shown. One that is not done yet will bring it back.
    std::shared_ptr<Collection> collect_shown(feed::Revision not_before);
    bool hears(std::string_view topic) const;
    /// Which events of the change it is told, in core_.subset.
    void select(const feed::Change& change) const;
    /// Takes the access; true when another one sees something else under its filters.
    bool take_access(AccessPtr access);
    void renew(const Request& request);
    void show_again();
    void tell_access();
    /// False: it has been closed.
    bool check_expiry();

    // session_view.cpp
    Filters filters_in_force() const;
    ClientState state() const;
    Persona& persona();

    // session_requests.cpp
    void take_bad_message(std::string id, Error error);
    void take_request(Request request);
    bool may_answer(const Request& request) const;
    bool answer_next();
    void answer(const Request& request, std::shared_ptr<Snapshot> added);
    void subscribe(const Request& request, std::shared_ptr<Snapshot> added);
    /// Whether the state of what the request adds is there, if it adds anything.
    bool has_collected(const Request& request);
    /// Leaves its filters with these in core_.wanted.
    bool is_too_much(const Filters& filters);
    void unsubscribe(const Request& request);
    void answer_error(const std::string& id, const Error& error);
    bool has_filter(FilterKind kind, std::string_view text) const;
    bool has_new_filter(const Filters& filters) const;
    void want_new_filters(const Filters& filters);

    // session.cpp
    void close(const CloseReason& reason);
    bool is_parked() const { return errands_ && errands_->parked; }
    bool is_leaving() const { return errands_ && errands_->leaving; }
    bool has_requests() const { return errands_ && errands_->requests; }
    bool awaits_state() const {
        return errands_ && (errands_->collection || errands_->snapshot || errands_->snapshot_due);
    }
    /// The state is being collected, and it can do nothing until it is there.
    bool is_waiting() const;
    Errands& errands();
    /// Something that needs a write, other than a change.
    bool has_errand() const;
    /// There is something for a turn now.
    bool can_go_on() const;
    /// Leaves its group.
    void leave();
    /// They are let go when they are done.
    void drop_errands();
    /// Its filters in core_.wanted, for a move to another group.
    void want_own_filters() const;
    void move_to_wanted(bool meta_only);

    // What a delivery needs comes first.
    Core& core_;
    Transport& transport_;
    Group* group_ = nullptr;
    feed::Revision cursor_ = 0;   // all up to here has been taken, or never will be (it is in a snapshot)
    feed::Revision told_ = 0;     // the last seq_id; 0 = the client owns no position
    feed::Revision pending_ = 0;  // the first revision beyond the cursor that may match; 0 = none but the group's
    std::unique_ptr<Errands> errands_;
    SteadyTime told_at_{};      // when told_ was last at the head
    SteadyTime since_{};        // in flight: of the last sign of progress; closing: of the close
    std::uint64_t bytes_ = 0;   // sent
    feed::Revision timed_ = 0;  // of the write in flight, the oldest update; 0 = it has none
    Framing framing_;
    bool in_flight_ = false;
    bool closing_ = false;
    bool expiry_told_ = false;
    std::uint32_t bad_messages_ = 0;  // in a row
    SystemTime connected_;
    std::uint64_t accepted_ = 0;  // Transport::bytes_accepted(), when last looked
    std::uint64_t id_;
    AccessPtr access_;
    std::unique_ptr<Persona> persona_;  // null: it has no name and has said nothing
};

}  // namespace confcast::push
