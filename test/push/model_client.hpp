// A client by the book (push-protocol.md): applies messages to a view of its own, and checks at every position that it
// is told that the view is the store's state at that revision.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fake_transport.hpp"

namespace confcast::push::test {

using View = std::map<std::string, feed::Revision>;  // key -> mod_revision, which says which value it is

/// What the store held at each revision, and what each revision did.
struct History {
    std::map<feed::Revision, View> states;
    std::map<feed::Revision, std::map<std::string, bool>> changes;  // key -> is it a put

    const View& at(feed::Revision revision) const { return std::prev(states.upper_bound(revision))->second; }
};

/// One for each epoch there has been.
struct Histories {
    std::map<std::string, History> of;
    std::string newest;  // epoch
    History& now() { return of[newest]; }
};

struct FilterSet {
    std::set<std::string> keys;
    std::set<std::string> prefixes;
    std::set<std::string> globs;
    bool matches(const std::string& key) const;
    bool empty() const { return keys.empty() && prefixes.empty() && globs.empty(); }
    friend bool operator==(const FilterSet&, const FilterSet&) = default;
};

class ModelClient {
  public:
    /// `exact` = the node has seen every single revision, so that an update has all matching events of one.
    ModelClient(const Histories& histories, bool exact) : histories_(histories), exact_(exact) {}

    /// A new connection with these filters; `since` as given to the server.
    void connect(FilterSet filters, feed::Revision since, bool with_snapshot);
    void receive(const Received& message);

    feed::Revision position() const { return position_; }
    const std::string& epoch() const { return epoch_; }
    const FilterSet& filters() const { return filters_; }
    const View& view() const { return view_; }
    /// The view is all that the store has now under these globs (none = everything), which the server was never asked
    /// to tell in full.
    void expect_converged(const std::optional<std::set<std::string>>& allowed) const;
    std::size_t updates = 0;
    std::size_t coalesced = 0;
    std::size_t snapshots = 0;
    std::size_t access_news = 0;

  private:
    void on_welcome(const Received& message);
    void on_page(const Received& message);
    void on_update(const Received& message);
    void on_filters(const Received& message);
    void on_access(const Received& message);
    void read_limits(const Received& message);
    bool sees(const std::string& key) const;
    View restricted(const View& state) const;
    void move_to(feed::Revision revision);
    void expect_view() const;
    void expect_whole_revision(const Received& update) const;

    const History& history() const { return histories_.of.at(epoch_); }

    const Histories& histories_;
    bool exact_;
    FilterSet filters_;
    std::optional<std::set<std::string>> limited_to_;  // as told; none: the filters do not reach beyond what is allowed
    View view_;
    std::string epoch_;
    feed::Revision position_ = 0;  // 0 = none is owned
    feed::Revision last_ = 0;      // the last one that was owned
    bool welcomed_ = false;
    bool with_snapshot_ = true;
    feed::Revision since_ = 0;
    bool due_ = false;          // a snapshot is due: nothing else may come
    bool in_snapshot_ = false;  // between two pages
    FilterSet scope_;           // of the snapshot
    View pages_;
};

}  // namespace confcast::push::test
