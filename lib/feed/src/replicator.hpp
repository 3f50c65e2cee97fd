// Does what Replication decides: calls the store and hands what comes to the feed; a Comparer works beside it.
// Nothing is decided here.
#pragma once

#include <memory>
#include <random>

#include "comparer.hpp"
#include "confcast/feed/feed.hpp"
#include "replication.hpp"

namespace confcast::feed {

class Replicator {
  public:
    explicit Replicator(Feed::Impl& feed);

    /// Returns when cancelled.
    Awaitable<> run();

  private:
    Awaitable<> follow();
    Awaitable<Action> perform(Action action);
    Awaitable<Action> ask_status();
    Awaitable<Action> ask_head();
    Awaitable<Action> list_all(Revision at);
    Awaitable<Action> list_difference();
    Awaitable<Action> open_watch(Revision start);
    Awaitable<Action> read();
    Awaitable<Action> pause(std::chrono::milliseconds delay);

    /// `why` is the count of the restart that follows.
    void leave_watch(std::uint64_t FeedStats::* why);
    void note(std::string_view what, const Error& error);

    Feed::Impl& feed_;
    std::minstd_rand random_;
    Replication plan_;
    std::unique_ptr<store::WatchStream> stream_;
    std::uint64_t watches_ = 0;  // opened so far
    std::uint64_t FeedStats::* why_left_ = &FeedStats::restarts_lost;
    bool auditing_ = false;        // the repair under way was asked for by a comparison
    std::size_t since_yield_ = 0;  // events applied without giving way to the loop
    Comparer comparer_;
};

}  // namespace confcast::feed
