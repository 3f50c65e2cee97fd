// When this node has seen a change and when it was written, for the latest changes: so that a session which has sent
// one knows how long that took, and remembers no more than its revision.
#pragma once

#include <deque>

#include "confcast/base/histogram.hpp"
#include "confcast/feed/entry.hpp"
#include "confcast/push/hub.hpp"

namespace confcast::push {

class Timings {
  public:
    /// A change is told to the sessions now.
    void add(const feed::Change& change, SteadyTime now, SystemTime wall);
    /// The oldest update of a write is that of `revision`, and its last byte has left. What a session that was opened
    /// after the change has got of it is no delivery but a catching up: that is not counted.
    void sent(feed::Revision revision, SystemTime opened, SteadyTime now, HubStats& stats);
    void clear();

  private:
    struct Timing {
        feed::Revision revision;
        SteadyTime seen;
        SystemTime seen_at;
        SystemTime written{};  // the epoch: nobody knows
    };
    const Timing* find(feed::Revision revision) const;

    std::deque<Timing> latest_;  // ascending by revision
    feed::Revision asked_ = 0;   // last: many sessions ask for the same one
    Timing answer_{};            // to that
};

}  // namespace confcast::push
