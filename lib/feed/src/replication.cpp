#include "replication.hpp"

#include <algorithm>
#include <utility>

namespace confcast::feed {

Replication::Replication(ReplicationOptions options, std::function<double()> random)
    : options_(options), random_(std::move(random)), backoff_(options.backoff_min, options.backoff_max) {}

Action Replication::failed(SteadyTime now) {
    if (watching_since_ && now - *watching_since_ >= options_.healthy_after) backoff_.reset();
    watching_since_.reset();
    return pause();
}

// At once the first time; a store that compacts faster than it can be listed is not hammered.
Action Replication::compacted() {
    must_list_ = true;
    watching_since_.reset();
    if (std::exchange(lost_history_, true)) return pause();
    return {Kind::ask_status};
}

Action Replication::follow(Revision oldest, Revision position) const {
    if (must_list_ || position < oldest) return {Kind::list_difference};
    return {Kind::open_watch, position + 1};
}

Action Replication::on_status(const Result<store::Status>& status, Revision position) {
    if (!status) return pause();
    oldest_ = status->oldest;
    listing_epoch_ = status->epoch;
    if (!epoch_) {
        goal_ = status->revision;
        const Revision older = std::max(status->oldest, status->revision - options_.history);
        return {Kind::list_all, list_at_head_ ? status->revision : older};
    }
    // Another history: positions in the old one are void, so an older start would serve nobody.
    if (*epoch_ != status->epoch) {
        goal_ = status->revision;
        return {Kind::list_all, goal_};
    }
    // One member of a cluster may be behind: only a linearizable read can say that the store went back.
    if (status->revision < position) return {Kind::ask_head};
    return follow(oldest_, position);
}

Action Replication::on_head(const Result<Revision>& head, Revision position) {
    if (!head) return pause();
    if (*head < position) {
        goal_ = *head;
        return {Kind::list_all, goal_};
    }
    return follow(oldest_, position);
}

Action Replication::on_list(const Result<Revision>& at) {
    if (!at) {
        if (at.error() == Errc::compacted) {
            list_at_head_ = true;
            return compacted();
        }
        return pause();
    }
    epoch_ = listing_epoch_;
    list_at_head_ = false;
    must_list_ = false;
    return {Kind::open_watch, *at + 1};
}

Action Replication::on_difference(const Result<Compared>& compared, Revision position) {
    if (!compared) return compared.error() == Errc::compacted ? compacted() : pause();
    if (compared->at < position) return pause();  // the store went back: the next status says so
    // A change needs a revision of its own, beyond every cursor. A store that has not moved on has none to give: then
    // all are given the state anew.
    if (compared->at == position && compared->differs) return {Kind::list_all, compared->at};
    must_list_ = false;
    return {Kind::open_watch, compared->at + 1};
}

Action Replication::on_watch(const Result<>& opened, SteadyTime now) {
    if (!opened) return opened.error() == Errc::compacted ? compacted() : failed(now);
    watching_since_ = now;
    return {Kind::read};
}

Action Replication::on_batch(const Result<>& taken, SteadyTime now) {
    if (!taken) return taken.error() == Errc::compacted ? compacted() : failed(now);
    lost_history_ = false;
    // Through a pause: whatever makes repairs necessary again and again does not make us list without end.
    if (must_list_) return failed(now);
    return {Kind::read};
}

}  // namespace confcast::feed
