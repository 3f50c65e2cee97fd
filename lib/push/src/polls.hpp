// Who waits for the next change of some filters and wants nothing else: long polls. No timer and no coroutine each: one
// sweep finds the waits that are over, and the subscription index wakes only those that a change matches. On the loop.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "confcast/base/async.hpp"
#include "confcast/push/hub.hpp"
#include "confcast/push/news.hpp"
#include "subscription_index.hpp"
#include "subset.hpp"

namespace confcast::push {

class Polls {
  public:
    struct Wait {
        feed::Revision seen = 0;
        SteadyTime deadline;
        /// For a position that the node has not reached: when it is lost. Else max.
        SteadyTime ahead_until = SteadyTime::max();
        ScopePtr scope{};  // null: everything
    };

    Polls();
    ~Polls();
    Polls(const Polls&) = delete;
    Polls& operator=(const Polls&) = delete;

    /// Returns `changed` at the first change after `seen` that matches, `none` at the deadline, on cancellation and at
    /// the end of all, `lost` when positions become void. Precondition: the caller has looked for earlier news.
    Awaitable<News> wait(const Filters& filters, const Wait& wait);

    void on_change(const feed::Change& change);
    void finish_all(News news);
    /// Time passes. A wait that would be over before the next call is over now: none is longer than it was to be.
    void tick(SteadyTime now, feed::Revision head);
    std::size_t size() const { return waiting_.size(); }

  private:
    // One wait: a completion handler of a type that only its maker knows.
    class Poll;
    template <class Handler>
    class PollWith;
    using Waiting = std::unordered_map<std::uint64_t, std::unique_ptr<Poll>>;

    void add_filters(Poll& poll, const Filters& filters);
    bool sees(const Poll& poll, const feed::Change& change);
    void finish(Waiting::iterator it, News news);

    SubscriptionIndex index_;
    Waiting waiting_;
    std::uint64_t last_ = 0;
    SteadyTime last_tick_{};
    std::vector<Subscriber*> matched_;  // scratch
    Subset subset_;                     // scratch
};

}  // namespace confcast::push
