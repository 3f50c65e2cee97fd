// Notifications on a stream. They are told in order with the changes of settings, and unlike these never folded: who is
// far behind gets those that the feed still has before it gets the state.
#include <algorithm>

#include "session.hpp"

namespace confcast::push {

bool Session::wants_notifications() const {
    return std::ranges::any_of(filters(),
                               [](const FilterLink& link) { return link.bucket->kind == FilterKind::topic; });
}

// The position moves on with the last message of a revision. One that more messages follow repeats the position before:
// who is cut off in between is told all of the revision again, rather than not all.
std::size_t Session::add_notifications(const feed::Change& change, bool last_is_final) {
    if (change.notifications.empty()) return 0;
    const feed::Revision known = notified();
    std::size_t wanted = 0;
    for (const feed::NotificationPtr& one : change.notifications)
        wanted += one->revision > known && hears(one->content.topic) ? 1U : 0U;
    std::size_t added = 0;
    for (const feed::NotificationPtr& one : change.notifications) {
        if (one->revision <= known || !hears(one->content.topic)) continue;
        const bool is_final = ++added == wanted && last_is_final;
        core_.batch.add(core_.shared.notification(*one, is_final ? change.revision : told_));
    }
    core_.batch.notifications += static_cast<std::uint32_t>(added);
    return added;
}

bool Session::take_backlog(feed::Revision since) {
    if (!wants_notifications()) return true;
    const feed::NotificationLog& log = core_.feed.notifications();
    feed::Revision& notified = errands().notified;
    notified = std::max(notified, since);
    if (notified < log.floor()) tell_lost(notified, log.floor());
    for (auto at = log.after(notified); at != log.end(); ++at) {
        const feed::Notification& one = *at->second;
        if (!hears(one.content.topic)) continue;
        // Those of one revision go together: the next write begins behind a revision.
        if (!core_.batch.has_room() && one.revision != notified) {
            if (++errands_->backlog_writes < core_.options.backlog_writes) return false;
            // They come faster than it reads them; its settings must not wait for ever.
            tell_lost(notified, core_.head().revision);
            break;
        }
        core_.batch.add(core_.shared.notification(one, told_));
        ++core_.batch.notifications;
        notified = one.revision;
    }
    notified = core_.head().revision;
    errands_->backlog_writes = 0;
    return true;
}

void Session::tell_lost(feed::Revision from, feed::Revision to) {
    ++core_.stats.notifications_lost;
    core_.batch.add(encode_notifications_lost(position(), from, to));
    errands().notified = to;
}

}  // namespace confcast::push
