// All snapshots of a hub: those in the making, and those that others may still share. A turn of the hub gives them its
// looks: first a few to each that is new, so that a small one does not wait behind large ones, then to those that need
// more, in the order in which they came.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "collection.hpp"
#include "confcast/feed/feed.hpp"
#include "message_cache.hpp"

namespace confcast::push {

class Snapshots {
  public:
    Snapshots(const feed::Feed& feed, const HubOptions& options, Allowance& allowance)
        : feed_(feed), options_(options), allowance_(allowance) {}

    /// The snapshot of that, at `not_before` or a later revision: done at once if nobody waits and there are looks left
    /// for it, or when it will be. Nobody has to wait for the end: it goes on as long as somebody holds it. One that
    /// took several slices is shared across some revisions too: what has changed since is in the Journal.
    std::shared_ptr<Collection> get(const Wanted& wanted, feed::Revision not_before);
    /// What is done as it is at the head; null when it has to be got anew.
    std::shared_ptr<Snapshot> at_head(Collection& done);

    /// A turn's work. Appends the ids of those who waited for what is done now.
    void work(std::vector<std::uint64_t>& told);
    /// There is work for another turn.
    bool is_busy() const { return !fresh_.empty() || !long_.empty(); }

    /// Lets go of what nobody can share any more.
    void tidy();
    /// Time passes.
    void tick();
    /// Revisions have got another meaning. What is under way never ends.
    void forget_all();

  private:
    struct Place {
        std::weak_ptr<Collection> under_way;
        std::shared_ptr<Collection> done;  // may be shared
        std::size_t idle = 0;              // ticks since somebody took it
    };
    using Line = std::deque<std::weak_ptr<Collection>>;

    void make_key(const Wanted& wanted);
    bool go_on(Collection& collection, Share& keys);
    bool may_share(const Collection& done, feed::Revision not_before) const;
    bool is_worth_keeping(const Place& place) const;

    const feed::Feed& feed_;
    const HubOptions& options_;
    Allowance& allowance_;
    std::unordered_map<std::string, Place> places_;
    feed::Revision tidy_at_ = 0;
    Line fresh_;
    Line long_;
    std::uint64_t next_id_ = 1;
    CacheKey key_{'s'};                           // scratch
    std::vector<const Wanted::Filter*> ordered_;  // scratch
};

}  // namespace confcast::push
