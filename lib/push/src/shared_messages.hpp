// The messages that many sessions take: updates, coalesced updates, bookmarks and snapshot pages. Each is made when the
// first session needs it and shared with all that need the same one (invariant 5: encode once).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "confcast/feed/feed.hpp"
#include "confcast/push/hub.hpp"
#include "message_cache.hpp"
#include "snapshot.hpp"
#include "subset.hpp"
#include "turn.hpp"

namespace confcast::push {

/// What State could say of a range of revisions.
struct Coalesced {
    enum class Outcome : std::uint8_t {
        message,    // this is it
        nothing,    // nothing that matches has changed
        impossible  // too much, or deletes have been forgotten: it takes a snapshot
    };
    Outcome outcome = Outcome::impossible;
    MessagePtr message;
};

/// What a session is shown of the state.
struct View {
    FilterSpan filters;
    const Scope* scope;  // null: everything
    bool meta_only;
};

class SharedMessages {
  public:
    /// What is made of the state is taken off the allowance.
    SharedMessages(const feed::Feed& feed, const HubOptions& options, HubStats& stats, Allowance& allowance)
        : feed_(feed), options_(options), stats_(stats), allowance_(allowance), cache_(options.cache_bytes) {}

    /// Null when several events together are over coalesce_max_bytes: a snapshot's pages are easier to swallow.
    /// `told` is the position that the client knows: a difference says that it is folded from there.
    /// Precondition: the subset is not empty.
    MessagePtr update(const feed::Change& change, const Subset& subset, feed::Revision told, bool meta_only);

    /// The latest change of each matching key after `since`. `told` is the position that the client knows: nothing that
    /// matches lies in (told, since].
    Coalesced coalesced(feed::Revision told, feed::Revision since, const View& view);

    /// `seq_id` is the position after it: see Session::add_notifications().
    MessagePtr notification(const feed::Notification& notification, feed::Revision seq_id);

    MessagePtr bookmark(feed::Revision revision);

    MessagePtr page(const Snapshot& snapshot, std::size_t page);
    /// It is made already. Who takes these at once stays together with the others, so that a page is made once for all.
    bool has_page(const Snapshot& snapshot, std::size_t page);

    /// Revisions have got another meaning.
    void forget_all();

    const MessageCache& cache() const { return cache_; }

  private:
    feed::Position at(feed::Revision revision) const { return {feed_.position().epoch, revision}; }
    void add_view(const View& view);

    const feed::Feed& feed_;
    const HubOptions& options_;
    HubStats& stats_;
    Allowance& allowance_;
    MessageCache cache_;
    CacheKey key_{'-'};               // scratch: the key that is asked for
    std::vector<std::uint64_t> ids_;  // scratch
    MessagePtr bookmark_;
    feed::Revision bookmark_at_ = 0;
};

}  // namespace confcast::push
