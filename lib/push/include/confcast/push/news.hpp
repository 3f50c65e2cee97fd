// The question of a long poll: has anything that matches changed after a position?
#pragma once

#include <cstdint>
#include <optional>

#include "confcast/feed/feed.hpp"
#include "confcast/push/access.hpp"
#include "confcast/push/filters.hpp"

namespace confcast::push {

enum class News : std::uint8_t {
    none,     // nothing up to now
    changed,  // something: the state shows it
    lost      // it cannot be told: another history, or one that no longer reaches back so far
};

/// Where a poller is. Revision 0: it has nothing yet, so that whatever is there is new to it.
struct Seen {
    std::optional<feed::Epoch> epoch;  // without it the node's own is meant
    feed::Revision revision = 0;
};

/// What this node knows now. A position that it has not reached has no news. What a scope does not see is not there.
News news_since(const feed::Feed& feed, const Filters& filters, const Seen& seen, const Scope* scope = nullptr);

}  // namespace confcast::push
