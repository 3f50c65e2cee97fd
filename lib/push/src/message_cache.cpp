#include "message_cache.hpp"

namespace confcast::push {
namespace {

// The JSON and two framings of it, which most are in, plus what the containers cost.
std::size_t cost_of(const Message& message) { return (3 * message.json().size()) + 256; }

}  // namespace

MessagePtr MessageCache::find(std::string_view key) {
    // A change goes to many sessions in a row: the same key again needs no hash.
    if (!items_.empty() && items_.front().key == key) return items_.front().message;
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    items_.splice(items_.begin(), items_, found->second);
    return items_.front().message;
}

void MessageCache::put(std::string_view key, MessagePtr message) {
    bytes_ += cost_of(*message);
    items_.push_front({std::string(key), std::move(message)});
    index_.emplace(items_.front().key, items_.begin());
    while (bytes_ > max_bytes_ && items_.size() > 1) {
        bytes_ -= cost_of(*items_.back().message);
        index_.erase(items_.back().key);
        items_.pop_back();
    }
}

void MessageCache::clear() {
    index_.clear();
    items_.clear();
    bytes_ = 0;
}

}  // namespace confcast::push
