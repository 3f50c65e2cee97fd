// What one gathered write will hold. One per hub, used by one session at a time: no allocation once it has grown.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "confcast/push/message.hpp"

namespace confcast::push {

class Batch {
  public:
    Batch(std::size_t max_messages, std::size_t max_bytes) : max_messages_(max_messages), max_bytes_(max_bytes) {}

    void add(MessagePtr message) {
        bytes_ += message->json().size();
        messages_.push_back(std::move(message));
    }
    bool empty() const { return messages_.empty(); }
    std::size_t size() const { return messages_.size(); }
    bool has_room() const { return messages_.size() < max_messages_ && bytes_ < max_bytes_; }
    /// How many more messages it takes, bytes aside.
    std::size_t room() const { return max_messages_ - std::min(max_messages_, messages_.size()); }
    std::span<const MessagePtr> messages() const { return messages_; }
    void clear() {
        messages_.clear();
        bytes_ = 0;
    }

  private:
    std::size_t max_messages_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::vector<MessagePtr> messages_;
};

}  // namespace confcast::push
