// Sessions that see the same: one set of filters, under one scope, with or without values. What a change means to them
// is found out once for all, and a change costs the groups that want it, however many sessions these have.
//
// Invariant: the revisions that have matched and that not all members have been asked about lie in [first_, last_].
// A round asks each member once; one that has a write in flight takes note and comes by itself.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "confcast/push/access.hpp"
#include "subscription_index.hpp"
#include "turn.hpp"

namespace confcast::push {

class Session;

class Group final : public Subscriber {
  public:
    Group(std::uint64_t id, ScopePtr scope, bool meta_only)
        : id_(id), scope_(std::move(scope)), meta_only_(meta_only) {}

    /// Never used again for another group of this hub.
    std::uint64_t id() const { return id_; }
    const Scope* scope() const { return scope_.get(); }
    bool meta_only() const { return meta_only_; }
    bool empty() const { return members_.empty(); }
    std::size_t size() const { return members_.size(); }

    void add(Session& session);
    void remove(Session& session);

    /// A revision has matched. True when the group needs a round from now on.
    bool note(feed::Revision revision);
    /// The first revision beyond the cursor that may match and that this round, or one that is due, is to tell; 0 =
    /// none.
    feed::Revision first_after(feed::Revision cursor) const {
        if (last_ <= cursor) return 0;
        return first_ > cursor ? first_ : cursor + 1;
    }
    /// The next member to be asked; null at the end of the round. Members may come and go in between: who is there all
    /// the time is asked once.
    Session* next();
    /// After the end of a round: whether there is to be another one at once.
    bool end_round();
    /// Every position has become void: no round is due. It stays where it is listed.
    void forget_news() { first_ = last_ = again_ = 0; }

  private:
    friend class Groups;

    void look_ahead() const;

    std::vector<Session*> members_;
    std::uint64_t id_;
    ScopePtr scope_;
    std::uint64_t hash_ = 0;
    feed::Revision first_ = 0;
    feed::Revision last_ = 0;
    feed::Revision again_ = 0;  // the first that has matched since the round began
    std::uint32_t asked_ = 0;   // the members before this one have been, in this round
    bool meta_only_;
    bool due_ = false;   // listed for a round
    bool left_ = false;  // listed as one that everybody has left
};

/// All groups of a hub, each there as long as somebody is in it.
class Groups {
  public:
    Groups(SubscriptionIndex& index, Allowance& allowance) : index_(index), allowance_(allowance) {}
    ~Groups();
    Groups(const Groups&) = delete;
    Groups& operator=(const Groups&) = delete;

    struct Filter {
        FilterKind kind;
        std::string_view text;
    };
    /// Moves the session to the group of exactly these filters, in whatever order and however often they are named.
    void move(Session& session, std::span<const Filter> filters, const ScopePtr& scope, bool meta_only);
    /// The session is in no group any more.
    void leave(Session& session);
    /// A group that was kept while it was due, and that nobody is in, goes: now, or by drop_left().
    void drop_empty(Group& group);
    /// Groups that everybody has left wait for a turn to go.
    bool has_left() const { return !left_.empty(); }
    /// As many of these as the allowance has filters.
    void drop_left();

    std::size_t size() const { return groups_.size(); }
    /// Filters of all sessions.
    std::size_t held() const { return held_; }

  private:
    void drop(Group& group);
    Group& get(std::span<const Filter> filters, const ScopePtr& scope, bool meta_only);
    Group* find(const ScopePtr& scope, bool meta_only, std::uint64_t hash) const;
    bool is_of_wanted(const Group& group) const;

    SubscriptionIndex& index_;
    Allowance& allowance_;
    std::deque<Group*> left_;
    std::unordered_multimap<std::uint64_t, std::unique_ptr<Group>> groups_;  // by hash
    std::vector<const FilterBucket*> wanted_;                                // scratch: ascending by id
    std::uint64_t last_id_ = 0;
    std::size_t held_ = 0;
};

}  // namespace confcast::push
