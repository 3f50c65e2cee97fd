// What one gathered write will hold, and what of it is counted. One per hub is filled, by one session at a time: no
// allocation once it has grown.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "confcast/push/message.hpp"

namespace confcast::push {

class Batch {
  public:
    Batch() = default;
    Batch(std::size_t max_messages, std::size_t max_bytes) : max_messages_(max_messages), max_bytes_(max_bytes) {}

    void reserve(std::size_t messages) { messages_.reserve(messages); }
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
    /// Of the messages' JSON.
    std::size_t bytes() const { return bytes_; }
    /// In a framing.
    std::size_t framed_bytes(Framing framing) const {
        std::size_t& known = framed_bytes_[static_cast<std::size_t>(framing)];
        if (known == 0)
            for (const MessagePtr& message : messages_) known += message->framed(framing).size();
        return known;
    }
    void clear() {
        messages_.clear();
        bytes_ = 0;
        framed_bytes_ = {};
        updates = notifications = bookmarks = 0;
        told_matters = is_folded = false;
    }

    std::uint32_t updates = 0;  // of the messages, so many are …
    std::uint32_t notifications = 0;
    std::uint32_t bookmarks = 0;
    bool told_matters = false;  // for another session it would be something else, unless that was told as much before
    bool is_folded = false;     // has what stands for several changes, or did when it was made

  private:
    std::size_t max_messages_ = 0;
    std::size_t max_bytes_ = 0;
    std::size_t bytes_ = 0;
    mutable std::array<std::size_t, framing_count> framed_bytes_{};
    std::vector<MessagePtr> messages_;
};

}  // namespace confcast::push
