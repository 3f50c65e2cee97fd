#include "confcast/feed/notification_log.hpp"

#include <algorithm>

namespace confcast::feed {

std::size_t weight(const Notification& notification) {
    const store::Notification& content = notification.content;
    return notification.id.size() + content.topic.size() + content.event_id.size() + content.timestamp.size() +
           content.payload.size();
}

bool NotificationLog::add(NotificationPtr notification) {
    if (notification->revision <= floor_ || has(notification->id)) return false;
    bytes_ += weight(*notification);
    const std::pair<Revision, std::string_view> key{notification->revision, notification->id};
    const auto it = all_.emplace(key, std::move(notification)).first;
    by_id_.emplace(it->second->id, it);
    while (all_.size() > 1 && (all_.size() > limits_.max_count || bytes_ > limits_.max_bytes)) {
        floor_ = std::max(floor_, all_.begin()->second->revision);
        erase(all_.begin());
    }
    return true;
}

void NotificationLog::forget(std::string_view id) {
    if (const auto found = by_id_.find(id); found != by_id_.end()) erase(found->second);
}

void NotificationLog::clear() {
    by_id_.clear();
    all_.clear();
    bytes_ = 0;
    floor_ = 0;
}

// The views go before what they look into.
void NotificationLog::erase(Map::iterator it) {
    bytes_ -= weight(*it->second);
    by_id_.erase(it->second->id);
    const NotificationPtr last = it->second;
    all_.erase(it);
}

}  // namespace confcast::feed
