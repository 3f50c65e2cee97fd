// Judges one subscriber by the promises of the push protocol: what it was told, connection after connection, against
// the store's history. No sockets, no clock: what happens is told by calls, in the order in which it happens.
//
// The history may be known later than the stream: what cannot be judged yet waits, and settle() goes on.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "confcast/verify/filter.hpp"
#include "confcast/verify/history.hpp"
#include "confcast/verify/message.hpp"
#include "confcast/verify/verdict.hpp"

namespace confcast::verify {

/// What the REST API lists at the end, by key.
using Listing = std::map<std::string, Event, std::less<>>;

class Stream {
  public:
    /// The history and the verdict outlive the stream.
    Stream(std::string name, Filter filter, const History& history, Verdict& verdict);

    /// A connection begins, with this `since` (0 = without). `acknowledged`: the newest revision that this server had
    /// acknowledged to anybody by then; it must not claim to know less.
    void connects(Revision since, Revision acknowledged);
    void takes(Message message);

    /// What to resume with: 0 = without `since`.
    Revision position() const { return position_; }
    const std::string& epoch() const { return epoch_; }
    const Filter& filter() const { return filter_; }
    const std::string& name() const { return name_; }

    /// Judges all that the history reaches.
    void settle();
    /// True when everything up to this revision has arrived and is judged.
    bool has_reached(Revision revision) const { return pending_.empty() && owns_state_ && judged_ >= revision; }
    /// The end: `end` is the store's last revision, `list` the state that the API lists then.
    void finish(Revision end, const Listing& list);

  private:
    struct Connection {
        Revision since = 0;
        Revision acknowledged = 0;
    };
    using Step = std::variant<Connection, Message>;
    enum class Expects : std::uint8_t { welcome, snapshot, changes, anything };
    using Expected = std::map<std::string_view, const Event*>;

    void begin(const Connection& connection);
    void judge(const Message& message);
    void judge_welcome(const Message& message);
    /// Why a welcome that answers a `since` is not true; "" when it may be.
    std::string dishonesty(const Message& welcome) const;
    void check_place(const Message& message);
    /// Whether something that matches had been acknowledged between `since` and the connection.
    bool has_missed_something() const;
    void judge_other(const Message& message);
    void judge_page(const Message& message);
    void judge_state(Revision at);
    void judge_update(const Message& message);
    /// `before`: the position before the message.
    void judge_revision(const Message& message, Revision before);
    void judge_folded(const Message& message, Revision from);
    void judge_folded_event(const Event& event, const Expected& expected, Revision from, Revision to);
    void judge_bookmark(Revision to);
    /// Matching revisions in (judged_, to] that nothing has covered are gaps.
    void cover(Revision to);
    void apply(const Message& message);
    std::string at(std::string_view key, Revision revision) const;

    std::string name_;
    Filter filter_;
    const History& history_;
    Verdict& verdict_;

    // As the client sees it now.
    Revision position_ = 0;
    std::string epoch_;
    std::deque<Step> pending_;

    // As far as it is judged.
    Connection connection_;
    Expects expects_ = Expects::welcome;
    std::string reason_;
    Revision judged_ = 0;
    bool owns_state_ = false;
    bool snapshot_open_ = false;
    std::vector<Event> page_;  // entries of the pages so far
    std::map<std::string, Event> known_;
    std::set<Revision> delivered_;  // the last few
};

}  // namespace confcast::verify
